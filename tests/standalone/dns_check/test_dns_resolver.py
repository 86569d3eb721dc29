"""The resolver against a server with all kinds of trouble."""

import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import fast

from dns_check import CHECKS, Expectations, check_domains
from dns_check.net.resolver import Resolver, ResolverSettings
from dns_check.net.transport import Question, server_address, to_dns_name
from lab.sandbox.dns import DnsServer, load_zones

ZONES = {
    "data.example": [{"TXT": ["one ", "record"]}, {"MX": [10, "Mail.Data.Example"]}],
    "raw.example": [{"TXT": b'quote " backslash \\ octet \xff'}],
    "alias.example": [{"CNAME": "data.example"}],
    "dangling.example": [{"CNAME": "gone.example"}],
    "loop.example": [{"CNAME": "pool.example"}],
    "pool.example": [{"CNAME": "loop.example"}],
    "servfail.example": ["SERVFAIL"],
    "refused.example": ["REFUSED"],
    "timeout.example": ["TIMEOUT"],
    "slow.example": [{"DELAY": 0.4}, {"A": "192.0.2.1"}],
    "lossy.example": [{"DROP": 1}, {"A": "192.0.2.1"}],
    "cut.example": ["TRUNCATE", {"A": "192.0.2.1"}],
    "no-tcp.example": ["TCP_DEAD", {"A": "192.0.2.1"}],
    "slow-cut.example": ["TRUNCATE", {"DELAY": 0.4}, {"A": "192.0.2.1"}],
    "long.example": [{"TXT": "x" * 5000}],
}


@pytest.fixture(scope="module")
def server():
    with DnsServer(ZONES) as server:
        yield server


@pytest.fixture
def resolver(server):
    with Resolver(fast(server)) as resolver:
        yield resolver


@pytest.mark.parametrize(
    ("name", "rdtype", "outcome", "error", "found"),
    [
        ("data.example", "TXT", "data", None, ("one record",)),
        ("DATA.example", "MX", "data", None, ((10, "mail.data.example"),)),
        ("raw.example", "TXT", "data", None, ('quote " backslash \\ octet \udcff',)),
        ("alias.example", "TXT", "data", None, ("one record",)),
        ("data.example", "A", "nodata", None, ()),
        ("gone.example", "A", "nxdomain", None, ()),
        ("dangling.example", "A", "nxdomain", None, ()),
        ("loop.example", "A", "error", "cname_loop", ()),
        ("servfail.example", "A", "error", "servfail", ()),
        ("refused.example", "A", "error", "refused", ()),
        ("timeout.example", "A", "error", "timeout", ()),
        ("slow.example", "A", "data", None, ("192.0.2.1",)),
        ("lossy.example", "A", "data", None, ("192.0.2.1",)),
        ("cut.example", "A", "data", None, ("192.0.2.1",)),
        ("no-tcp.example", "A", "error", "tcp", ()),
        ("long.example", "TXT", "data", None, ("x" * 5000,)),
        (f"{'x' * 64}.example", "A", "nxdomain", None, ()),
        (".".join(["x" * 60] * 5), "A", "nxdomain", None, ()),
        ("a..example", "A", "nxdomain", None, ()),
        ("ünicode.example", "A", "nxdomain", None, ()),
        ("\u4e2d.example", "A", "nxdomain", None, ()),
    ],
)
def test_outcomes(resolver, name, rdtype, outcome, error, found):
    answer = resolver.ask(name, rdtype)
    assert (answer.outcome, answer.error) == (outcome, error)
    assert (answer.exchanges if rdtype == "MX" else answer.values) == found


@pytest.mark.parametrize("recursive", [True, False])
def test_octets_are_those_of_a_question(recursive):
    question = Question(to_dns_name("_dmarc.data.example"), "TXT", recursive)
    assert question.octets(4711) == question.message(4711).to_wire()


def test_chain_and_ttl(resolver):
    assert resolver.ask("alias.example", "TXT").chain == ("data.example",)
    assert resolver.ask("dangling.example", "TXT").chain == ("gone.example",)
    assert resolver.ask("data.example", "TXT").ttl == 300


def test_question_is_asked_once_a_run(server):
    server.queries.clear()
    with Resolver(fast(server)) as resolver:
        resolver.ask_all([("data.example", "TXT")] * 5 + [("Data.Example", "TXT")])
    assert len(server.queries) == 1
    with Resolver(fast(server)) as resolver:
        resolver.ask("data.example", "TXT")
    assert len(server.queries) == 2


def test_published_record_is_seen_by_the_next_run():
    with DnsServer({"a.example": [{"TXT": "old"}]}) as server:
        with Resolver(fast(server)) as resolver:
            assert resolver.ask("a.example", "TXT").values == ("old",)
        server.clear("a.example", "TXT")
        server.publish("a.example", "TXT", "new")
        with Resolver(fast(server)) as resolver:
            assert resolver.ask("a.example", "TXT").values == ("new",)
        server.clear("a.example")
        with Resolver(fast(server)) as resolver:
            assert resolver.ask("a.example", "TXT").outcome == "nxdomain"


def test_wildcard_and_empty_non_terminal():
    zones = {"*.wild.example": [{"TXT": "all"}], "own.wild.example": [{"A": "192.0.2.1"}]}
    with DnsServer(zones) as server, Resolver(fast(server)) as resolver:
        assert resolver.ask("any.thing.wild.example", "TXT").values == ("all",)
        assert resolver.ask("own.wild.example", "TXT").outcome == "nodata"
        assert resolver.ask("wild.example", "TXT").outcome == "nodata"


def test_next_name_server_is_asked_when_one_fails(server):
    with DnsServer({"data.example": ["SERVFAIL"]}) as broken:
        with Resolver(fast(broken, server)) as resolver:
            assert resolver.ask("data.example", "TXT").values == ("one record",)
        with Resolver(fast(broken, broken)) as resolver:
            assert resolver.ask("data.example", "TXT").error == "servfail"


def test_dead_name_server_costs_one_try(server):
    started = time.monotonic()
    with (
        DnsServer({"data.example": ["TIMEOUT"]}) as dead,
        Resolver(fast(dead, server, timeout=1)) as resolver,
    ):
        assert resolver.ask("data.example", "TXT").values == ("one record",)
    assert 0.9 < time.monotonic() - started < 1.9


def test_the_last_try_has_the_time_of_tcp_too(server):
    settings = ResolverSettings(nameservers=(server.address,), timeout=0.6, tries=1)
    with Resolver(settings) as resolver:
        assert resolver.ask("slow-cut.example", "A").values == ("192.0.2.1",)


def test_two_name_servers_whose_answers_are_cut(server):
    """The second answer is there when the first one has led to TCP."""
    cut = {"both.example": ["TRUNCATE", {"DELAY": 0.3}, {"A": "192.0.2.1"}]}
    with DnsServer(cut) as first, DnsServer(cut) as second:
        for _turn in range(3):
            with Resolver(fast(first, second, timeout=0.2)) as resolver:
                assert resolver.ask("both.example", "A").values == ("192.0.2.1",)


def test_an_answer_that_is_too_large_once_it_is_unpacked():
    """Targets of SRV records, each a pointer of two octets to one long name.

    dnspython before 2.9 packs them as tightly again, and then nothing is wrong with them.
    """
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
    ):
        udp.bind(tcp.getsockname())

        def serve():
            question, client = udp.recvfrom(512)
            udp.sendto(question[:2] + b"\x83\x80" + question[4:], client)
            connection, _address = tcp.accept()
            with connection:
                asked = connection.recv(514)[2:]
                end = 12 + asked[12:].index(b"\0") + 5
                parts = (0xC00C, 33, 1, 60, 8, 0, 0)
                count = 3000
                records = [struct.pack("!HHHIHHHHH", *parts, port, 0xC00C) for port in range(count)]
                header = asked[:2] + struct.pack("!5H", 0x8180, 1, count, 0, 0)
                whole = header + asked[12:end] + b"".join(records)
                connection.sendall(struct.pack("!H", len(whole)) + whole)
                connection.recv(1)

        with ThreadPoolExecutor(1) as pool:
            serving = pool.submit(serve)
            settings = ResolverSettings(nameservers=(f"127.0.0.1:{tcp.getsockname()[1]}",))
            started = time.monotonic()
            with Resolver(settings) as resolver:
                answer = resolver.ask(".".join(["x" * 60] * 4), "SRV")
            assert (answer.error, len(answer.values)) in (("tcp", 0), (None, 3000))
            assert time.monotonic() - started < settings.deadline / 2, "it waited for the deadline"
            serving.result()


def test_nobody_listens():
    with Resolver(ResolverSettings(("127.0.0.1:1",), timeout=5)) as resolver:
        started = time.monotonic()
        assert resolver.ask("data.example", "TXT").error == "unreachable"
        assert time.monotonic() - started < 1.5


def test_questions_are_in_parallel():
    names = [f"n{number}.example" for number in range(16)]
    zones = {name: [{"A": "192.0.2.1"}] for name in names}
    with (
        DnsServer(zones, latency=0.4) as server,
        Resolver(fast(server, timeout=2)) as resolver,
    ):
        started = time.monotonic()
        answers = resolver.ask_all((name, "A") for name in names)
        assert time.monotonic() - started < 1.2
    assert all(answer.outcome == "data" for answer in answers)


def test_a_right_domain_does_not_wait_for_dead_ones():
    dead = [f"dead{number}.example" for number in range(1, 5)]
    zones = load_zones(Path(__file__).parents[3] / "lab" / "dns_benchmark.yaml")
    expectations = Expectations(spf="include:spf.mailjet.com")
    with DnsServer(zones, latency=0.05) as server:

        def until_known(*others):
            found = {}
            started = time.monotonic()
            domains = dict.fromkeys([*others, "common.example"], expectations)
            run = check_domains(domains, ResolverSettings((server.address,)))
            for domain, result in run:
                if domain == "common.example":
                    found[result.name] = result.status
                if len(found) == len(CHECKS):
                    break
            run.close()
            return time.monotonic() - started, found

        until_known()
        alone, right = min((until_known() for _round in range(3)), key=lambda pair: pair[0])
        beside, found = min((until_known(*dead) for _round in range(3)), key=lambda pair: pair[0])
    assert found == right
    # A busy machine has moments of its own; the dead ones take 4.5 s and more.
    assert beside <= max(1.3 * alone, alone + 0.3)


def test_deadline_ends_everything(server):
    with Resolver(fast(server, timeout=5, deadline=2)) as resolver:
        started = time.monotonic()
        answer = resolver.ask("timeout.example", "A")
        assert (answer.outcome, answer.error) == ("error", "deadline")
        assert time.monotonic() - started < 3
    assert resolver.ask("data.example", "TXT").error == "deadline"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        (" 192.0.2.1:5353 ", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_server_address(text, expected):
    assert server_address(text) == expected


@pytest.mark.parametrize(
    "text", ["", "ns.example", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:99999", "[::1", "1.2.3.4:٣"]
)
def test_no_server_address(text):
    with pytest.raises(ValueError, match=r"address|port"):
        server_address(text)


def test_system_name_servers_are_the_default():
    assert all(port == 53 for _address, port in ResolverSettings().servers())


class Https(BaseHTTPRequestHandler):
    """DNS over HTTPS without the S, in front of a `DnsServer`."""

    def do_POST(self):
        question = self.rfile.read(int(self.headers["Content-Length"]))
        wire, _delay = self.server.dns.respond(question, "tcp")
        right = self.headers["Content-Type"] == "application/dns-message"
        self.send_response(200 if right and wire else 415)
        self.send_header("Content-Type", "application/dns-message")
        self.end_headers()
        self.wfile.write(wire or b"")

    def log_message(self, *args):
        pass


def test_dns_over_https(server):
    http = ThreadingHTTPServer(("127.0.0.1", 0), Https)
    http.dns = server
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{http.server_port}/dns-query"
        with Resolver(ResolverSettings(doh_url=url, timeout=0.5)) as resolver:
            assert resolver.ask("long.example", "TXT").values == ("x" * 5000,)
            assert resolver.ask("gone.example", "TXT").outcome == "nxdomain"
            assert resolver.ask("servfail.example", "TXT").error == "servfail"
            assert resolver.ask("timeout.example", "TXT").error == "refused"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
    with Resolver(ResolverSettings(doh_url=url)) as resolver:
        assert resolver.ask("long.example", "TXT").error == "unreachable"
