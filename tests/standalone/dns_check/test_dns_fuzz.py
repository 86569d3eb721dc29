"""Whatever a zone holds and a server sends: a verdict, never a traceback."""

import json

import dns.message
import pytest
from conftest import fast
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dev.dns_check import as_dict
from dns_check import CHECKS, Expectations, check
from dns_check.dkim.key import looks_like_key, read_key
from dns_check.dmarc.meant import read_meant
from dns_check.dmarc.record import is_dmarc, parse_dmarc
from dns_check.names import BadNameError, domain_to_ascii, to_ascii
from dns_check.net.answer import read
from dns_check.net.transport import Question, Unanswered, receive, to_dns_name
from dns_check.paste_errors import paste_errors, repaired
from dns_check.spf.macro import expand
from dns_check.spf.provider import provider_terms
from dns_check.spf.record import is_spf, meant, parse
from dns_check.tags import parse_tags
from lab.sandbox.dns import DnsServer

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.slow]
QUICK = settings(max_examples=300, deadline=None)
SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

PIECES = [
    *("v=spf1", "V=SPF1", "v=DMARC1", "v=DKIM1", "v=STSv1", "v=TLSRPTv1", "v=BIMI1", "p="),
    *("p=none", "k=rsa", "include:", "a:", "mx", "ptr", "exists:", "ip4:", "ip6:", "redirect="),
    *("exp=", "all"),
    *("-", "~", "?", "+", ";", ":", "/", "//", "=", " ", "  ", "\t", '"', "\\", "“", "–", "\ufeff"),
    *("%{d}", "%{", "%", "%{i2r.}", "a.example", "a.example.", "192.0.2.1", "::1", "/24", "/999"),
    *("MIIBIjANBgkqhkiG9w0", "====", "rua=mailto:", "x@a.example", "!10m", ","),
    *("t=y", "\x00", "\udcff"),
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.text(max_size=300),
    st.binary(max_size=300).map(lambda octets: octets.decode("utf-8", "surrogateescape")),
)


@QUICK
@given(TEXTS)
@example("redirect= redirect= redirect=%{i}")
def test_parsers(text):
    paste_errors(text)
    assert paste_errors(repaired(text)) is not None
    parse_tags(text)
    looks_like_key(text)
    read_key(text, "s._domainkey.a.example", "Mailjet")
    parse_dmarc(text)
    dmarc = read_meant(text)
    assert dmarc is None or is_dmarc(dmarc.text())
    provider_terms(text)
    record = parse(text if is_spf(text) else f"v=spf1 {text}")
    for term in record.terms:
        if term.target:
            expand(term.target, lambda letter: "a.b-c")
    terms, _unknown = meant(record.text, "a.example")
    # A word that may appear only once is kept: an author who wrote it twice meant both.
    again = parse(" ".join(["v=spf1", *(term.text for term in terms)]))
    assert all(mistake.repaired == mistake.term for mistake in again.mistakes)
    for mistake in record.mistakes:
        assert record.text[mistake.position - 1 :]
        assert str(mistake.hint)


@QUICK
@given(st.one_of(st.text(max_size=80), st.from_regex(r"[a-z-._ü]{1,80}", fullmatch=True)))
def test_names(text):
    for function in (to_ascii, domain_to_ascii):
        try:
            name = function(text)
        except BadNameError:
            continue
        assert name.isascii()
        to_dns_name(name)


ANSWER = dns.message.make_response(Question(to_dns_name("a.example"), "TXT").message(0))
ANSWER.answer.append(
    dns.rrset.from_text("a.example.", 300, "IN", "TXT", '"v=spf1 -all"', '"b"')
)  # fmt: skip
ANSWER_WIRE = ANSWER.to_wire()


@settings(QUICK, max_examples=1000)
@given(
    st.lists(st.tuples(st.integers(0, len(ANSWER_WIRE) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(ANSWER_WIRE)),
    st.binary(max_size=20),
    st.sampled_from(["TXT", "MX", "A", "CNAME"]),
)
def test_raw_answers(changes, cut, tail, rdtype):
    wire = bytearray(ANSWER_WIRE)
    for position, octet in changes:
        wire[position] = octet
    wire = bytes(wire[:cut] + tail)
    question = Question(to_dns_name("a.example"), rdtype).message(ANSWER.id)
    try:
        response, size = receive(question, wire)
    except Unanswered:
        return
    assert read(response, "a.example", rdtype, size).outcome in (
        "data",
        "nodata",
        "nxdomain",
        "error",
    )


@pytest.fixture(scope="module")
def server():
    with DnsServer() as server:
        yield server


NAMES = (
    *("a.example", "_dmarc.a.example", "token.a.example", "s._domainkey.a.example"),
    *("_mta-sts.a.example", "_smtp._tls.a.example", "default._bimi.a.example", "b.example"),
)
EXPECTATIONS = Expectations.from_dict(
    {
        "ownership_host": "token",
        "ownership_token": "x",
        "spf": "include:b.example",
        "dkim": [{"host": "s._domainkey", "value": "k=rsa; p=MIIB"}],
    }
)


@SLOW
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_whole_checks(server, texts):
    for name in NAMES:
        server.clear(name)
        for text in texts:
            server.publish(name, "TXT", text.encode("utf-8", "surrogateescape"))
    results = check("a.example", EXPECTATIONS, fast(server))
    assert [result.name for result in results] == list(CHECKS)
    assert not [result for result in results if "internal" in result.codes]
    json.dumps([as_dict(result) for result in results]).encode()


TERMS = st.sampled_from(
    [
        *("include:spf.p.example", "?include:spf.p.example", "include:good.example", "a"),
        *("mx", "ptr"),
        *("include:none.example", "include:broken.example", "include:loop.example"),
        *("a:gone.example",),
        *("ip4:192.0.2.1", "ipv4:192.0.2.1", "ip4:0.0.0.0/0", "ip4:192.0.2.300", "nonsense"),
        *("-ip4:198.51.100.0/24",),
        *("-all", "~all", "?all", "+all", "redirect=good.example", "exp=x.example"),
        *("include=a.example",),
        *("a:192.0.2.1", "include:good.example,", "+a:good.example", "–all"),
        *("exists:%{i}.good.example",),
    ]
)  # fmt: skip


@SLOW
@given(st.lists(st.lists(TERMS, max_size=9), min_size=1, max_size=3))
def test_proposed_spf_record_puts_it_right(server, records):
    """After the proposed changes nothing is wrong, and the provider passes."""
    zones = {
        "spf.p.example": "v=spf1 ip4:198.51.100.0/24 -all",
        "good.example": "v=spf1 ip4:203.0.113.0/24 -all",
        "broken.example": "v=spf1 ipv4:192.0.2.1",
        "loop.example": "v=spf1 include:s.example",
    }
    for name, text in zones.items():
        server.clear(name)
        server.publish(name, "TXT", text)
    server.publish("good.example", "A", "203.0.113.1")
    server.clear("s.example")
    server.publish("s.example", "A", "203.0.113.2")
    server.publish("s.example", "MX", (10, "good.example"))
    for terms in records:
        server.publish("s.example", "TXT", " ".join(["v=spf1", *terms]))
    expectations = Expectations(spf="include:spf.p.example")
    before = {result.name: result for result in check("s.example", expectations, fast(server))}
    proposed = before["spf"].operations or before["spf_esp"].operations
    if not proposed:
        wrong = {before["spf"].status, before["spf_esp"].status} - {"ok"}
        assert not wrong or {"spf_ptr", "not_enough"} & (
            before["spf"].codes | before["spf_esp"].codes
        )
        return
    [value] = [operation.value for operation in proposed if operation.publishes] or [None]
    if value is None:  # one of several records is right already: the others are to be removed
        [value] = {" ".join(["v=spf1", *terms]) for terms in records} - {
            operation.old_value for operation in proposed
        }
    server.clear("s.example", "TXT")
    server.publish("s.example", "TXT", value)
    after = {result.name: result for result in check("s.example", expectations, fast(server))}
    assert after["spf_esp"].status == "ok", value
    # `ptr` stays, because only the operator of the servers knows their addresses. The target of a
    # redirect may have to come before a term that excludes it.
    assert after["spf"].codes <= {"spf_ptr", "spf_duplicate", "spf_macros", "spf_neutral_all"}
    assert "spf_duplicate" not in after["spf"].codes or "redirect=" in value
