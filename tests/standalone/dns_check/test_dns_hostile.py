"""Zones and servers that mean no good: a verdict within the deadline, and never a traceback."""

import json
import socket
import threading
import time

import pytest
from conftest import fast

from dev.dns_check import as_dict
from dns_check import CHECKS, STATUSES, Expectations, ResolverSettings, check, check_domains
from lab.sandbox.dns import DnsServer
from providers import PROVIDERS
from providers.dns import ManualDnsSettings

pytestmark = pytest.mark.slow

DOMAIN = "victim.example"
DEADLINE = 4.0
MAILJET = Expectations.from_dict(
    PROVIDERS["mailjet"].dns_expectations(
        ManualDnsSettings(
            token_host="mailjet._1",
            token="token",
            dkim_value="k=rsa; p=MIIB",
            tracking_host="link",
        )
    )
)
NAMES = (
    *(DOMAIN, f"_dmarc.{DOMAIN}", f"mailjet._1.{DOMAIN}", f"mailjet._domainkey.{DOMAIN}"),
    *(f"_mta-sts.{DOMAIN}", f"_smtp._tls.{DOMAIN}", f"default._bimi.{DOMAIN}"),
)


def everywhere(*entries):
    return {name: list(entries) for name in NAMES}


def terms(count, text):
    return " ".join(text.format(number) for number in range(count))


HOSTILE = {
    "10 000 TXT records": {DOMAIN: [{"TXT": f"{number:05}"} for number in range(10_000)]},
    "3 000 TXT records": everywhere(*({"TXT": f"{number:04}"} for number in range(3_000))),
    "2 500 SPF records": {DOMAIN: [{"TXT": f"v=spf1 {n:04}"} for n in range(2_500)]},
    "64 kB of nothing": everywhere({"TXT": "x" * 64_000}),
    "64 kB of blanks": everywhere({"TXT": "v=DMARC1; p= " + " " * 60_000 + "x;"}),
    "64 kB of semicolons": everywhere({"TXT": "v=DKIM1" + ";" * 60_000}),
    "64 kB of quotes": everywhere({"TXT": '"' * 60_000 + "v=spf1"}),
    "64 kB of equals": everywhere({"TXT": "v=DMARC1;" + "p=" * 30_000}),
    "64 kB DMARC tags": everywhere({"TXT": "v=DMARC1;" + terms(8_000, "t{}=a;")}),
    "64 kB of rua": everywhere({"TXT": "v=DMARC1; p=none; rua=" + "mailto:a@b.example," * 3_000}),
    "64 kB of a key": everywhere({"TXT": "k=rsa; p=" + "A" * 60_000}),
    "64 kB of terms": everywhere({"TXT": "v=spf1 " + terms(9_000, "a:{}.x")}),
    "64 kB of includes": everywhere({"TXT": "v=spf1 " + terms(2_500, "include:{}.b.example")}),
    "64 kB of mistakes": everywhere({"TXT": "v=spf1 " + terms(12_000, "{}")}),
    "64 kB of one term": everywhere({"TXT": "v=spf1 include:" + "a" * 60_000}),
    "64 kB of a label": everywhere({"TXT": "v=spf1 a:x." + "a" * 50_000 + "! ~all"}),
    "64 kB of macros": everywhere({"TXT": "v=spf1 exists:" + "%{d}" * 15_000 + " ~all"}),
    "64 kB of digits": everywhere(
        {"TXT": "v=spf1 exists:%{d" + "9" * 50_000 + "} ip4:" + "9" * 999}
    ),
    "64 kB of percents": everywhere({"TXT": "v=spf1 exists:" + "%" * 60_000 + " ~all"}),
    "networks": everywhere({"TXT": "v=spf1 " + terms(2_900, "ip4:10.1.0.0/16")}),
    "control characters": everywhere({"TXT": bytes(range(256))}),
    "odd octets": everywhere({"TXT": b"v=spf1 a:\xff\xfe\x00 \x80all"}),
    "CNAME loop": {name: [{"CNAME": f"x.{name}"}] for name in NAMES}
    | {f"x.{name}": [{"CNAME": name}] for name in NAMES},
    "CNAME to itself": {name: [{"CNAME": name}] for name in NAMES},
    "fork bomb": {
        DOMAIN: [{"TXT": "v=spf1 include:0.b.example include:0.b.example ~all"}],
        **{
            f"{n}.b.example": [{"TXT": "v=spf1" + f" include:{n + 1}.b.example" * 2}]
            for n in range(40)
        },
    },
    "2 000 mail servers": {DOMAIN: [{"MX": [n, f"m{n}.b.example"]} for n in range(2_000)]},
    "never answers": everywhere("TIMEOUT"),
    "SERVFAIL": everywhere("SERVFAIL"),
    "slow": everywhere({"DELAY": 30}, {"TXT": "v=spf1 -all"}),
    "no TCP": everywhere("TCP_DEAD", {"TXT": "v=spf1 -all"}),
}


def verdicts(expectations=MAILJET, domain=DOMAIN, **settings):
    started = time.monotonic()
    results = check(domain, expectations, ResolverSettings(deadline=DEADLINE, **settings))
    seconds = time.monotonic() - started
    assert [result.name for result in results] == list(CHECKS)
    assert all(result.status in STATUSES for result in results)
    json.dumps([as_dict(result) for result in results]).encode()
    assert not [result for result in results if "internal" in result.codes]
    assert seconds < DEADLINE + 1.5
    return {result.name: result for result in results}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_zone(name):
    with DnsServer(HOSTILE[name]) as server:
        results = verdicts(nameservers=(server.address,), timeout=0.5, tries=2)
        assert len(server.queries) < 250
    assert all(len(str(text)) < 4_000 for result in results.values() for text in result.problems)
    assert results["spf"].status != "ok" or "spf_long" in results["spf"].codes


def test_errors_are_never_called_missing():
    for trouble in ("TIMEOUT", "SERVFAIL", "REFUSED"):
        with DnsServer(everywhere(trouble)) as server:
            results = verdicts(nameservers=(server.address,), timeout=0.2, tries=1)
        judged = ("ownership", "spf", "spf_esp", "dkim", "dmarc", "alignment", "mx")
        assert {results[name].status for name in judged} == {"unknown"}, trouble


class Silent:
    """Takes every packet and connection, and never says anything."""

    def __enter__(self):
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{self._udp.getsockname()[1]}"

    def __exit__(self, *_exception):
        self._udp.close()


def test_dead_server():
    with Silent() as address:
        results = verdicts(nameservers=(address,))
    optional = {"tracking": "unknown", "return_path": "unknown"}
    assert {name: results[name].status for name in optional} == optional
    assert results["spf"].status == "unknown"


def test_everything_dead_with_the_default_settings():
    started = time.monotonic()
    with Silent() as address:
        results = check(DOMAIN, MAILJET, ResolverSettings((address,)))
    assert time.monotonic() - started < 10.5
    assert {result.status for result in results} == {"unknown"}


class Babbler(DnsServer):
    """Answers each question with octets of its own."""

    def __init__(self, octets, prefix=True):
        super().__init__()
        self._octets = octets
        self._prefix = prefix

    def respond(self, wire, protocol):
        return (wire[:2] if self._prefix else b"") + self._octets, 0.0


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\x81\x80",
        b"\x81\x80" + b"\x00" * 8,
        b"\x81\x80" + b"\xff" * 8,
        b"\x83\x80" + b"\x00" * 8,  # truncated, and the same over TCP
        b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\xc0\x0c\x00\x10\x00\x01",  # points at itself
        b"\x81\x80" + b"\xc0\x00" * 500,
        b"\x81\x85" + b"\x00" * 8,  # REFUSED without the question
    ],
)
def test_babbling_server(octets):
    with Babbler(octets) as server:
        results = verdicts(nameservers=(server.address,), timeout=0.2, tries=1)
    assert results["spf"].status == "unknown"


def test_answer_to_another_question_does_not_count():
    class Liar(DnsServer):
        def respond(self, wire, protocol):
            other = wire.replace(b"\x06victim", b"\x06vvvvvv")
            return super().respond(other, protocol)

    with Liar({"vvvvvv.example": [{"TXT": "v=spf1 -all"}]}) as server:
        results = verdicts(nameservers=(server.address,), timeout=0.2, tries=1)
    assert results["spf"].status == "unknown"


@pytest.mark.parametrize(
    "domain",
    [
        *("", " ", ".", "..", "com", "a..example", "-a.example", "a b.example", "192.0.2.1"),
        *(
            f"{'x' * 64}.example",
            ".".join(["x" * 60] * 5),
            "x." * 5_000,
            "\u00fc" * 300 + ".example",
        ),
        *("\x00.example", "a\n.example", "<script>.example", "\udc80.example", "xn--.example"),
        *("user@example.com", "https://a.example/", "\u202e.example", "*.example", "١٢٣.٤"),
    ],
)
def test_impossible_domain(domain):
    with DnsServer() as server:
        results = verdicts(domain=domain, nameservers=(server.address,))
    assert all(result.status in ("fail", "warning", "info") for result in results.values())


@pytest.mark.parametrize("name", ["x" * 70, ".".join(["y" * 60] * 5), "a..b", "\x00", "\udc80"])
def test_impossible_expectations(name):
    expectations = Expectations.from_dict(
        {
            "ownership_host": name,
            "ownership_token": name,
            "spf": f"include:{name}",
            "dkim": [{"host": name, "value": name}, {"host": "s._domainkey", "cname": name}],
            "return_path": name,
            "custom_return_path": {"host": name, "targets": [name]},
            "tracking": {"host": name, "targets": [name]},
            "dmarc_rua": name,
        }
    )
    with DnsServer() as server:
        results = verdicts(expectations, nameservers=(server.address,))
    assert results["tracking"].codes == {"bad_name"}


def test_many_domains_share_one_deadline():
    domains = {f"d{number}.example": MAILJET for number in range(12)}
    started = time.monotonic()
    with Silent() as address:
        settings = ResolverSettings((address,), deadline=2.0)
        results = list(check_domains(domains, settings))
    assert time.monotonic() - started < 3.5
    assert len(results) == len(domains) * len(CHECKS)
    assert {result.status for _domain, result in results} == {"unknown"}


def test_results_come_as_they_are_ready():
    zones = {"a.example": [{"TXT": "v=spf1 -all"}], "_dmarc.a.example": [{"DELAY": 1.5}]}
    with DnsServer(zones) as server:
        started = time.monotonic()
        arrival = {
            result.name: time.monotonic() - started
            for _domain, result in check_domains({"a.example": None}, fast(server, timeout=3))
        }
    assert arrival["spf"] < 0.9
    assert arrival["dmarc"] > 1.4
    assert list(arrival)[-1] in ("alignment", "bimi")


def test_abandoned_run_leaves_no_threads():
    before = threading.active_count()
    with DnsServer({"a.example": ["TIMEOUT"]}) as server:
        results = check_domains({"a.example": None}, fast(server, timeout=1, tries=1))
        next(results)
        results.close()
        deadline = time.monotonic() + 2.7
        while threading.active_count() > before + 1:  # the server's own
            assert time.monotonic() < deadline
            time.sleep(0.05)
