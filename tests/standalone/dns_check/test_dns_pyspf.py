"""Proposed SPF records beside pyspf, which knows nothing of ours."""

import pytest
import spf as pyspf
from conftest import fast
from dns import exception, resolver
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from dns_check import Expectations, check
from lab.sandbox.dns import DnsServer

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]

DOMAIN = "s.example"
ZONES = {
    "spf.p.example": [{"TXT": "v=spf1 ip4:198.51.100.0/24 -all"}],
    "good.example": [{"TXT": "v=spf1 ip4:203.0.113.0/28 -all"}, {"A": "203.0.113.1"}],
    "soft.example": [{"TXT": "v=spf1 ip4:203.0.113.16/28 ?all"}, {"A": "203.0.113.17"}],
    "four.example": [{"TXT": "v=spf1 a:h1.example a:h2.example a:h3.example ~all"}],
    "five.example": [
        {"TXT": "v=spf1 include:good.example a:h4.example mx:good.example a:h5.example -all"}
    ],
    **{f"h{number}.example": [{"A": f"203.0.113.{100 + number}"}] for number in range(1, 6)},
    "none.example": [{"A": "203.0.113.120"}],
    "broken.example": [{"TXT": "v=spf1 ipv4:203.0.113.121"}],
    "half.example": [{"TXT": "v=spf1 ip4:203.0.113.122 include:none.example -all"}],
    "dead.example": [{"TXT": "v=spf1 ip4:203.0.113.123 a:x.gone a:y.gone a:z.gone -all"}],
    "loop.example": [{"TXT": f"v=spf1 ip4:203.0.113.124 include:{DOMAIN} -all"}],
    "twice.example": [{"TXT": "v=spf1 ip4:203.0.113.125 -all"}, {"TXT": "v=spf1 -all"}],
    "mail.s.example": [{"A": "203.0.113.126"}],
}
OWN = [{"A": "203.0.113.127"}, {"MX": [10, "mail.s.example"]}]
SENDERS = [
    *("198.51.100.1", "198.51.100.254", "203.0.113.1", "203.0.113.15", "203.0.113.16"),
    *("203.0.113.17", "203.0.113.101", "203.0.113.102", "203.0.113.104", "203.0.113.105"),
    *(f"203.0.113.{number}" for number in range(120, 135)),
    "192.0.2.99",  # nobody's
]
TERMS = [
    *("include:spf.p.example", "?include:spf.p.example", "-include:spf.p.example"),
    *("include:good.example", "+include:good.example", "~include:good.example"),
    *("include:soft.example", "include:four.example", "include:five.example", "a", "mx", "ptr"),
    *("include:none.example", "include:broken.example", "include:half.example"),
    *("include:dead.example", "include:loop.example", "include:twice.example"),
    *("a:h1.example", "a:h2.example/30", "a:x.gone", "mx:y.gone", "mx:good.example"),
    *("ip4:203.0.113.128", "-ip4:203.0.113.129", "ip4:203.0.113.128/29", "ip4:203.0.113.130/024"),
    *("ipv4:203.0.113.131", "a:203.0.113.132", "a:mail", "ip4:203.0.113.133/33", "nonsense"),
    *("include:good.example,", "include=good.example", "include:soft.example,four.example"),
    *("exists:%{i}.good.example", "exp=why.example", "x-ours=1"),
    *("-all", "~all", "?all", "redirect=five.example", "redirect=soft.example", "v=spf1"),
]
RECORDS = st.lists(st.sampled_from(TERMS), max_size=9).map(lambda t: " ".join(["v=spf1", *t]))


@pytest.fixture(scope="module")
def server():
    with DnsServer(ZONES) as server:
        yield server


@pytest.fixture(autouse=True)
def asks_ours(server, monkeypatch):
    """Make pyspf ask the sandbox's server: pyspf has no setting for this."""
    ours = resolver.Resolver(configure=False)
    ours.nameservers, ours.port = [server.host], server.port

    def look_up(name, rdtype, _tcp_fallback=True, _timeout=30):
        try:
            answer = ours.resolve(name, rdtype, search=False, lifetime=10)
        except (resolver.NoAnswer, resolver.NXDOMAIN):
            return []
        except exception.DNSException as error:
            raise pyspf.TempError(str(error)) from None
        values = {
            "MX": lambda rdata: (rdata.preference, rdata.exchange.to_text(True)),
            "PTR": lambda rdata: rdata.target.to_text(True),
            "TXT": lambda rdata: rdata.strings,
        }
        read = values.get(rdtype, lambda rdata: getattr(rdata, "address", None))
        return [((name, rdtype), read(rdata)) for rdata in answer]

    monkeypatch.setattr(pyspf, "DNSLookup", look_up)


def passing(addresses):
    """Return the addresses that pass by pyspf, and those for which the record is invalid."""
    results = {
        address: pyspf.check2(address, f"postmaster@{DOMAIN}", DOMAIN)[0] for address in addresses
    }
    return (
        {address for address, result in results.items() if result == "pass"},
        {address for address, result in results.items() if result == "permerror"},
    )


def publish(server, records):
    server.clear(DOMAIN)
    for entry in [*OWN, *({"TXT": text} for text in records)]:
        ((rdtype, value),) = entry.items()
        server.publish(DOMAIN, rdtype, value)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take many minutes to find
)
@given(st.lists(RECORDS, min_size=1, max_size=2))
@example(["v=spf1 include:four.example include:five.example -all"])
@example(["v=spf1 include:half.example ip4:203.0.113.128 -all"])
@example(["v=spf1 ip4:203.0.113.128 redirect=five.example redirect=soft.example"])
@example(["v=spf1 ?include:spf.p.example -ip4:203.0.113.129 ip4:203.0.113.128/29 -all"])
@example(["v=spf1 ip4:203.0.113.128 -all", "v=spf1 a mx ~all"])
def test_a_proposal_loses_nobody_and_stays_valid(server, records):
    publish(server, records)
    results = {
        result.name: result
        for result in check(
            DOMAIN, Expectations(spf="include:spf.p.example"), fast(server, timeout=2.0)
        )
    }
    operations = results["spf"].operations or results["spf_esp"].operations
    [text] = [one.value for one in operations if one.publishes] or [None]
    if text is None:
        return
    before, _invalid = passing(SENDERS)
    publish(server, [text])
    after, invalid = passing(SENDERS)
    assert not before - after, text
    assert not invalid, text  # also not for more than ten look-ups
    assert {"198.51.100.1", "198.51.100.254"} <= after, text
