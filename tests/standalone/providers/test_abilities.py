"""What every provider declares, and that each ability that it declares is whole."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from dns_check import Expectations
from providers import PROVIDERS
from providers.account import Account
from providers.api import Api
from providers.authentication import Authentication
from providers.base import BOUNCE_TYPES, EVENT_TYPES, FAILURES, Event, Instructions, Text
from providers.dns import ManualDnsSettings
from providers.message import Mailbox, Outgoing
from providers.provider import Provider
from providers.templates import TemplateList, Templates
from providers.transport import Limits

FIXTURES = Path(__file__).parents[2] / "fixtures"
STEPS = {"keys", "senders", "dns", "webhook"}
NOW = datetime(2026, 3, 2, 12)


@pytest.fixture(params=list(PROVIDERS))
def provider(request):
    return PROVIDERS[request.param]


def check_words(*texts):
    """Check texts for people: they are there, and end as sentences do."""
    for text in texts:
        assert isinstance(text, str)
        assert text.strip() == text
        assert text.endswith((".", "there."))


def test_what_each_declares(provider):
    assert isinstance(provider, Provider)
    assert re.fullmatch("[a-z][a-z0-9_]*", provider.code)
    assert PROVIDERS[provider.code] is provider
    assert provider.name
    assert provider.user_label
    assert provider.password_label
    check_words(provider.credentials_help, provider.limits_help)
    check_words(provider.webhook_help, provider.opens_help)
    assert re.fullmatch("X-[A-Za-z-]+", provider.token_header)
    assert set(provider.pages) <= STEPS
    assert all(page.startswith("https://") for page in provider.pages.values())
    assert 0 < provider.complaint_limit < 1
    assert provider.bounce_limit is None or 0 < provider.bounce_limit < 1
    check_words(*provider.explanations.values())
    assert all(prefix == prefix.lower() for prefix in provider.control_prefixes)


def test_it_sends_in_one_way_at_least(provider):
    assert set(provider.transports) in ({"smtp"}, {"api"}, {"smtp", "api"})


def test_smtp(provider):
    if provider.smtp:
        assert provider.smtp.encryption in provider.smtp.ports
        assert set(provider.smtp.ports) <= {"starttls", "ssl"}
        assert 25 not in provider.smtp.ports.values()
        assert "." in provider.smtp.host


def test_api(provider):
    api = provider.api
    if not api:
        assert not provider.account
        return
    assert issubclass(api, Api)
    assert all(url.startswith("https://") for url in api.urls)
    assert len(api.urls) > 0
    assert isinstance(api.has_key, bool)
    check_words(api.help)
    assert isinstance(api.limits, Limits)
    assert all(isinstance(loss, Text) and str(loss).endswith(".") for loss in api.losses)
    # Without a key of its own, it is the SMTP credentials that serve.
    assert api.has_key or provider.smtp
    mail = Outgoing(Mailbox("", "a@empresa.example"), [Mailbox("", "b@cliente.example")])
    assert isinstance(json.loads(api.encode(mail, "t1")), dict)
    assert api.can_find == (api.find is not Api.find)


def test_account(provider):
    account = provider.account
    if not account:
        check_words(provider.senders_help)
        return
    assert issubclass(account, Account)
    assert not account.__abstractmethods__
    check_words(account.exclusion_help)
    assert set(account.event_types.values()) <= set(EVENT_TYPES)
    assert all(isinstance(text, str) for text in account.email_types.values())
    # What Odoo registers, nobody has to enter.
    assert not provider.authentication.key_label


def test_templates(provider):
    templates = provider.templates
    if templates:
        assert issubclass(templates, Templates)
        assert not templates.__abstractmethods__
        check_words(templates.help)
        assert isinstance(templates.check_template(""), Text)
        assert isinstance(templates.check_variable("{{ object.name }}"), Text)
        assert templates.check_variable("name") is None
        # A list is read through the API.
        assert provider.api or not issubclass(templates, TemplateList)


def test_authentication(provider):
    authentication = provider.authentication
    assert isinstance(authentication, Authentication)
    if authentication.key_label:
        check_words(authentication.key_help)
    body, key = json.dumps(provider.example(NOW)).encode(), "user:contraseña"
    headers = {name.lower(): text for name, text in authentication.headers(body, key).items()}

    def is_authentic(headers, body, key):
        return authentication.is_authentic(lambda name: headers.get(name.lower(), ""), body, key)

    assert is_authentic(headers, body, key)
    assert not is_authentic(headers, body, key + "1")
    assert not is_authentic({}, body, key)
    for hostile in ("", " ", "x", "Basic", "Basic !", "Bearer", "\xff\0", "Basic " + "A" * 9000):
        assert not is_authentic(dict.fromkeys(headers, hostile), body, key)
    if authentication.needs_body:
        assert not is_authentic(headers, body + b" ", key)


def test_dns(provider):
    assert set(provider.dns_entered) <= set(ManualDnsSettings.__dataclass_fields__)
    if provider.dns_entered:
        check_words(provider.dns_help)
    entered = ManualDnsSettings(spf="include:spf.example.com", dkim_selector="s1", token="x")
    for given in (ManualDnsSettings(), entered):
        assert Expectations.from_dict(provider.dns_expectations(given)).provider == provider.name


def test_instructions(provider):
    """The token travels in the header of the provider; a mail's own headers stay."""
    headers = {"X-Others": "1", "References": "<1@x>"}
    email = {"subject": "a", "body": "b", "body_alternative": "c", "headers": headers}
    for instructions in (
        Instructions("t1"),
        Instructions("t1", campaign="odoo-mailing-1", tracking=True),
        Instructions("t1", tracking=False),
    ):
        told = provider.instruct(email, instructions)
        assert told["headers"][provider.token_header] == "t1"
        assert told["headers"].items() >= headers.items()
        assert (told["subject"], told["body"], told["body_alternative"]) == ("a", "b", "c")
    assert email["headers"] is headers
    assert len(headers) == 2


def test_an_example_is_no_event(provider):
    assert provider.receive(json.dumps(provider.example(NOW)).encode()) == []


def test_fixtures(provider):
    """There are some of the most important events; each is read, and in the vocabulary."""
    paths = [
        path
        for path in sorted((FIXTURES / provider.code).glob("*.json"))
        if not path.name.endswith(".event.json")
    ]
    found = [received for path in paths for received in provider.receive(path.read_bytes())]
    assert not any(received.error for received in found)
    events = [received.event for received in found]
    assert all(isinstance(event, Event) for event in events)
    types = {event.event_type for event in events}
    assert types >= {"delivered", "opened", "clicked", "bounced", "complained"}
    assert types <= set(EVENT_TYPES)
    for event in events:
        assert event.bounce_type in (BOUNCE_TYPES if event.event_type == "bounced" else [None])
        assert event.failure in (None, *FAILURES)
        assert event.provider_error in (None, *provider.explanations)
        assert event.recipient or event.event_type == "unknown"
    # Some of them name the mail that they are about.
    assert any(event.provider_message_id or event.token for event in events)
