# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the DNS answered to one question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ..text import _

if TYPE_CHECKING:
    import dns.message
    import dns.name
    import dns.rdata


DATA = "data"
NODATA = "nodata"  # the name exists, without records of that type
NXDOMAIN = "nxdomain"
ERROR = "error"  # nothing is known about the name

ERRORS = {
    "timeout": _("the name server did not answer in time"),
    "deadline": _("the time for the whole check ran out"),
    "servfail": _("the name server failed (SERVFAIL)"),
    "refused": _("the name server refused to answer (REFUSED)"),
    "rcode": _("the name server answered with an error"),
    "unreachable": _("the name server cannot be reached"),
    "malformed": _("the answer of the name server is unreadable"),
    "tcp": _("the answer is too long for UDP and did not arrive over TCP"),
    "truncated": _("the answer is too long for the DNS"),
    "cname_loop": _("its aliases (CNAME) form a loop"),
    "no_nameserver": _("no name server is configured on this machine"),
}


@dataclass(frozen=True)
class Answer:
    """What the DNS answered to one question.

    :param name: of the question, in ASCII without final dot
    :param type: of the question: TXT, SPF, A, AAAA, MX, CNAME, NS or PTR
    :param outcome: DATA, NODATA, NXDOMAIN or ERROR
    :param values: TXT and SPF: the strings of each record joined, undecodable octets as lone
        surrogates; A and AAAA: addresses; MX: none; others: names
    :param exchanges: MX: preference and name of each mail server. Names are in lower case without
        final dot; the root is ""
    :param chain: the targets of the CNAMEs that were followed
    :param ttl: seconds that caches may keep the answer, for DATA
    :param error: a key of `ERRORS`, for ERROR
    :param size: octets of the response
    """

    name: str
    type: str
    outcome: str
    values: tuple[str, ...] = ()
    exchanges: tuple[tuple[int, str], ...] = ()
    chain: tuple[str, ...] = ()
    ttl: int | None = None
    error: str | None = None
    size: int = 0

    @property
    def failed(self) -> bool:
        """Whether nothing is known about the name."""
        return self.outcome == ERROR

    @property
    def void(self) -> bool:
        """Whether it is known that there is no such record (a "void lookup" in RFC 7208 4.6.4)."""
        return self.outcome in (NODATA, NXDOMAIN)


class Questions(Protocol):
    """Whatever answers questions: the DNS, or the DNS as it would be."""

    def ask(self, name: str, rdtype: str) -> Answer:
        """Return the `Answer` to a question."""
        ...

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Ask several questions (name, type) at once; return the answers in the same order."""
        ...


def read(response: dns.message.Message, name: str, rdtype: str, size: int) -> Answer:
    """Return the answer that a response contains.

    :param response: to the question; NOERROR or NXDOMAIN
    :param size: octets of the response
    """
    import dns.rcode
    import dns.rdataclass
    import dns.rdatatype

    def answer(outcome: str, **fields: Any) -> Answer:
        return Answer(name, rdtype, outcome, size=size, **fields)

    found = {
        (rrset.name, rrset.rdtype): rrset
        for rrset in response.answer
        if rrset.rdclass == dns.rdataclass.IN
    }
    wanted = dns.rdatatype.from_text(rdtype)
    current = response.question[0].name
    chain: list[str] = []
    seen = {current}
    while (current, wanted) not in found:
        alias = found.get((current, dns.rdatatype.CNAME))
        if alias is None:
            nothing = NXDOMAIN if response.rcode() == dns.rcode.NXDOMAIN else NODATA
            return answer(nothing, chain=tuple(chain))
        current = alias[0].target
        chain.append(host(current))
        if current in seen:
            return answer(ERROR, error="cname_loop", chain=tuple(chain))
        seen.add(current)
    rrset = found[current, wanted]
    found_at = {"chain": tuple(chain), "ttl": rrset.ttl}
    if rdtype == "MX":
        exchanges = tuple((rdata.preference, host(rdata.exchange)) for rdata in rrset)
        return answer(DATA, exchanges=exchanges, **found_at)
    return answer(DATA, values=tuple(_value(rdata, rdtype) for rdata in rrset), **found_at)


def _value(rdata: Any, rdtype: str) -> str:
    if rdtype in ("TXT", "SPF"):
        # Not to_text(): it adds quotes and backslashes, which could then not be told from pasted
        # ones.
        return b"".join(rdata.strings).decode("utf-8", "surrogateescape")
    if rdtype in ("A", "AAAA"):
        return str(rdata.address)
    return host(rdata.target)


def host(name: dns.name.Name) -> str:
    """Return a `dns.name.Name` as text in lower case without final dot."""
    return b".".join(label for label in name.labels if label).decode("latin-1").lower()
