# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asking the servers of each zone themselves: they know what caches don't know yet."""

from threading import Lock

from ..names import parents
from .answer import DATA, ERROR, Answer, host, read
from .transport import Unanswered, to_dns_name

# A chain of more aliases, or of more delegations below the zone that the caches know, is no
# zone's that means well.
MAX_STEPS = 8
# Servers of one zone to ask in turn; all of them say the same.
MAX_SERVERS = 4


class Authorities:
    """Finds the servers of a zone through the resolver's own name servers, and asks those.

    Everything happens in the caller's thread: a thread of the pool that waited for others of the
    pool could wait for ever.
    """

    def __init__(self, resolver):
        self._resolver = resolver
        self._zones = {}  # name → servers of the zone whose top it is, [] where it is none
        self._lock = Lock()

    def ask(self, name, dns_name, rdtype):
        """Return the `Answer` of the servers responsible for `name`.

        :raises Unanswered: when they can't be found or don't answer
        """
        chain, current, current_name = (), name, dns_name
        for _step in range(MAX_STEPS):
            answer = self._in_zone(current, current_name, rdtype)
            chain += answer.chain
            if not answer.void or not answer.chain:
                break
            # Ends with an alias, perhaps into another zone, of which these servers know nothing.
            current = answer.chain[-1]
            current_name = to_dns_name(current)
            if current in chain[:-1]:
                return Answer(name, rdtype, ERROR, error="cname_loop", chain=chain)
        return Answer(
            name,
            rdtype,
            answer.outcome,
            answer.values,
            chain,
            answer.ttl,
            answer.error,
            answer.size,
        )

    def _in_zone(self, name, dns_name, rdtype):
        import dns.flags
        import dns.rdatatype

        servers = self._servers_above(name)
        for _step in range(MAX_STEPS):
            response, size = self._resolver.exchange(dns_name, rdtype, servers, recursive=False)
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

    def _servers_above(self, name):
        """Return the servers of the zone that `name` is in, as far as the caches know."""
        for zone in [name, *parents(name)]:
            servers = self._servers(zone)
            if servers:
                return servers
        raise Unanswered("unreachable")

    def _servers(self, zone):
        with self._lock:
            if zone in self._zones:
                return self._zones[zone]
        answer = self._recursive(zone, "NS")
        named = answer.outcome == DATA and not answer.chain
        servers = self._addresses(answer.values, {}) if named else []
        with self._lock:
            self._zones[zone] = servers
        return servers

    def _addresses(self, hosts, glue):
        servers = []
        for name in hosts[:MAX_SERVERS]:
            addresses = glue.get(name)
            if not addresses:
                addresses = self._recursive(name, "A").values
            servers += [
                (address, self._resolver.settings.authoritative_port) for address in addresses
            ]
        return servers[:MAX_SERVERS]

    def _recursive(self, name, rdtype):
        try:
            return self._resolver.ask_recursive(name, to_dns_name(name), rdtype)
        except ValueError:
            raise Unanswered("unreachable") from None
