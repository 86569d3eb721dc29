# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The text of an SPF record and its terms (RFC 7208 4.5, 4.6.1, 5, 6, 12)."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network

from ..text import Text, _

VERSION = "v=spf1"
MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
# Those that make the receiver ask the DNS, of which it makes at most 10 (4.6.4)
COUNTED = ("include", "a", "mx", "ptr", "exists", "redirect")

# Mistakes of one record that are told
MAX_MISTAKES = 20

_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"([-+?~]?)([A-Za-z][A-Za-z0-9]*)(.*)", re.DOTALL)
_MACRO = r"%\{[slodiphvSLODIPHV][0-9]*[rR]?[-.+,/_=]*\}|%[%_-]"
_MACRO_STRING = re.compile(rf"(?:{_MACRO}|[!-$&-~])*")
_PIECES = re.compile(rf"({_MACRO})|.", re.DOTALL)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_ZERO_DIGITS = re.compile(r"%\{[A-Za-z]0+[^0-9]")
_PREFIXES = re.compile(r"(?:/(0|[1-9][0-9]{0,2}))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


@dataclass(frozen=True)
class Term:
    """A mechanism or modifier.

    :param text: as it is written
    :param qualifier: one of `+ - ~ ?`; "" for a modifier
    :param name: in lower case; of a modifier that nobody knows with the sign, `x=`
    :param target: the domain-spec, macros and all, where there is one
    :param prefix4: the length of the IPv4 prefix, :param prefix6: of the IPv6 prefix, for a and mx
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
    def counted(self):
        return self.name in COUNTED

    @property
    def has_macros(self):
        return "%" in (self.target or "")


@dataclass(frozen=True)
class SyntaxMistake:
    """A term that is none.

    :param position: of its first character in the record, from 1
    :param hint: what is meant
    :param repaired: the term as it is meant, or None
    """

    term: str
    position: int
    hint: Text
    repaired: str | None = None


@dataclass(frozen=True)
class SpfRecord:
    """An SPF record: its terms in their order, and what in it are none."""

    text: str
    terms: tuple[Term, ...]
    mistakes: tuple[SyntaxMistake, ...]

    @property
    def all(self):
        """The first `all`, behind which no mechanism and no redirect counts; or None."""
        return next((term for term in self.terms if term.name == "all"), None)

    @property
    def redirect(self):
        """The redirect, also when `all` makes it void; or None."""
        return next((term for term in self.terms if term.name == "redirect"), None)

    @property
    def effective(self):
        """The terms that a receiver may come to evaluate (4.7, 5.1, 6.1)."""
        mechanisms = []
        for term in self.terms:
            if term.name in MECHANISMS:
                mechanisms.append(term)
            if term.name == "all":
                return mechanisms
        return mechanisms + [term for term in self.terms if term.name == "redirect"]

    @property
    def after_all(self):
        """The mechanisms that `all` keeps from ever being evaluated."""
        mechanisms = [term for term in self.terms if term.name in MECHANISMS]
        return mechanisms[mechanisms.index(self.all) + 1 :] if self.all else []


def is_spf(text):
    """Tell whether a TXT record is an SPF record (4.5): case does not matter, a blank does."""
    return text[:6].lower() == VERSION and text[6:7] in ("", " ")


def parse(text):
    """Return the `SpfRecord` in a text that `is_spf`; every term is read, right or wrong.

    Of the mistakes only the first `MAX_MISTAKES` are kept."""
    terms, mistakes = [], []
    position = len(VERSION) + 1
    seen = set()
    for word in text[len(VERSION) :].split(" "):
        if word:
            term = _term(word)
            if term is None and len(mistakes) < MAX_MISTAKES:
                mistakes.append(_mistake(word, position, text))
            elif term is None:
                pass  # the record is wrong enough; telling what is meant takes its time
            elif term.name in ("redirect", "exp") and term.name in seen:
                hint = Text(_("%(name)s= may be there only once"), name=term.name)
                mistakes.append(SyntaxMistake(word, position, hint))
            else:
                seen.add(term.name)
                terms.append(term)
        position += len(word) + 1
    return SpfRecord(text, tuple(terms), tuple(mistakes))


def _term(word):
    """Return the `Term`, or None when it is none."""
    modifier = _MODIFIER.fullmatch(word)
    if modifier:
        name, value = modifier[1].lower(), modifier[2]
        if name in ("redirect", "exp"):
            return Term(word, "", name, value) if is_domain_spec(value) else None
        # With its sign, so that `include=x` is never taken for the mechanism
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
        return network and Term(word, qualifier, name, network=network)
    return None


def _with_prefixes(word, qualifier, name, rest):
    prefixes = _PREFIXES.search(rest)
    target = rest[: prefixes.start()]
    prefix4, prefix6 = (int(prefixes[1] or 32), int(prefixes[2] or 128))
    prefix4 = 0 if prefixes[1] == "0" else prefix4
    prefix6 = 0 if prefixes[2] == "0" else prefix6
    if prefix4 > 32 or prefix6 > 128:
        return None
    if not target:
        return Term(word, qualifier, name, None, prefix4, prefix6)
    if target[0] != ":" or not is_domain_spec(target[1:]):
        return None
    return Term(word, qualifier, name, target[1:], prefix4, prefix6)


def _network(name, rest):
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


def is_domain_spec(text):
    """Tell whether it is a domain-spec (7.1): macros in order, and a top label at its end."""
    if not _MACRO_STRING.fullmatch(text) or _ZERO_DIGITS.search(text):
        return False
    return _ends_with_top_label(text) or _ends_with_macro(text)


def _ends_with_top_label(text):
    _rest, dot, label = text.removesuffix(".").rpartition(".")
    return bool(dot and _LABEL.fullmatch(label) and not label.isdigit())


def _ends_with_macro(text):
    # Piece by piece from the left: in `%%{d}` it is the percent sign that is expanded.
    last = False
    for piece in _PIECES.finditer(text):
        last = piece[1] is not None
    return last


def _mistake(word, position, record):
    """Return the `SyntaxMistake`, with what was probably meant."""
    odd = next((n for n, c in enumerate(word) if not "!" <= c <= "~"), None)
    if odd is not None:
        hint = Text(_("“%(character)s” may not be in an SPF record"), character=word[odd])
        cleaned = "".join(c for c in word if "!" <= c <= "~")
        return SyntaxMistake(word, position + odd, hint, cleaned if _is_term(cleaned) else None)
    repaired = _repaired(word, record[position - 1 + len(word) :])
    if repaired:
        hint = Text(_("“%(repaired)s” is meant"), repaired=repaired)
        return SyntaxMistake(word, position, hint, repaired)
    directive = _DIRECTIVE.fullmatch(word)
    if directive and directive[2].lower() in MECHANISMS:
        hint = Text(_("what follows “%(name)s” is not right"), name=directive[2])
    else:
        hint = Text(_("there is no such term"))
    return SyntaxMistake(word, position, hint)


def _is_term(word):
    return _term(word) is not None


def _repaired(word, rest):
    """Return what was meant by a word that is no term, or None.

    :param str rest: of the record, behind the word
    """
    for candidate in _candidates(word, rest.split()):
        if candidate and all(_is_term(part) for part in candidate.split(" ")):
            return candidate
    return None


def _candidates(word, following):
    """Yield what may be meant by a word, the likeliest first."""
    directive = _DIRECTIVE.fullmatch(word)
    if not directive:
        yield f"ip4:{word}" if _ADDRESS.match(word) else ""
        yield f"a:{word}" if "." in word else ""
        return
    qualifier, name, value = directive.groups()
    yield word.rstrip(".,;:\"'")
    for sign in "-~?+":  # a blank was forgotten
        head, found, _tail = word.rpartition(f"{sign}all")
        if found and head:
            yield f"{head} {sign}all"
    if value == ":" and following:  # a blank too many
        yield f"{word}{following[0]}"
    meant = {"ipv4": "ip4", "ipv6": "ip6", "ip": "ip6" if value.count(":") > 1 else "ip4"}
    close = get_close_matches(name.lower(), MECHANISMS, 1, 0.75)
    yield f"{qualifier}{meant.get(name.lower()) or ''.join(close)}{value}"
    if _ADDRESS.match(value[1:]):
        yield f"{qualifier}ip4{value}"
