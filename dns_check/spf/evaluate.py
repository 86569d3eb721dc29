# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""How a receiver evaluates an SPF record: check_host() of RFC 7208 4."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from ..names import is_below
from ..net.answer import DATA, Answer, Questions
from .macro import expand
from .record import Term, is_spf, parse

MAX_LOOKUPS = 10
MAX_VOIDS = 2
MAX_MX = 10
MAX_PTR = 10

_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


@dataclass(frozen=True)
class Verdict:
    """The outcome of an evaluation.

    :param result: none, neutral, pass, fail, softfail, temperror or permerror
    :param term: the term of the domain's own record that decided; None if none did
    :param error: for permerror: syntax, several, lookups, voids, mx, include (of a name without
        SPF record), redirect (to such a name); for temperror: as `Answer.error`
    :param name: the name with the error
    """

    result: str
    term: Term | None = None
    error: str | None = None
    name: str | None = None


class _Broken(Exception):  # noqa: N818 - an outcome, not an error
    def __init__(self, result: str, error: str, name: str) -> None:
        super().__init__(result)
        self.verdict = Verdict(result, error=error, name=name)


def check_host(
    resolver: Questions,
    address: str,
    domain: str,
    sender: str | None = None,
    helo: str | None = None,
    record: str | None = None,
) -> Verdict:
    """Return the verdict on mail from an address.

    :param address: of the sending server
    :param sender: the envelope sender; default: postmaster@ the domain
    :param helo: the name that the server gives in HELO; default: the domain
    :param record: an SPF record to use instead of the domain's own
    """
    evaluation = _Evaluation(resolver, address, sender or f"postmaster@{domain}", helo or domain)
    try:
        return evaluation.run(domain, record)
    except _Broken as broken:
        return broken.verdict


class _Evaluation:
    def __init__(self, resolver: Questions, address: str, sender: str, helo: str) -> None:
        self._resolver = resolver
        given = ip_address(address)
        mapped = given.ipv4_mapped if isinstance(given, IPv6Address) else None
        self._address: IPv4Address | IPv6Address = mapped or given
        local, _at, domain = sender.rpartition("@")
        self._local, self._sender_domain = local or "postmaster", domain
        self._helo = helo
        self._lookups = 0
        self._voids = 0

    def run(self, domain: str, text: str | None = None) -> Verdict:
        """Return the verdict of the record at `domain`, or of the record `text` instead."""
        if text is None:
            text = self._text(domain)
            if text is None:
                return Verdict("none")
        record = parse(text)
        if record.mistakes:
            raise _Broken("permerror", "syntax", domain)
        for term in record.effective:
            if term.counted:
                self._lookups += 1
                if self._lookups > MAX_LOOKUPS:
                    raise _Broken("permerror", "lookups", domain)
            if term.name == "redirect":
                return self._redirect(term, domain)
            if self._matches(term, domain):
                return Verdict(_RESULTS[term.qualifier], term)
        return Verdict("neutral")

    def _text(self, domain: str) -> str | None:
        """Return the SPF record at `domain`, or None."""
        if not _could_be_domain(domain):
            return None
        records = [value for value in self._ask(domain, "TXT").values if is_spf(value)]
        if len(records) > 1:
            raise _Broken("permerror", "several", domain)
        return records[0] if records else None

    def _redirect(self, term: Term, domain: str) -> Verdict:
        target = self._target(term, domain)
        verdict = self.run(target)
        if verdict.result == "none":
            raise _Broken("permerror", "redirect", target)
        return Verdict(verdict.result, term)

    def _matches(self, term: Term, domain: str) -> bool:
        if term.name == "all":
            return True
        if term.network is not None:
            return self._address in term.network
        target = self._target(term, domain)
        if term.name == "include":
            return self._match_include(target)
        if term.name == "a":
            return self._has_address(self._addresses(target), term)
        if term.name == "mx":
            return self._match_mx(term, target)
        if term.name == "exists":
            return self._match_exists(target)
        return any(is_below(name, target.lower()) for name in self._validated_names())

    def _match_include(self, target: str) -> bool:
        verdict = self.run(target)
        if verdict.result == "none":
            raise _Broken("permerror", "include", target)
        return verdict.result == "pass"

    def _match_mx(self, term: Term, target: str) -> bool:
        answer = self._ask(target, "MX")
        self._count_void(answer)
        if len(answer.exchanges) > MAX_MX:
            raise _Broken("permerror", "mx", target)
        hosts = [host for _preference, host in sorted(answer.exchanges) if host]
        # Hosts without addresses are not void look-ups of the term (4.6.4).
        return any(self._has_address(self._ask(host, self._type).values, term) for host in hosts)

    def _match_exists(self, target: str) -> bool:
        answer = self._ask(target, "A")
        self._count_void(answer)
        return answer.outcome == DATA

    def _validated_names(self) -> list[str]:
        """Return the names of the address that have this address (5.5). Errors give no names."""
        answer = self._resolver.ask(self._address.reverse_pointer, "PTR")
        names = answer.values[:MAX_PTR]
        answers = self._resolver.ask_all((name, self._type) for name in names)
        return [
            name
            for name, found in zip(names, answers, strict=True)
            if any(ip_address(value) == self._address for value in found.values)
        ]

    @property
    def _type(self) -> str:
        return "A" if isinstance(self._address, IPv4Address) else "AAAA"

    def _addresses(self, name: str) -> tuple[str, ...]:
        answer = self._ask(name, self._type)
        if answer.void and self._type == "AAAA":
            # A host with IPv4 addresses only is not a void look-up.
            self._count_void(self._resolver.ask(name, "A"))
        else:
            self._count_void(answer)
        return answer.values

    def _has_address(self, addresses: Iterable[str], term: Term) -> bool:
        prefix = term.prefix4 if self._type == "A" else term.prefix6
        network = ip_network(f"{self._address}/{prefix}", strict=False)
        return any(ip_address(address) in network for address in addresses)

    def _ask(self, name: str, rdtype: str) -> Answer:
        answer = self._resolver.ask(name, rdtype)
        if answer.failed:
            raise _Broken("temperror", answer.error or "", name)
        return answer

    def _count_void(self, answer: Answer) -> None:
        if answer.void:
            self._voids += 1
            if self._voids > MAX_VOIDS:
                raise _Broken("permerror", "voids", answer.name)

    def _target(self, term: Term, domain: str) -> str:
        if term.target is None:
            return domain
        return expand(term.target, lambda letter: self._letter(letter, domain))

    def _letter(self, letter: str, domain: str) -> str:
        if letter == "p":
            return self._validated_name(domain)
        version4 = isinstance(self._address, IPv4Address)
        nibbles = ".".join(self._address.exploded.replace(":", ""))
        value = {
            "s": f"{self._local}@{self._sender_domain}",
            "l": self._local,
            "o": self._sender_domain,
            "d": domain,
            "i": str(self._address) if version4 else nibbles,
            "v": "in-addr" if version4 else "ip6",
            "h": self._helo,
        }[letter]
        # Each character is one octet, as `to_dns_name` requires
        return value.encode("utf-8", "surrogateescape").decode("latin-1")

    def _validated_name(self, domain: str) -> str:
        names = self._validated_names()
        same = [name for name in names if name == domain.lower()]
        below = [name for name in names if is_below(name, domain.lower())]
        return (same or below or names or ["unknown"])[0]


def _could_be_domain(name: str) -> bool:
    """Tell whether it is a domain name with several labels (4.3)."""
    labels = name.removesuffix(".").split(".")
    return len(labels) > 1 and all(0 < len(label) < 64 for label in labels)
