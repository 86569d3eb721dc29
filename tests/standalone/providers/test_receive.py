"""What all providers have in common: bodies, fingerprints, hostile input.

It is tried with two of them, whose events have the fields that `event` makes: another provider may
name everything otherwise.
"""

import gzip
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import PROVIDERS

TRIED = {code: PROVIDERS[code] for code in ("mailjet", "aldeamo")}
pytestmark = [
    pytest.mark.parametrize("provider", TRIED.values(), ids=TRIED),
    pytest.mark.slow,
]
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
    [b"", b"{", b"null", b"3", b'"text"', b"[3]", b"[[]]", b"\xff\xfe", b"[" * 100_000],
    ids=lambda body: repr(body[:10]),
)
def test_what_is_no_event_is_kept_with_the_reason(provider, body):
    (received,) = provider.receive(body)
    assert received.event is None
    assert received.error
    assert received.payload in (body.decode("latin-1"), body.decode("latin-1")[1:-1])


def test_an_array_that_is_too_long_is_refused_before_work_is_done(provider):
    body = b"[" + b",".join([b'"."'] * 250_000) + b"]"
    tracemalloc.start()
    try:
        (received,) = provider.receive(body)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received.error == "An array of more than 5000 events"
    # The text, and the list; each item as a text of its own takes 60 bytes more, twice.
    assert peak < 10 * len(body)


def test_one_bad_item_does_not_take_the_others_along(provider):
    items = [event(), None, {"no": "event"}, event(email="(" * 600), event(email="eva@example.com")]
    results = provider.receive(json.dumps(items).encode())
    assert [bool(received.error) for received in results] == [False, True, True, False, False]


def test_what_goes_wrong_in_translating_is_kept_as_the_reason(provider, monkeypatch):
    monkeypatch.setattr(type(provider), "translate", lambda self, payload: payload["missing"])
    (received,) = provider.receive(json.dumps(event()).encode())
    assert (received.event, received.error) == (None, "KeyError: 'missing'")


def test_endless_arrays_are_one_item(provider):
    (received,) = provider.receive(json.dumps([0] * 5001).encode())
    assert "5000" in received.error


def test_byte_order_mark_is_no_content(provider):
    body = json.dumps(event()).encode()
    assert provider.receive(b"\xef\xbb\xbf" + body) == provider.receive(body)


def test_what_is_looked_up_fits_into_an_index(provider):
    body = json.dumps(event(email="字" * 5000 + "@x", msgid="字" * 5000, Message_GUID="字" * 5000))
    (received,) = provider.receive(body.encode())
    for value in (received.event.recipient, received.event.provider_message_id):
        assert len((value or "").encode()) < 2704


def test_object_without_event_is_kept_with_the_reason(provider):
    (received,) = provider.receive(b'{"email": "ana@example.com"}')
    assert provider.name in received.error


def test_unfamiliar_event_is_unknown(provider):
    (received,) = provider.receive(json.dumps(event(event="invented")).encode())
    assert received.event.event_type == "unknown"


def test_example_is_no_event(provider):
    from datetime import datetime

    example = provider.example(datetime(2026, 1, 2, 3, 4, 5))
    assert provider.receive(json.dumps(example).encode()) == []
    (received,) = provider.receive(json.dumps([example, event()]).encode())
    assert received.payload == provider.receive(json.dumps(event()).encode())[0].payload


def test_fingerprint_ignores_the_order_of_keys_only(provider):
    def fingerprint(payload):
        return provider.receive(json.dumps(payload).encode())[0].fingerprint

    assert fingerprint({"event": "open", "email": "a@b.c"}) == fingerprint(
        {"email": "a@b.c", "event": "open"}
    )
    assert fingerprint(event()) != fingerprint(event(email="eva@example.com"))


def test_fingerprint_differs_between_providers(provider):
    body = json.dumps(event()).encode()
    assert len({other.receive(body)[0].fingerprint for other in TRIED.values()}) == 2


def test_what_postgresql_cannot_hold_is_replaced(provider):
    (received,) = provider.receive(b'{"event": "op\\u0000en", "subject": "\\ud800 \\u0000x"}')
    for value in (received.payload, received.event.subject or ""):
        assert "\0" not in value
        value.encode()


def latin(name):
    return f'{{"event": "open", "email": "{name}@example.com"}}'


@pytest.mark.parametrize(
    ("body", "declared", "recipient"),
    [
        (latin("josé").encode(), "", "josé@example.com"),
        (latin("josé").encode(), "application/json; charset=iso-8859-1", "josé@example.com"),
        (latin("josé").encode("latin-1"), "application/json", "josé@example.com"),
        (latin("јован").encode("cp1251"), 'text/json; Charset="windows-1251"', "јован@example.com"),
        (latin("joσ").encode("cp1253"), "a/b;charset=CP1253", "joσ@example.com"),
        (latin("œil").encode("cp1252"), "", "œil@example.com"),
        (latin("josé").encode("latin-1"), "x; charset=unicode_escape", "josé@example.com"),
        (latin("josé").encode("latin-1"), "x; charset=" + "9" * 4000, "josé@example.com"),
        (latin("josé").encode("utf-16"), "x; charset=utf-16", "josé@example.com"),
    ],
)
def test_bytes_are_read_as_what_they_are(provider, body, declared, recipient):
    for packed, encoding in ((body, ""), (gzip.compress(body), "gzip"), (body, "gzip")):
        (received,) = provider.receive(packed, declared, encoding)
        assert received.event.recipient == recipient
        assert "\N{REPLACEMENT CHARACTER}" not in received.payload


def test_no_byte_of_an_unreadable_body_is_lost(provider):
    body = bytes(range(1, 256))
    (received,) = provider.receive(body)
    back = "".join(char for char in received.payload)
    assert len(set(back)) == 255
    assert back[:127] == body[:127].decode()


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"[" + b" " * 30_000_000 + b"]", 9),
        gzip.compress(b"{}")[:-4],
        b"\x1f\x8bno gzip",
    ],
    ids=["bomb", "cut", "broken"],
)
def test_what_cannot_be_unpacked_is_kept_with_the_reason(provider, body):
    tracemalloc.start()
    (received,) = provider.receive(body, "application/json", "gzip")
    assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    tracemalloc.stop()
    assert received.event is None
    assert received.payload[0] == "\x1f"
    assert "gzip" in received.error or "Unpacked" in received.error


def test_a_link_is_never_cut(provider):
    link = "https://empresa.example/?" + "a" * 5000
    (received,) = provider.receive(json.dumps(event(url=link, destination=link)).encode())
    assert received.event.url == link


@pytest.mark.parametrize(
    ("given", "recipient"),
    [
        ("Ana@Example.COM", "ana@example.com"),
        ("Iván@CAÑÓN.example", "Iván@cañón.example"),
        ("Ana <ana@example.com>", "ana@example.com"),
        ("ana@example.com, eva@example.com", None),
        ("a" * 320 + "@example.com", None),
        ("ana@", None),
        ("@example.com", None),
        ("ana", None),
        (["ana@example.com"], None),
    ],
    ids=str,
)
def test_addresses_are_as_odoo_has_them(provider, given, recipient):
    (received,) = provider.receive(json.dumps(event(email=given)).encode())
    assert received.event.recipient == recipient


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
@settings(deadline=None)
def test_no_bytes_raise(provider, body):
    provider.receive(body)


@given(payload=st.dictionaries(FIELDS | st.text(), JSON))
@settings(deadline=None)
def test_no_json_raises(provider, payload):
    (received,) = provider.receive(json.dumps({"event": "open", **payload}).encode())
    assert (received.event is None) != (received.error is None)
