"""The test suite of RFC 7208 (openspf.org, release 2014.04), over the wire.

It is taken from pyspf's source distribution when the tests run, and never committed. Only results
are compared: nobody is shown an explanation (`exp=`), so none is made. One record is not what the
suite means: a TXT of no strings at all cannot be put on the wire, here it has an empty one.
"""

import subprocess
import sys
import tarfile

import pytest
import yaml
from conftest import fast

from dev.paths import STATE
from dns_check.net.resolver import Resolver
from dns_check.spf.evaluate import check_host
from lab.sandbox.dns import DnsServer

PYSPF = "pyspf==2.0.14"
CACHE = STATE / "rfc7208"
MEMBER = "test/rfc7208-tests.yml"

DEVIATIONS = {
    # name of a test → why another result is right
}
TESTS = 203


@pytest.fixture(scope="module")
def suite():
    path = CACHE / "rfc7208-tests.yml"
    if not path.exists():
        _fetch(path)
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def _fetch(path):
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    # Its wheel would have to be built, and the tests are not in it.
    command += ["--no-deps", "--no-binary=:all:", "--no-build-isolation", "-d", str(CACHE), PYSPF]
    result = subprocess.run(command, capture_output=True, text=True, timeout=180)
    archives = list(CACHE.glob("pyspf-*.tar.gz"))
    if not archives:
        pytest.skip(f"{PYSPF}, which has the RFC 7208 suite, cannot be fetched: {result.stderr}")
    with tarfile.open(archives[0]) as archive:
        member = next(name for name in archive.getnames() if name.endswith(MEMBER))
        path.write_bytes(archive.extractfile(member).read())


def test_suite(suite):
    wrong, run = {}, 0
    for scenario in suite:
        # Patient where each question has its answer: the machine may be busy.
        timeout = 0.2 if "TIMEOUT" in str(scenario["zonedata"]) else 5
        with DnsServer(_zones(scenario["zonedata"])) as server:
            for name, test in scenario["tests"].items():
                run += 1
                result = _result(server, test, timeout)
                expected = test["result"]
                if result not in (expected if isinstance(expected, list) else [expected]):
                    wrong[name] = f"{result}, not {expected} (RFC 7208 {test['spec']})"
    assert run == TESTS
    assert wrong.keys() == DEVIATIONS.keys(), wrong


def _result(server, test, timeout):
    sender = test["mailfrom"] or f"postmaster@{test['helo']}"
    domain = sender.rpartition("@")[2]
    with Resolver(fast(server, timeout=timeout, tries=1)) as resolver:
        return check_host(resolver, test["host"], domain, sender, test["helo"]).result


def _zones(zonedata):
    """Return the zones of a scenario in our server's terms.

    An SPF record stands for a TXT record, too, unless the name has TXT records of its own
    ("auto-magic duplication"), of which NONE says that there is none.
    """
    zones = {}
    for name, entries in zonedata.items():
        types = {rdtype for entry in entries if isinstance(entry, dict) for rdtype in entry}
        zones[str(name)] = zone = []
        for entry in entries:
            if entry == "TIMEOUT":
                zone.append(entry)
                continue
            ((rdtype, value),) = entry.items()
            if rdtype == "SPF" and "TXT" not in types:
                zone.append({"TXT": value})
            elif rdtype != "SPF" and (rdtype, value) != ("TXT", "NONE"):
                zone.append({rdtype: value})
    return zones
