"""Texts that are shown, and names."""

import re
from pathlib import Path

import pytest

from dev.dns_messages import TARGET, page
from dns_check import MESSAGES, STATUSES, Expectations, Operation, Text
from dns_check.names import BadNameError, absolute, domain_to_ascii, relative
from dns_check.text import printable
from providers import PROVIDERS
from providers.dns import ManualDnsSettings

ROOT = Path(__file__).parents[3]
SOURCES = "".join(path.read_text() for path in (ROOT / "dns_check").rglob("*.py"))


@pytest.mark.parametrize("code", MESSAGES)
def test_message(code):
    """What is wrong, what that leads to, what to do: a sentence each."""
    message = MESSAGES[code]
    assert message.status in STATUSES
    sentences = [message.wrong, message.leads_to, message.todo, message.by_hand]
    if message.status in ("fail", "warning", "unknown"):
        assert all(sentences[:3])
    for sentence in filter(None, sentences):
        assert sentence[0].isupper() or sentence[0] in "“%"
        assert sentence[-1] in ".s", sentence  # `%(value)s`
        assert len(sentence) < 170
        # Terms of the trade, which no shop owner knows
        assert not re.search(
            r"permerror|NXDOMAIN|octet|void|mechanism|resolver|qualifier", sentence
        )
    assert f'"{code}"' in SOURCES.replace(f'    "{code}": ', "") or code.startswith("at_")


def test_page_of_messages_is_as_they_are():
    assert TARGET.read_text(encoding="utf-8") == page()


def test_text_is_translated_with_its_parameters():
    inner = Text("a dash")
    text = Text("At %(position)s: %(what)s, %(lines)s", position=3, what=inner, lines=("x", inner))
    assert str(text) == "At 3: a dash, x\na dash"
    german = {"At %(position)s: %(what)s, %(lines)s": "Bei %(position)s: %(what)s, %(lines)s",
              "a dash": "ein Strich"}  # fmt: skip
    assert text.render(german.get) == "Bei 3: ein Strich, x\nein Strich"


def test_what_a_zone_says_can_be_shown():
    assert printable("a\x00\u202e\udcffé%(x)s") == "a\\x00\\u202e\\udcffé%(x)s"
    assert len(printable("x" * 70_000)) < 700
    assert str(Text("%(value)s", value="100 %(value)s")) == "100 %(value)s"


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("Example.COM.", "example.com"),
        ("straße.example", "xn--strae-oqa.example"),  # not strasse.example, as IDNA 2003 has it
        ("ESPAÑA.example", "xn--espaa-rta.example"),
        ("españa。example", "xn--espaa-rta.example"),
        ("xn--espaa-rta.example", "xn--espaa-rta.example"),
        ("_x.example", "_x.example"),
    ],
)
def test_domain_to_ascii(domain, name):
    assert domain_to_ascii(domain) == name


@pytest.mark.parametrize("domain", ["", "com", "a..b", "-a.b", "a b.c", "1.2.3.4", "x" * 64 + ".b"])
def test_no_domain(domain):
    with pytest.raises(BadNameError):
        domain_to_ascii(domain)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("@", "a.example"),
        ("x._y", "x._y.a.example"),
        ("x._y.a.example.", "x._y.a.example"),
        ("X._y.A.example", "x._y.a.example"),
        ("other.example.", "other.example"),
        ("other.example", "other.example.a.example"),
        ("ba.example", "ba.example.a.example"),
    ],
)
def test_absolute(host, name):
    assert absolute(host, "a.example") == name


def test_relative_and_operation():
    assert relative("a.example", "a.example") == "@"
    assert relative("x.y.a.example", "a.example") == "x.y"
    assert Operation("add", "@", "a.example", "TXT", "x").name == "a.example"
    assert Operation("add", "x", "a.example", "TXT", "x").name == "x.a.example"


def test_internationalised_domain_is_checked_by_its_name_in_the_dns(checked, world):
    world.queries.clear()
    checked("straße.example")
    assert ("xn--strae-oqa.example", "TXT", "udp") in world.queries
    assert ("_dmarc.xn--strae-oqa.example", "TXT", "udp") in world.queries


@pytest.mark.parametrize("selector", ["s1", "s1._domainkey"])
def test_aldeamo(selector):
    aldeamo = PROVIDERS["aldeamo"]
    entered = ManualDnsSettings(spf="a:x.example", dkim_selector=selector)
    expectations = Expectations.from_dict(aldeamo.dns_expectations(entered))
    assert expectations.dkim[0].host == "s1._domainkey"
    assert Expectations.from_dict(aldeamo.dns_expectations(ManualDnsSettings())).dkim == ()
