# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a DMARC record is meant to say, even if it is written wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from ..paste_errors import first_paste_error, repaired
from ..text import Text, _
from .record import OBSOLETE, POLICIES, is_dmarc

MAX_TEXT = 4000
# The tags of RFC 9989 4.7, and those that were in RFC 7489 only
TAGS = ("v", "p", "sp", "np", "rua", "ruf", "adkim", "aspf", "fo", "psd", "t", *OBSOLETE)
_KNOWN = "|".join(TAGS[1:])
_VERSION = re.compile(
    r"[^A-Za-z0-9]*(?:v\s*[=:]?\s*d\s?marc\s*[-_]?\s*[1l]?|d\s?marc\s*[-_]?1)(?:\.0)?"
    rf"(?:(?![A-Za-z0-9-])|(?=(?:{_KNOWN})\s*[=:]))[\s;,:|/]*",
    re.IGNORECASE,
)
# Without a version: a policy, or an address for reports and a policy
_NO_VERSION = re.compile(
    r"\s*(?:(?:p|sp)\s*[=:]\s*(?:none|quarantine|reject)\b.*|rua\s*[=:]\s*mailto:.*[;,\s]p\s*=.*)",
    re.IGNORECASE | re.DOTALL,
)
# Where a tag begins without a semicolon before it
_NEXT_TAG = re.compile(rf"[\s,|/]+(?=(?:{_KNOWN})\s*[=:])", re.IGNORECASE)
_TAG = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*([=:])\s*(.*)", re.DOTALL)
_POLICY_ALONE = re.compile(r"\s*(p|sp|np)\s+([A-Za-z]+)\s*", re.IGNORECASE)
_ADDRESS = re.compile(
    r"[^\s@!,;:/]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?:![0-9]+[kmgt]?)?", re.IGNORECASE
)
_NAMES = {"policy": "p", "rule": "p", "action": "p", "subpolicy": "sp", "rau": "rua", "rfu": "ruf"}
_WORDS = {
    "adkim": {"r": "r", "s": "s", "relaxed": "r", "strict": "s"},
    "aspf": {"r": "r", "s": "s", "relaxed": "r", "strict": "s"},
    "t": {"y": "y", "n": "n", "yes": "y", "no": "n", "true": "y", "false": "n", "1": "y", "0": "n"},
    "psd": {"y": "y", "n": "n", "u": "u", "yes": "y", "no": "n"},
}
_POLICY_WORDS = {"monitor": "none", "monitoring": "none", "block": "reject", "spam": "quarantine"}


@dataclass(frozen=True)
class Mistake:
    """One mistake of a record.

    :param code: of the problem, if the record is valid in spite of the mistake
    :param what: what is wrong and what is meant
    """

    code: str
    what: Text


@dataclass(frozen=True)
class Meant:
    """What a record is meant to say.

    :param tags: name → value, in the record's order, without the version
    :param mistakes: what had to be corrected
    :param left_out: pieces whose meaning is not clear
    """

    tags: dict[str, str]
    mistakes: tuple[Mistake, ...]
    left_out: tuple[str, ...] = ()

    def text(self, **changes: str) -> str:
        """Return the record; `p` follows the version, because older receivers require it there.

        :param changes: tag → value, which replaces the record's own
        """
        tags = {"p": self.tags.get("p", "none"), **self.tags, **changes}
        return "; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in tags.items())])


def read_meant(text: str) -> Meant | None:
    """Return what a text is meant to say; None if it isn't meant as DMARC."""
    text = text[:MAX_TEXT]
    mistakes: list[Mistake] = []
    left_out: list[str] = []
    clean = text if is_dmarc(text) else repaired(text)
    version = _VERSION.match(clean)
    if version:
        rest = clean[version.end() :]
    elif _NO_VERSION.match(clean):
        rest = clean
    else:
        return None
    damaged = first_paste_error(text) if clean != text.strip() else None
    if damaged:
        mistakes.append(Mistake("dmarc_value", damaged))
    if not is_dmarc(clean):
        written = clean[: len(clean) - len(rest)].strip() or clean[:20]
        what = Text(_("it begins with “%(found)s” instead of “v=DMARC1;”"), found=written)
        mistakes.append(Mistake("dmarc_value", what))
    tags: dict[str, str] = {}
    for piece in _split(rest, mistakes):
        _add(tags, piece, mistakes, left_out)
    values = {name: _value(name, value, mistakes, left_out) for name, value in tags.items()}
    if "p" in values and values["p"] is None:
        values["p"] = "none"
    kept = {name: value for name, value in values.items() if value}
    if next(iter(kept), "p") != "p" and "p" in kept:
        mistakes.append(Mistake("dmarc_order", Text("p")))
    return Meant(kept, tuple(mistakes), tuple(left_out))


def _split(text: str, mistakes: list[Mistake]) -> Iterator[str]:
    """Yield the tags of a text, also if a semicolon between them is missing."""
    for piece in text.split(";"):
        parts = _NEXT_TAG.split(piece.strip())
        if len(parts) > 1:
            what = Text(_("a semicolon (;) is missing before “%(piece)s”"), piece=parts[1])
            mistakes.append(Mistake("dmarc_value", what))
        yield from filter(None, (part.strip(" \t\r\n,|") for part in parts))


def _add(tags: dict[str, str], piece: str, mistakes: list[Mistake], left_out: list[str]) -> None:
    """Add what a piece of the record says to the tags."""
    match = _TAG.fullmatch(piece)
    alone = _POLICY_ALONE.fullmatch(piece)
    if _ADDRESS.fullmatch(piece.removeprefix("mailto:")) and ("rua" in tags or "ruf" in tags):
        # `rua=mailto:a@x; mailto:b@x`
        last = [name for name in tags if name in ("rua", "ruf")][-1]
        what = Text(_("the addresses of “%(tag)s=” must be separated by commas"), tag=last)
        mistakes.append(Mistake("dmarc_value", what))
        tags[last] += f",{piece}"
        return
    if match:
        written, sign, value = match.groups()
    elif alone and _policy(alone[2]):
        written, sign, value = alone[1], " ", alone[2]
    else:
        what = Text(_("“%(piece)s” does not have the form “name=value”"), piece=piece)
        mistakes.append(Mistake("dmarc_syntax", what))
        left_out.append(piece)
        return
    name = _NAMES.get(written.lower(), written.lower())
    if name not in TAGS and len(name) > 2:
        name = "".join(get_close_matches(name, TAGS, 1, 0.8)) or name
    if name == "v":
        return  # a version in the middle of the record
    if sign != "=" or (name != written.lower() and name in TAGS):
        what = Text(_("“%(found)s” must be “%(meant)s”"), found=piece, meant=f"{name}={value}")
        mistakes.append(Mistake("dmarc_value", what))
    if name not in tags:
        tags[name] = value
        return
    what = Text(_("“%(tag)s=” may appear only once"), tag=name)
    mistakes.append(Mistake("dmarc_repeated", what))
    if name in ("rua", "ruf"):
        tags[name] += f",{value}"
    elif tags[name].lower() != value.lower():
        left_out.append(piece)


def _value(name: str, value: str, mistakes: list[Mistake], left_out: list[str]) -> str | None:
    """Return the value of a tag as it is meant; None if it has no meaning."""
    plain = value.strip().strip("\"'.,").strip()
    if name in ("p", "sp", "np"):
        good = _policy(plain)
        right = value.lower() in POLICIES
    elif name in _WORDS:
        good = _WORDS[name].get(plain.lower())
        right = value.lower() == good
    elif name == "fo":
        options = [option for option in re.split(r"[^0-9A-Za-z]+", plain.lower()) if option]
        good = ":".join(dict.fromkeys(o for o in options if o in ("0", "1", "d", "s"))) or None
        right = bool(re.fullmatch(r"\s*[01dsDS]\s*(?::\s*[01dsDS]\s*)*", value))
        good = value if right else good
    elif name == "pct":
        digits = plain.rstrip("%").strip()
        good = digits if digits.isascii() and digits.isdigit() and int(digits[:6]) <= 100 else None
        right = value == good
    elif name in ("rua", "ruf"):
        return _addresses(name, value, mistakes, left_out)
    else:
        return value.strip() or None
    if not right:
        found = f"{name}={value}"
        if good:
            meant = f"{name}={good}"
            what = Text(_("“%(found)s” must be “%(meant)s”"), found=found, meant=meant)
        else:
            what = Text(_("“%(found)s” is not one of the allowed values"), found=found)
            left_out.append(found)
        mistakes.append(Mistake("dmarc_no_policy" if name == "p" else "dmarc_value", what))
    return good and good.lower()


def _policy(word: str) -> str | None:
    word = word.lower()
    close = get_close_matches(word, POLICIES, 1, 0.6)
    return word if word in POLICIES else _POLICY_WORDS.get(word) or "".join(close) or None


def _addresses(name: str, value: str, mistakes: list[Mistake], left_out: list[str]) -> str | None:
    """Return the addresses for reports as they are meant; None if there are none."""
    good = []
    right = True
    for written in filter(None, (part.strip() for part in value.split(","))):
        pieces = [part for part in re.split(r"[\s|]+", re.sub(r":\s+", ":", written)) if part]
        for piece in pieces:
            address = piece if _ADDRESS.fullmatch(piece) else re.sub(r"\A[A-Za-z]+:/*", "", piece)
            address = address.strip("<>\"'")
            if not _ADDRESS.fullmatch(address):
                what = Text(_("reports cannot be sent to “%(uri)s”"), uri=piece)
                mistakes.append(Mistake("dmarc_uri", what))
                left_out.append(piece)
                continue
            uri = f"mailto:{address}"
            if piece.lower() != uri.lower() or len(pieces) > 1:
                right = False
            if uri not in good:
                good.append(uri)
    if not right:
        meant = f"{name}={','.join(good)}"
        what = Text(_("“%(found)s” must be “%(meant)s”"), found=f"{name}={value}", meant=meant)
        mistakes.append(Mistake("dmarc_uri", what))
    return ",".join(good) or None
