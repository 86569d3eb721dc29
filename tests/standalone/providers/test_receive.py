"""What all providers have in common: bodies, fingerprints, hostile input."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import PROVIDERS

pytestmark = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=PROVIDERS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)
FIELDS = st.sampled_from(
    [
        *("event", "type", "status", "response", "email", "to", "timestamp", "time", "msgid"),
        *("custom_headers", "categories", "subscription_type", "campid", "latitude"),
        *("CustomID", "MessageID", "hard_bounce", "error"),
    ]
)


def event(**fields):
    return {"event": "open", "email": "ana@example.com", **fields}


def test_object_and_array_are_the_same_path(provider):
    one = provider.receive(json.dumps(event()).encode())
    several = provider.receive(json.dumps([event(), event(email="eva@example.com")]).encode())
    assert one == several[:1]
    assert [received.event.recipient for received in several] == [
        "ana@example.com",
        "eva@example.com",
    ]


def test_empty_array_holds_nothing(provider):
    assert provider.receive(b"[]") == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"3", b'"text"', b"[1, 2]", b"[[]]", b"\xff\xfe", b"[" * 100_000],
    ids=repr,
)
def test_what_is_no_event_is_kept_with_the_reason(provider, body):
    (received,) = provider.receive(body)
    assert received.event is None
    assert received.error
    assert received.payload == body.decode("utf-8", "replace")


def test_object_without_event_is_kept_with_the_reason(provider):
    (received,) = provider.receive(b'{"email": "ana@example.com"}')
    assert provider.name in received.error


def test_unfamiliar_event_is_unknown(provider):
    (received,) = provider.receive(json.dumps(event(event="invented")).encode())
    assert received.event.event_type == "unknown"


def test_example_is_understood_and_means_nothing(provider):
    from datetime import datetime

    now = datetime(2026, 1, 2, 3, 4, 5)
    (received,) = provider.receive(json.dumps(provider.example(now)).encode())
    assert received.event.event_type == "unknown"
    assert received.event.occurred_at == now


def test_fingerprint_ignores_the_order_of_keys_only(provider):
    def fingerprint(payload):
        return provider.receive(json.dumps(payload).encode())[0].fingerprint

    assert fingerprint({"event": "open", "email": "a@b.c"}) == fingerprint(
        {"email": "a@b.c", "event": "open"}
    )
    assert fingerprint(event()) != fingerprint(event(email="eva@example.com"))


def test_fingerprint_differs_between_providers(provider):
    body = json.dumps(event()).encode()
    assert len({other.receive(body)[0].fingerprint for other in PROVIDERS.values()}) == 2


def test_what_postgresql_cannot_hold_is_replaced(provider):
    (received,) = provider.receive(b'{"event": "op\\u0000en", "subject": "\\ud800 \\u0000x"}')
    for value in (received.payload, received.event.subject or ""):
        assert "\0" not in value
        value.encode()


def test_text_is_bounded(provider):
    body = json.dumps(event(subject="x" * 10_000, agent="x" * 10_000, browser="x" * 10_000))
    (received,) = provider.receive(body.encode())
    assert all(
        len(value) <= 1000 for value in vars(received.event).values() if isinstance(value, str)
    )


def test_time_that_cannot_be_true_is_left_out(provider):
    for stamp in (
        "1999-01-01 00:00:00",
        "2999-01-01 00:00:00",
        "soon",
        "",
        None,
        10**30,
        -1,
        [],
        {},
    ):
        (received,) = provider.receive(json.dumps(event(timestamp=stamp, time=stamp)).encode())
        assert received.event.occurred_at is None


@given(body=st.binary())
def test_no_bytes_raise(provider, body):
    provider.receive(body)


@given(payload=st.dictionaries(FIELDS | st.text(), JSON))
def test_no_json_raises(provider, payload):
    (received,) = provider.receive(json.dumps({"event": "open", **payload}).encode())
    assert (received.event is None) != (received.error is None)
