# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The text of an SPF record and its terms (RFC 7208 4.5, 4.6.1, 5, 6, 12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network

from ..paste_errors import repaired
from ..text import Text, _

VERSION = "v=spf1"
MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
# Terms for which a receiver asks the DNS; at most 10 are allowed (4.6.4)
COUNTED = ("include", "a", "mx", "ptr", "exists", "redirect")

# The greatest number of mistakes that are shown for one record
MAX_MISTAKES = 20
_QUOTES = ".,;:\"'"
_WORDS = (*MECHANISMS, "redirect")
# Words that people write → what they mean
_MEANT = {"ipv4": "ip4", "ipv6": "ip6", "ip": "ip4", "host": "a", "cname": "a"}
_EXAMPLES = {
    "all": _("it must be “~all” or “-all”, with nothing after it"),
    "include": _("it must be “include:” and the name of a domain"),
    "a": _("it must be “a:” and the name of a server"),
    "mx": _("it must be “mx”, or “mx:” and the name of a domain"),
    "ptr": _("it must be “ptr”, or “ptr:” and the name of a domain"),
    "ip4": _("it must be “ip4:” and an address such as 192.0.2.1 or 192.0.2.0/24"),
    "ip6": _("it must be “ip6:” and an address such as 2001:db8::1 or 2001:db8::/32"),
    "exists": _("it must be “exists:” and the name of a domain"),
}

_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"([-+?~]?)([A-Za-z][A-Za-z0-9]*)(.*)", re.DOTALL)
_MACRO = r"%\{[slodiphvSLODIPHV][0-9]*[rR]?[-.+,/_=]*\}|%[%_-]"
_MACRO_STRING = re.compile(rf"(?:{_MACRO}|[!-$&-~])*")
_PIECES = re.compile(rf"({_MACRO})|.", re.DOTALL)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_ZERO_DIGITS = re.compile(r"%\{[A-Za-z]0+[^0-9]")
_PREFIXES = re.compile(r"(?:/(0|[1-9][0-9]{0,2}))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f:]+(?:/|\Z)")
_URL = re.compile(r"\A[A-Za-z]+://")
_SEPARATORS = re.compile(r"[,;|]|(?<=[A-Za-z0-9])(?=[-+~?]all\Z)")
# What a domain name cannot contain although the syntax of SPF allows it
_ODD = re.compile(r"[^A-Za-z0-9._-]|[-]all\Z|\A\.|\.\.", re.IGNORECASE)
# Spaces that are not allowed: after a colon, before a length, between a sign and its term
_BLANKS = (
    (re.compile(r"(?<=[A-Za-z0-9]) *: +(?=[A-Za-z0-9])"), ":"),
    (re.compile(r" +(?=/[0-9])"), ""),
    (re.compile(r"(?<= )([-~?+]) +(?=[A-Za-z])"), r"\1"),
    (re.compile(r" +([-~?+]) *\Z"), r" \1all"),
)


@dataclass(frozen=True)
class Term:
    """A mechanism or modifier.

    :param text: as it is written
    :param qualifier: one of `+ - ~ ?`; "" for a modifier
    :param name: in lower case; of an unknown modifier with the sign, `x=`
    :param target: the domain-spec, with macros; None if there is none
    :param prefix4: length of the IPv4 prefix in bits, for a and mx
    :param prefix6: length of the IPv6 prefix in bits, for a and mx
    :param network: for ip4 and ip6
    """

    text: str
    qualifier: str
    name: str
    target: str | None = None
    prefix4: int = 32
    prefix6: int = 128
    network: IPv4Network | IPv6Network | None = None

    @property
    def counted(self) -> bool:
        """Whether it counts towards the limit of look-ups."""
        return self.name in COUNTED

    @property
    def has_macros(self) -> bool:
        """Whether its domain depends on the mail."""
        return "%" in (self.target or "")

    @property
    def as_include(self) -> Term:
        """An `include` of the same domain, instead of a redirect or an `a`."""
        return Term(f"include:{self.target}", "+", "include", self.target)

    @property
    def key(self) -> str:
        """A text that is the same for terms about the same senders, with any qualifier.

        A redirect to a name and an include of it allow the same senders.
        """
        text = self.as_include.text if self.name == "redirect" else self.text
        return text.lstrip("+-~?").lower().rstrip(".")


@dataclass(frozen=True)
class SyntaxMistake:
    """An invalid term.

    :param term: as it is written
    :param position: of its first character in the record, from 1
    :param hint: what is wrong, or what is meant
    :param repaired: the term, or several terms with spaces, as meant; None: not known
    """

    term: str
    position: int
    hint: Text
    repaired: str | None = None


@dataclass(frozen=True)
class SpfRecord:
    """An SPF record: its valid terms in their order, and its mistakes."""

    text: str
    terms: tuple[Term, ...]
    mistakes: tuple[SyntaxMistake, ...]

    @property
    def all(self) -> Term | None:
        """The first `all`, or None. Mechanisms and redirects after it have no effect."""
        return next((term for term in self.terms if term.name == "all"), None)

    @property
    def redirect(self) -> Term | None:
        """The redirect, or None. It is also given if it has no effect because of `all`."""
        return next((term for term in self.terms if term.name == "redirect"), None)

    @property
    def effective(self) -> list[Term]:
        """The terms that a receiver may evaluate (4.7, 5.1, 6.1)."""
        mechanisms = []
        for term in self.terms:
            if term.name in MECHANISMS:
                mechanisms.append(term)
            if term.name == "all":
                return mechanisms
        return mechanisms + [term for term in self.terms if term.name == "redirect"]

    @property
    def after_all(self) -> list[Term]:
        """The mechanisms after `all`, which are never evaluated."""
        mechanisms = [term for term in self.terms if term.name in MECHANISMS]
        return mechanisms[mechanisms.index(self.all) + 1 :] if self.all else []


def is_spf(text: str) -> bool:
    """Tell whether a TXT record is an SPF record: `v=spf1` in any case, then a space (4.5)."""
    return text[:6].lower() == VERSION and text[6:7] in ("", " ")


def parse(text: str, domain: str | None = None) -> SpfRecord:
    """Return the record in a text for which `is_spf` is true.

    All terms are read, valid or not. Only the first `MAX_MISTAKES` mistakes are kept.

    :param domain: the domain of the record, to know what is meant by `a:mail`
    """
    terms: list[Term] = []
    mistakes: list[SyntaxMistake] = []
    position = len(VERSION) + 1
    seen = set()
    for word in text[len(VERSION) :].split(" "):
        if word:
            term = _term(word)
            if term is None and len(mistakes) < MAX_MISTAKES:
                mistakes.append(_mistake(word, position, text, domain))
            elif term is None:
                pass  # enough mistakes: finding what is meant takes time
            elif term.name in ("redirect", "exp") and term.name in seen:
                hint = Text(_("“%(name)s=” may appear only once"), name=term.name)
                mistakes.append(SyntaxMistake(word, position, hint, word))
            else:
                seen.add(term.name)
                terms.append(term)
        position += len(word) + 1
    return SpfRecord(text, tuple(terms), tuple(mistakes))


def meant(text: str, domain: str) -> tuple[list[Term], list[str]]:
    """Return the terms as they are meant, in their order, and the words without a known meaning.

    Mistakes and terms without effect are corrected if their meaning is known.

    :param text: a record for which `is_spf` is true
    """
    body = text[len(VERSION) :]
    for pattern, put in _BLANKS:
        body = pattern.sub(put, body)
    record = parse(f"{VERSION} {body.strip()}", domain)
    corrections = {mistake.term: mistake.repaired for mistake in record.mistakes}
    terms: list[Term] = []
    unknown: list[str] = []
    for word in record.text[len(VERSION) :].split():
        if is_spf(word):
            continue  # the beginning of another record that was added to the first one
        corrected = corrections.get(word, without_effect(word) or word)
        parts = [_term(part) for part in (corrected or "").split()]
        found = [part for part in parts if part is not None]
        if found and len(found) == len(parts):
            terms += found
        else:
            unknown.append(word)
    return terms, unknown


def without_effect(word: str) -> str | None:
    """Return what is meant by a valid term that has no effect; None for other terms.

    `include=x` is an unknown modifier; `include:a.example,b.example` has one impossible name.
    """
    name, equals, value = word.partition("=")
    bare = name.lower().lstrip("+-~?")
    if equals and bare in MECHANISMS:
        fixed = f"{name}:{value}" if value else name
        return fixed if _is_term(fixed) else _repaired(fixed, None)
    term = _term(word)
    if term is not None and term.target and not term.has_macros and _ODD.search(term.target):
        return _repaired(word, None)
    return None


def _term(word: str) -> Term | None:
    """Return the term, or None if it is invalid."""
    modifier = _MODIFIER.fullmatch(word)
    if modifier:
        name, value = modifier[1].lower(), modifier[2]
        if name in ("redirect", "exp"):
            return Term(word, "", name, value) if is_domain_spec(value) else None
        # With the sign, so that `include=x` is not mistaken for the mechanism
        return Term(word, "", f"{name}=") if _MACRO_STRING.fullmatch(value) else None
    directive = _DIRECTIVE.fullmatch(word)
    if not directive:
        return None
    qualifier, name, rest = directive[1] or "+", directive[2].lower(), directive[3]
    if name == "all":
        return None if rest else Term(word, qualifier, name)
    if name in ("include", "exists", "ptr"):
        if not rest and name == "ptr":
            return Term(word, qualifier, name)
        target = rest[1:]
        right = rest[:1] == ":" and is_domain_spec(target)
        return Term(word, qualifier, name, target) if right else None
    if name in ("a", "mx"):
        return _with_prefixes(word, qualifier, name, rest)
    if name in ("ip4", "ip6"):
        network = _network(name, rest)
        return Term(word, qualifier, name, network=network) if network else None
    return None


def _with_prefixes(word: str, qualifier: str, name: str, rest: str) -> Term | None:
    prefixes = _PREFIXES.search(rest)
    assert prefixes, "it also matches nothing, at the end"
    target = rest[: prefixes.start()]
    prefix4, prefix6 = (int(prefixes[1] or 32), int(prefixes[2] or 128))
    if prefix4 > 32 or prefix6 > 128:
        return None
    if not target:
        return Term(word, qualifier, name, None, prefix4, prefix6)
    if target[0] != ":" or not is_domain_spec(target[1:]):
        return None
    return Term(word, qualifier, name, target[1:], prefix4, prefix6)


def _network(name: str, rest: str) -> IPv4Network | IPv6Network | None:
    address, slash, prefix = rest[1:].partition("/")
    longest = 32 if name == "ip4" else 128
    if rest[:1] != ":" or not address.isascii() or "%" in address:
        return None
    if slash and not (re.fullmatch("0|[1-9][0-9]{0,2}", prefix) and int(prefix) <= longest):
        return None
    try:
        network = ip_network(f"{address}/{prefix or longest}", strict=False)
    except ValueError:
        return None
    return network if network.max_prefixlen == longest else None


def is_domain_spec(text: str) -> bool:
    """Tell whether it is a domain-spec (7.1): valid macros, and a top label or macro at the end."""
    if not _MACRO_STRING.fullmatch(text) or _ZERO_DIGITS.search(text):
        return False
    return _ends_with_top_label(text) or _ends_with_macro(text)


def _ends_with_top_label(text: str) -> bool:
    _rest, dot, label = text.removesuffix(".").rpartition(".")
    return bool(dot and _LABEL.fullmatch(label) and not label.isdigit())


def _ends_with_macro(text: str) -> bool:
    # Read piece by piece from the left: in `%%{d}` the first two characters are a percent sign.
    last = False
    for piece in _PIECES.finditer(text):
        last = piece[1] is not None
    return last


def _mistake(word: str, position: int, record: str, domain: str | None) -> SyntaxMistake:
    """Return the mistake of an invalid word, with what was probably meant."""
    odd = next((n for n, c in enumerate(word) if not "!" <= c <= "~"), None)
    if odd is not None:
        hint = Text(_("“%(character)s” is not allowed in an SPF record"), character=word[odd])
        cleaned = "".join(c for c in repaired(word) if "!" <= c <= "~")
        meant_by_it = cleaned if _is_term(cleaned) else _repaired(cleaned, domain)
        return SyntaxMistake(word, position + odd, hint, meant_by_it)
    better = _repaired(word, domain)
    following = record[position - 1 + len(word) :].split()
    if not better and following and _is_term(word + following[0]):
        better = word + following[0]  # an extra space
    if better:
        hint = Text(_("it should be “%(repaired)s”"), repaired=better)
        return SyntaxMistake(word, position, hint, better)
    directive = _DIRECTIVE.fullmatch(word)
    if directive and directive[2].lower() in MECHANISMS:
        hint = Text(_EXAMPLES[directive[2].lower()])
    else:
        hint = Text(_("SPF does not know this word"))
    return SyntaxMistake(word, position, hint)


def _is_term(word: str) -> bool:
    return _term(word) is not None


def _repaired(word: str, domain: str | None) -> str | None:
    """Return what was probably meant by an invalid word, or None."""
    for candidate in _candidates(word, domain):
        if candidate != word and _are_terms(candidate):
            return candidate
    pieces = [piece for piece in _SEPARATORS.split(word) if piece]
    if len(pieces) > 1:
        # Several terms without spaces: `include:a.example,b.example`
        name = pieces[0].partition(":")[0]
        terms = [pieces[0]]
        for piece in pieces[1:]:
            bare = ":" not in piece and piece.lstrip("+-~?").lower() not in MECHANISMS
            terms.append(f"{name}:{piece}" if bare else piece)
        fixed = [term if _is_plain(term) else _repaired(term, domain) or "" for term in terms]
        return " ".join(fixed) if all(fixed) else None
    return None


def _are_terms(text: str) -> bool:
    return bool(text) and all(map(_is_plain, text.split(" ")))


def _is_plain(word: str) -> bool:
    """Tell whether it is a term with a possible domain name."""
    term = _term(word)
    return term is not None and not (term.target and _ODD.search(term.target))


def _candidates(word: str, domain: str | None) -> Iterator[str]:
    """Yield what may be meant by a word, the likeliest first. Not all of it is valid."""
    directive = _DIRECTIVE.fullmatch(word)
    if not directive:
        bare = word.strip(_QUOTES)
        yield f"ip6:{bare}" if bare.count(":") > 1 else f"ip4:{_address(bare)}"
        yield f"a:{bare}" if "." in bare else ""
        return
    yield word.rstrip(_QUOTES)
    yield word.replace('"', "").replace("'", "")
    for sign in "-~?+":  # a space was forgotten
        head, found, _tail = word.rpartition(f"{sign}all")
        if found and head:
            yield f"{head} {sign}all"
    qualifier, name, value = directive.groups()
    close = "".join(get_close_matches(name.lower(), _WORDS, 1, 0.72))
    close = _MEANT.get(name.lower(), close)
    rest = _URL.sub("", value[1:].strip("\"'")).rpartition("@")[2].rstrip("/.,;")
    if rest.count(":") > 1 and _HEXADECIMAL.match(rest):
        yield f"{qualifier}ip6:{_prefix(rest, 128)}"
    if _ADDRESS.match(rest):
        yield f"{qualifier}ip4:{_address(rest)}"
    if close:
        yield from _spelled(qualifier, close, rest, value, domain)
    elif "." in word and ":" not in word:
        yield f"a:{word}"


def _spelled(qualifier: str, name: str, rest: str, value: str, domain: str | None) -> Iterator[str]:
    """Yield possible spellings of a mechanism or a redirect.

    :param rest: what follows its name, cleaned
    :param value: what follows its name, as it is written
    """
    if name == "redirect":
        yield f"redirect={rest}"
        return
    if value.startswith("/"):
        yield f"{qualifier}{name}"
    elif rest:
        yield f"{qualifier}{name}:{rest}"
        yield f"{qualifier}{name}:{_prefix(rest, 32)}"
        host, slash, length = rest.partition("/")
        if domain and name in ("a", "mx") and _LABEL.fullmatch(host):
            yield f"{qualifier}{name}:{_prefix(f'{host}.{domain}{slash}{length}', 32)}"
    else:
        yield f"{qualifier}{name}"
    yield f"{qualifier}{name}{value}"


def _address(text: str) -> str:
    """Return an IPv4 address or network as it is meant: `192.0.2.001/024`, `…/255.255.255.0`."""
    address, slash, length = text.partition("/")
    address = address.partition(":")[0]  # a port
    address = ".".join(str(int(part)) if part.isdigit() else part for part in address.split("."))
    if slash and _ADDRESS.fullmatch(length):
        with suppress(ValueError):
            length = str(ip_network(f"0.0.0.0/{length}").prefixlen)
    return _prefix(address + slash + length, 32)


def _prefix(text: str, longest: int) -> str:
    """Return a network with its length; an impossible length is left out."""
    address, _slash, length = text.partition("/")
    right = length.isascii() and length.isdigit() and int(length[:6]) <= longest
    return f"{address}/{int(length[:6])}" if right else address
