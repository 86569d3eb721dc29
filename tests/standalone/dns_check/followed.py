"""Somebody who does to the letter what the check says, on a DNS server of the sandbox."""

from contextlib import contextmanager

from conftest import fast

from dns_check.net.resolver import Resolver
from dns_check.spf.evaluate import check_host
from dns_check.spf.record import is_spf
from dns_check.spf.tree import Walker


def domains_of(zones):
    """Return the domains that there is anything of in zones."""
    found = {}
    for name in zones:
        labels = name.split(".")
        while any("_" in label or label == "*" for label in labels):
            labels.pop(0)
        if len(labels) > 1:
            found[".".join(labels)] = True
    return list(found)


@contextmanager
def followed(panel, operations):
    """Carry out operations as JSON; all is as before afterwards.

    :param DnsPanel panel: of the zones' server
    """
    before = {operation["name"]: panel.records(operation["name"]) for operation in operations}
    try:
        for operation in operations:
            panel.carry_out(operation)
        yield
    finally:
        for name, records in before.items():
            panel.put(name, records)


def senders(server, domain):
    """Return the addresses that pass SPF of a domain now; of each network several are tried."""
    with Resolver(fast(server, timeout=1.0)) as resolver:
        records = list(filter(is_spf, resolver.ask(domain, "TXT").values))
        tried = set()
        for record in records:
            tree = Walker(resolver).tree(domain, record)
            for below in tree.records():
                for term in below.terms:
                    if term.network is not None:
                        tried |= {term.network[0], term.network[-1]}
                        tried.add(term.network[term.network.num_addresses // 2])
            for branch in tree.walk():
                if branch.term.name in ("a", "mx") and branch.target:
                    tried |= set(_hosts(resolver, branch))
        return {
            str(address)
            for address in tried
            if check_host(resolver, str(address), domain).result == "pass"
        }


def _hosts(resolver, branch):
    hosts = [branch.target]
    if branch.term.name == "mx":
        hosts = [host for _preference, host in resolver.ask(branch.target, "MX").exchanges]
    for host in hosts:
        for rdtype in ("A", "AAAA"):
            yield from resolver.ask(host, rdtype).values


def lost(server, domain, before):
    """Return those of the senders that do not pass any more."""
    with Resolver(fast(server, timeout=1.0)) as resolver:
        return {
            address for address in before if check_host(resolver, address, domain).result != "pass"
        }
