"""Every payload of tests/fixtures/<provider>/ means the event beside it; an array the events."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from providers import PROVIDERS
from providers.base import BOUNCE_TYPES, EVENT_TYPES, FAILURES, Event
from providers.mailjet.event_errors import ERRORS, EXPLANATIONS, FINAL
from providers.mailjet.events import EVENTS

FIXTURES = Path(__file__).parents[2] / "fixtures"
PAYLOADS = [
    pytest.param(path.parent.name, path, id=f"{path.parent.name}/{path.stem}")
    for path in sorted(FIXTURES.glob("*/*.json"))
    if not path.name.endswith(".event.json")
]
MAILJET = [path for provider, path in (param.values for param in PAYLOADS) if provider == "mailjet"]
MISPRINTED = sorted(FIXTURES.glob("aldeamo/as_printed/*.txt"))


def test_each_provider_has_fixtures():
    assert {param.values[0] for param in PAYLOADS} == set(PROVIDERS)
    assert sum(param.values[0] == "aldeamo" for param in PAYLOADS) == 15
    assert len(MISPRINTED) == 5


def items(path):
    """Return what is in a file: one object, or an array of them."""
    content = json.loads(path.read_text())
    return content if isinstance(content, list) else [content]


@pytest.mark.parametrize(("provider", "path"), PAYLOADS)
def test_payload_means_event(provider, path):
    results = PROVIDERS[provider].receive(path.read_bytes())
    assert [json.loads(received.payload) for received in results] == items(path)
    assert not any(received.error for received in results)
    expected = items(path.with_suffix(".event.json"))
    for event in expected:
        event["occurred_at"] = datetime.fromisoformat(event["occurred_at"])
    assert [received.event for received in results] == [Event(**event) for event in expected]


@pytest.mark.parametrize(("provider", "path"), PAYLOADS)
def test_event_keeps_to_the_vocabulary(provider, path):
    for received in PROVIDERS[provider].receive(path.read_bytes()):
        event = received.event
        assert event.event_type in EVENT_TYPES
        assert event.bounce_type in (BOUNCE_TYPES if event.event_type == "bounced" else [None])
        assert event.failure in (None, *FAILURES)
        assert event.provider_error in (None, *PROVIDERS[provider].explanations)


def test_each_type_of_mailjets_comes_alone_and_grouped():
    alone = {items(path)[0]["event"] for path in MAILJET if not path.stem.startswith("grouped_")}
    grouped = {item["event"] for path in MAILJET for item in items(path) if len(items(path)) > 1}
    assert alone == grouped == {*EVENTS, "typofix"}


def test_each_error_of_mailjets_bounces_and_is_blocked():
    seen = {
        (payload["event"], event.get("provider_error")): event
        for path in MAILJET
        for payload, event in zip(items(path), items(path.with_suffix(".event.json")), strict=True)
    }
    classes = {"content", "spam", "system", "mailjet"}  # stand for errors not in the table
    assert {error for name, error in seen if name == "bounce"} == {*EXPLANATIONS, None}
    assert {error for name, error in seen if name == "blocked"} == {*ERRORS, None} - classes


@pytest.mark.parametrize("path", MAILJET, ids=lambda path: path.stem)
def test_what_is_not_about_the_recipient_is_never_a_hard_bounce(path):
    for payload in items(path):
        event = PROVIDERS["mailjet"].translate({**payload, "hard_bounce": True})
        related_to = payload.get("error_related_to", "").strip().lower()
        assert event.bounce_type != "hard" or related_to in ("recipient", "domain", "")


PASSING = ("later", "passes", "passing", "tries again")
ADVICE = "Send the email again later."  # right after a failure that is final, too


@pytest.mark.parametrize("error", ERRORS)
def test_a_final_bounce_is_not_explained_as_passing(error):
    payload = {"event": "bounce", "error": error, "hard_bounce": True}
    final = PROVIDERS["mailjet"].translate(payload)
    passing = PROVIDERS["mailjet"].translate({**payload, "hard_bounce": False})
    assert passing.provider_error == error
    assert final.failure == passing.failure
    explanation = EXPLANATIONS[final.provider_error]
    if any(word in EXPLANATIONS[error].removesuffix(ADVICE) for word in PASSING):
        assert final.provider_error == FINAL[error]
        assert "given up" in explanation or "gave up" in explanation
    else:
        assert final.provider_error == error


@pytest.mark.parametrize("related_to", ["policy", "spam2", "system?", "mailjet rules"])
def test_an_unknown_class_of_errors_is_never_a_hard_bounce(related_to):
    payload = {"event": "bounce", "error": "no such word", "error_related_to": related_to}
    event = PROVIDERS["mailjet"].translate({**payload, "hard_bounce": True})
    assert (event.event_type, event.bounce_type) == ("bounced", "soft")


@pytest.mark.parametrize("path", MISPRINTED, ids=lambda path: path.stem)
def test_misprinted_payload_is_kept_with_the_reason(path):
    (received,) = PROVIDERS["aldeamo"].receive(path.read_bytes())
    assert received.event is None
    assert received.error.startswith("Not valid JSON: ")
    assert received.payload == path.read_text()
