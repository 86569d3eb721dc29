"""A DNS server with all zones of `tests/fixtures/dns`, and checks of its domains."""

from pathlib import Path

import pytest

from dns_check import Expectations, ResolverSettings, check
from lab.sandbox.dns import DnsServer, load_zones
from providers import PROVIDERS
from providers.dns import ManualDnsSettings
from providers.mailjet.account import read_domain

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
    """The DKIM record that Mailjet gives."""
    return zones["mailjet._domainkey.dkim-right.example"][0]["TXT"]


def expectations_of(domain, key, **changes):
    """Return what Mailjet wants for a domain.

    :param str key: the DKIM record
    :param changes: take the place of its fields
    """
    told = read_domain(
        {
            "Domain": domain,
            "OwnerShipTokenRecordName": f"mailjet._{TOKEN[:8]}",
            "OwnerShipToken": TOKEN,
            "DKIMRecordName": f"mailjet._domainkey.{domain}.",
            "DKIMRecordValue": key,
        }
    )
    mailjet = PROVIDERS["mailjet"].dns_expectations(ManualDnsSettings(), told)
    return Expectations.from_dict(mailjet | changes)


@pytest.fixture(scope="session")
def checked(world, mailjet_key):
    """Check a domain of the zones; return its results by name.

    Named arguments take the place of fields in what Mailjet wants.
    """
    known = {}

    def run(domain, **changes):
        key = (domain, repr(sorted(changes.items())))
        if key not in known:
            expectations = expectations_of(domain, mailjet_key, **changes)
            known[key] = {
                result.name: result for result in check(domain, expectations, fast(world))
            }
        return known[key]

    return run


def fast(*servers, **changes):
    """Return settings for servers on loopback, where what needs longer is dead."""
    addresses = tuple(server.address for server in servers)
    return ResolverSettings(addresses, **{"timeout": 0.3, "tries": 2, "deadline": 5.0, **changes})
