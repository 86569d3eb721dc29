"""Asking the authoritative servers, to get round caches."""

from contextlib import ExitStack

import pytest
from conftest import fast

from dns_check import check
from dns_check.net.resolver import Resolver
from lab.sandbox.dns import DnsServer


@pytest.fixture
def servers():
    """A cache that knows old records, and the servers of two zones, all on one port."""
    with ExitStack() as stack:
        enter = stack.enter_context
        # First where others have ports, too.
        cache = enter(DnsServer(CACHE, host="127.0.0.1"))
        zone = enter(DnsServer(ZONE, host="127.0.0.2", port=cache.port))
        enter(DnsServer(OTHER, host="127.0.0.3", port=cache.port))
        yield cache, zone


CACHE = {
    "empresa.example": [{"NS": "ns.empresa.example"}, {"TXT": "v=spf1 -all"}],
    "ns.empresa.example": [{"A": "127.0.0.2"}],
    "other.example": [{"NS": "ns.other.example"}],
    "ns.other.example": [{"A": "127.0.0.3"}],
    "dead.example": [{"NS": "ns.dead.example"}, {"TXT": "old"}],
    "ns.dead.example": [{"A": "127.0.0.4"}],
}
ZONE = {
    "empresa.example": [{"TXT": "v=spf1 ~all"}],
    "alias.empresa.example": [{"CNAME": "host.other.example"}],
    "sub.empresa.example": [{"DELEGATE": ["ns.sub.empresa.example"]}],
    "ns.sub.empresa.example": [{"A": "127.0.0.3"}],
}
OTHER = {
    "host.other.example": [{"TXT": "from the other zone"}],
    "x.sub.empresa.example": [{"TXT": "delegated"}],
}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("empresa.example", ("v=spf1 ~all",)),
        ("gone.empresa.example", ()),
        ("alias.empresa.example", ("from the other zone",)),
        ("x.sub.empresa.example", ("delegated",)),
    ],
)
def test_records_come_from_the_zone(servers, name, values):
    cache, zone = servers
    settings = fast(cache, authoritative=True, authoritative_port=zone.port)
    with Resolver(settings) as resolver:
        answer = resolver.ask(name, "TXT")
    assert answer.values == values
    assert not answer.failed


def test_dead_authority_is_an_error(servers):
    cache, zone = servers
    settings = fast(cache, authoritative=True, authoritative_port=zone.port)
    with Resolver(settings) as resolver:
        assert resolver.ask("dead.example", "TXT").error == "unreachable"


def test_whole_check(servers):
    cache, zone = servers
    by_cache = {r.name: r for r in check("empresa.example", None, fast(cache))}
    settings = fast(cache, authoritative=True, authoritative_port=zone.port)
    by_zone = {r.name: r for r in check("empresa.example", None, settings)}
    assert by_cache["spf"].facts["all"] == "-"
    assert by_zone["spf"].facts["all"] == "~"


def test_caches_that_keep_the_former_record_are_told(servers):
    cache, zone = servers
    zone.publish("_dmarc.empresa.example", "TXT", "v=DMARC1; p=reject")
    settings = fast(cache, authoritative=True, authoritative_port=zone.port)
    results = {r.name: r for r in check("empresa.example", None, settings)}
    assert results["spf"].codes == {"stale"}
    assert "use the old record for another 300 seconds" in str(results["spf"].problems[0])
    assert results["spf"].facts["stale"] == 300
    assert (
        "_dmarc.empresa.example is published, but some DNS servers do not know it yet"
        in "".join(map(str, results["dmarc"].problems))
    )
    assert "stale" not in check("empresa.example", None, fast(cache))[1].facts
