# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a receiver makes of an SPF record: check_host() of RFC 7208 4."""

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

from ..names import is_below
from ..net.answer import DATA
from .macro import expand
from .record import is_spf, parse

MAX_LOOKUPS = 10
MAX_VOIDS = 2
MAX_MX = 10
MAX_PTR = 10

_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


@dataclass(frozen=True)
class Verdict:
    """The outcome of an evaluation.

    :param result: none, neutral, pass, fail, softfail, temperror or permerror
    :param term: the `Term` of the domain's own record that decided; None where none did
    :param error: for permerror: syntax, several, lookups, voids, mx, include (of a name without
        SPF record), redirect (to one); for temperror: as `Answer.error`
    :param name: the name at which it went wrong
    """

    result: str
    term: object = None
    error: str | None = None
    name: str | None = None


class _Broken(Exception):  # noqa: N818 - an outcome, not an error
    def __init__(self, result, error, name):
        super().__init__(result)
        self.verdict = Verdict(result, error=error, name=name)


def check_host(resolver, address, domain, sender=None, helo=None, record=None):
    """Return the `Verdict` on mail that comes from an address.

    :param Resolver resolver: whom to ask
    :param str address: the sending server's
    :param str domain: that the record is looked for at
    :param str sender: the envelope sender; default postmaster@ the domain
    :param str helo: the name the server says it has; default the domain
    :param str record: an SPF record to take for the domain's, instead of asking for it
    """
    evaluation = _Evaluation(resolver, address, sender or f"postmaster@{domain}", helo or domain)
    try:
        return evaluation.run(domain, record)
    except _Broken as broken:
        return broken.verdict


class _Evaluation:
    def __init__(self, resolver, address, sender, helo):
        self._resolver = resolver
        address = ip_address(address)
        self._address = getattr(address, "ipv4_mapped", None) or address
        local, _at, domain = sender.rpartition("@")
        self._local, self._sender_domain = local or "postmaster", domain
        self._helo = helo
        self._lookups = 0
        self._voids = 0

    def run(self, domain, text=None):
        """Return the verdict of the record at `domain`, or of `text` in its place."""
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

    def _text(self, domain):
        """Return the SPF record at `domain`, or None."""
        if not _could_be_domain(domain):
            return None
        records = [value for value in self._ask(domain, "TXT").values if is_spf(value)]
        if len(records) > 1:
            raise _Broken("permerror", "several", domain)
        return records[0] if records else None

    def _redirect(self, term, domain):
        target = self._target(term, domain)
        verdict = self.run(target)
        if verdict.result == "none":
            raise _Broken("permerror", "redirect", target)
        return Verdict(verdict.result, term)

    def _matches(self, term, domain):
        if term.name == "all":
            return True
        if term.network is not None:
            return self._address in term.network
        return getattr(self, f"_match_{term.name}")(term, self._target(term, domain), domain)

    def _match_include(self, term, target, domain):
        verdict = self.run(target)
        if verdict.result == "none":
            raise _Broken("permerror", "include", target)
        return verdict.result == "pass"

    def _match_a(self, term, target, domain):
        return self._has_address(self._addresses(target), term)

    def _match_mx(self, term, target, domain):
        answer = self._ask(target, "MX")
        self._count_void(answer)
        if len(answer.values) > MAX_MX:
            raise _Broken("permerror", "mx", target)
        hosts = [host for _preference, host in sorted(answer.values) if host]
        # The hosts' addresses are no void look-ups of the term's (4.6.4).
        return any(self._has_address(self._ask(host, self._type).values, term) for host in hosts)

    def _match_exists(self, term, target, domain):
        answer = self._ask(target, "A")
        self._count_void(answer)
        return answer.outcome == DATA

    def _match_ptr(self, term, target, domain):
        return any(is_below(name, target.lower()) for name in self._validated_names())

    def _validated_names(self):
        """Return the names of the address that lead back to it (5.5); errors are no names."""
        answer = self._resolver.ask(self._address.reverse_pointer, "PTR")
        names = answer.values[:MAX_PTR]
        answers = self._resolver.ask_all((name, self._type) for name in names)
        return [
            name
            for name, found in zip(names, answers, strict=True)
            if any(ip_address(value) == self._address for value in found.values)
        ]

    @property
    def _type(self):
        return "A" if isinstance(self._address, IPv4Address) else "AAAA"

    def _addresses(self, name):
        answer = self._ask(name, self._type)
        if answer.void and self._type == "AAAA":
            # A host that has IPv4 addresses only is no dead one.
            self._count_void(self._resolver.ask(name, "A"))
        else:
            self._count_void(answer)
        return answer.values

    def _has_address(self, addresses, term):
        prefix = term.prefix4 if self._type == "A" else term.prefix6
        network = ip_network(f"{self._address}/{prefix}", strict=False)
        return any(ip_address(address) in network for address in addresses)

    def _ask(self, name, rdtype):
        answer = self._resolver.ask(name, rdtype)
        if answer.failed:
            raise _Broken("temperror", answer.error, name)
        return answer

    def _count_void(self, answer):
        if answer.void:
            self._voids += 1
            if self._voids > MAX_VOIDS:
                raise _Broken("permerror", "voids", answer.name)

    def _target(self, term, domain):
        if term.target is None:
            return domain
        return expand(term.target, lambda letter: self._letter(letter, domain))

    def _letter(self, letter, domain):
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
        # One character an octet, as names are handed to the resolver
        return value.encode("utf-8", "surrogateescape").decode("latin-1")

    def _validated_name(self, domain):
        names = self._validated_names()
        same = [name for name in names if name == domain.lower()]
        below = [name for name in names if is_below(name, domain.lower())]
        return (same or below or names or ["unknown"])[0]


def _could_be_domain(name):
    """Tell whether it is a multi-label domain name (4.3)."""
    labels = name.removesuffix(".").split(".")
    return len(labels) > 1 and all(0 < len(label) < 64 for label in labels)
