# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""DKIM key records, and whether receivers can use them (RFC 6376 3.6.1, RFC 8301, RFC 8463)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..paste_errors import first_paste_error
from ..result import Problem
from ..tags import Tags, parse_tags

MIN_BITS = 1024  # RFC 8301 3.2: shorter ones MUST NOT be accepted
GOOD_BITS = 2048
_SPACE = re.compile(r"[ \t\r\n]+")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/= \t\r\n]")


@dataclass(frozen=True)
class Key:
    """A key record.

    :param p: the key in base64 without white space; None if there is none
    :param type: value of `k=`
    :param bits: length of an RSA key
    :param testing: whether the record has `t=y`
    """

    problems: tuple[Problem, ...]
    p: str | None
    type: str
    bits: int | None
    testing: bool

    @property
    def usable(self) -> bool:
        """Whether receivers can verify signatures with it."""
        return not any(problem.status == "fail" for problem in self.problems)


def key_value(text: str) -> str | None:
    """Return `p=` of a record without white space (3.6.1 allows it to be folded), or None."""
    value = parse_tags(text).get("p")
    return None if value is None else _SPACE.sub("", value)


def looks_like_key(text: str) -> bool:
    """Tell whether a TXT record is meant as a DKIM key, valid or not."""
    return bool(re.search(r"(?:^|[;\s\"])p\s*=", text[:2000]) or "v=DKIM1" in text)


def read_key(text: str, name: str, provider: str) -> Key:
    """Return the key in a TXT record.

    :param name: of the record, for the texts
    :param provider: name of the provider that signs with it, for the texts
    """
    key = _read(text)
    pasted = first_paste_error(text.replace("\t", " ").strip())
    problems = key.problems
    if pasted and not key.usable:
        # The pasted characters cause all other problems.
        problems = (Problem.of("dkim_pasted", what=pasted),)
    place = {"name": name, "provider": provider}
    problems = tuple(replace(one, params={**place, **one.params}) for one in problems)
    return replace(key, problems=problems)


def _read(text: str) -> Key:
    tags = parse_tags(text)
    problems = [*_list_problems(tags)]
    p = key_value(text)
    kind = tags.values.get("k", "rsa")
    bits = None
    if p is None:
        problems.append(Problem.of("dkim_no_key"))
    elif not p:
        problems.append(Problem.of("dkim_revoked"))
    elif kind not in ("rsa", "ed25519"):
        problems.append(Problem.of("dkim_type", kind=kind))
    else:
        problem, bits = _key_problem(text, p, kind)
        problems += [problem] if problem else []
    problems += _use_problems(tags)
    return Key(tuple(problems), p, kind, bits, "y" in _items(tags.values.get("t", "")))


def _items(value: str) -> list[str]:
    return [_SPACE.sub("", item) for item in value.split(":")]


def _list_problems(tags: Tags) -> Iterator[Problem]:
    version = tags.get("v")
    if tags.mistakes:
        position, piece = tags.mistakes[0]
        yield Problem.of("dkim_syntax", piece=piece, position=position)
    elif tags.repeated:
        yield Problem.of("dkim_repeated", tag=tags.repeated[0])
    elif version is not None and (version != "DKIM1" or tags.order[0] != "v"):
        yield Problem.of("dkim_version")


def _key_problem(text: str, p: str, kind: str) -> tuple[Problem | None, int | None]:
    """Return what is wrong with the key itself, or None; and the length of an RSA key in bits."""
    found = re.search(r"(?:^|;)\s*p\s*=", text)
    start = found.end() if found else 0
    end = text.find(";", start)
    bad = _NOT_BASE64.search(text, start, end if end >= 0 else len(text))
    if bad:
        return Problem.of("dkim_base64", character=bad[0], position=bad.start() + 1), None
    try:
        der = base64.b64decode(p, validate=True)
    except ValueError:
        return Problem.of("dkim_cut"), None
    if kind == "ed25519":
        return Problem.of("dkim_ed25519" if len(der) == 32 else "dkim_unreadable"), None
    return _rsa_problem(der)


def _rsa_problem(der: bytes) -> tuple[Problem | None, int | None]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        key = load_der_public_key(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        is_cut = der[:2] == b"\x30\x82" and int.from_bytes(der[2:4], "big") + 4 > len(der)
        return Problem.of("dkim_cut" if is_cut else "dkim_unreadable"), None
    bits = key.key_size
    if bits >= GOOD_BITS:
        return None, bits
    return Problem.of("dkim_short" if bits < MIN_BITS else "dkim_1024", bits=bits), bits


def _use_problems(tags: Tags) -> Iterator[Problem]:
    if "h" in tags.values and "sha256" not in _items(tags.values["h"]):
        yield Problem.of("dkim_hash")
    if "s" in tags.values and not {"*", "email"} & set(_items(tags.values["s"])):
        yield Problem.of("dkim_service")
    if "y" in _items(tags.values.get("t", "")):
        yield Problem.of("dkim_testing")
