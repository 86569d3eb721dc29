"""A DNS server with all zones of `tests/fixtures/dns`, and checks of its domains."""

from pathlib import Path

import pytest

from dev.sandbox.dns import DnsServer, load_zones
from dns_check import Expectations, ResolverSettings, check
from providers.mailjet_dns import dns_expectations

ZONES = sorted((Path(__file__).parents[2] / "fixtures" / "dns").glob("*.yaml"))
TOKEN = "3f9c0e7ab81d"


@pytest.fixture(scope="session")
def zones():
    return load_zones(*ZONES)


@pytest.fixture(scope="session")
def world(zones):
    with DnsServer(zones) as server:
        yield server


@pytest.fixture(scope="session")
def mailjet_key(zones):
    """The DKIM record that Mailjet hands out."""
    return zones["mailjet._domainkey.dkim-right.example"][0]["TXT"]


@pytest.fixture(scope="session")
def checked(world, mailjet_key):
    """Check a domain of the zones; return its results by name.

    Named arguments take the place of fields in what Mailjet wants.
    """
    known = {}

    def run(domain, **changes):
        key = (domain, repr(sorted(changes.items())))
        if key not in known:
            mailjet = dns_expectations(
                {
                    "OwnerShipTokenRecordName": f"mailjet._{TOKEN[:8]}",
                    "OwnerShipToken": TOKEN,
                    "DKIMRecordName": f"mailjet._domainkey.{domain}.",
                    "DKIMRecordValue": mailjet_key,
                }
            )
            expectations = Expectations.from_dict(mailjet | changes)
            known[key] = {
                result.name: result for result in check(domain, expectations, fast(world))
            }
        return known[key]

    return run


def fast(*servers, **changes):
    """Return settings for servers on loopback, where what needs longer is dead."""
    addresses = tuple(server.address for server in servers)
    return ResolverSettings(addresses, **{"timeout": 0.3, "tries": 2, "deadline": 5.0, **changes})
