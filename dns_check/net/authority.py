# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asks the servers of each zone directly: they know a change before the caches do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from ..names import parents
from .answer import DATA, ERROR, Answer, host, read
from .transport import Question, Server, Unanswered, to_dns_name

if TYPE_CHECKING:
    from .resolver import Resolver


# Aliases, or delegations below the zone that the caches know, to follow. Only a hostile zone has
# more.
MAX_STEPS = 8
# Servers of one zone to ask in turn; all of them give the same answer
MAX_SERVERS = 4


class Authorities:
    """Finds the servers of a zone through the resolver's name servers, and asks them.

    Everything happens in the caller's thread. If a thread of a pool waited for other threads of
    the pool, it could wait forever.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        # Name → servers of the zone of this name; [] where the name is inside another zone
        self._zones: dict[str, list[Server]] = {}
        self._lock = Lock()

    def ask(self, name: str, rdtype: str) -> Answer:
        """Return the answer of the servers responsible for `name`.

        :raises Unanswered: the servers can't be found or don't answer
        """
        chain: tuple[str, ...] = ()
        current = name
        for _step in range(MAX_STEPS):
            answer = self._in_zone(current, rdtype)
            chain += answer.chain
            if not answer.void or not answer.chain:
                break
            # The chain may end in another zone, about which these servers know nothing.
            current = answer.chain[-1]
            if current in chain[:-1]:
                return Answer(name, rdtype, ERROR, error="cname_loop", chain=chain)
        return replace(answer, name=name, chain=chain)

    def _in_zone(self, name: str, rdtype: str) -> Answer:
        import dns.flags
        import dns.rdatatype

        question = Question(to_dns_name(name), rdtype, recursive=False)
        servers = self._servers_above(name)
        for _step in range(MAX_STEPS):
            response, size = self._resolver.exchange(question, servers)
            referral = [rrset for rrset in response.authority if rrset.rdtype == dns.rdatatype.NS]
            if response.answer or response.flags & dns.flags.AA or not referral:
                return read(response, name, rdtype, size)
            glue = {
                host(rrset.name): [rdata.address for rdata in rrset]
                for rrset in response.additional
                if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
            }
            servers = self._addresses([host(rdata.target) for rdata in referral[0]], glue)
        raise Unanswered("unreachable")

    def _servers_above(self, name: str) -> list[Server]:
        """Return the servers of the zone of `name`, as the caches know them.

        :raises Unanswered: there are none
        """
        for zone in [name, *parents(name)]:
            servers = self._servers(zone)
            if servers:
                return servers
        raise Unanswered("unreachable")

    def _servers(self, zone: str) -> list[Server]:
        with self._lock:
            if zone in self._zones:
                return self._zones[zone]
        answer = self._recursive(zone, "NS")
        named = answer.outcome == DATA and not answer.chain
        servers = self._addresses(answer.values, {}) if named else []
        with self._lock:
            self._zones[zone] = servers
        return servers

    def _addresses(self, hosts: Sequence[str], glue: Mapping[str, list[str]]) -> list[Server]:
        servers: list[Server] = []
        for name in hosts[:MAX_SERVERS]:
            addresses = glue.get(name) or self._recursive(name, "A").values
            servers += [
                (address, self._resolver.settings.authoritative_port) for address in addresses
            ]
        return servers[:MAX_SERVERS]

    def _recursive(self, name: str, rdtype: str) -> Answer:
        try:
            return self._resolver.ask_recursive(name, Question(to_dns_name(name), rdtype))
        except ValueError:
            raise Unanswered("unreachable") from None
