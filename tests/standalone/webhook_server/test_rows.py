"""What the webhook server stores: the rows of the controller, each once."""

import gzip
import json
import threading
from pathlib import Path

import pytest
import requests
from receiver import SECRETS, event, requests_for

from dev.odoo import Odoo
from dev.webhook_server import WebhookServer
from lab import load

FIXTURES = Path(__file__).parents[2] / "fixtures"
# A column for each value of an event; not when it came, and who it is.
COLUMNS = (
    "event_type, bounce_type, failure, provider_error, origin, recipient, occurred_at, subject,"
    " reason, url, place, city, country, latitude, longitude, device_type, user_agent,"
    " categories::text,"
    " mail_server_id, provider, provider_message_id, provider_campaign, provider_contact,"
    " token, payload, fingerprint, state, state_reason, retry_at, processed_at,"
    " applies_to_mailing_lists, is_unmatched, is_bounce_counted, create_uid, write_uid"
)


def bodies(code):
    """Everything that a provider posts, and more: single, grouped, misprinted, hostile."""
    files = sorted((FIXTURES / code).rglob("*.*"))
    samples = [path.read_bytes() for path in files if ".event." not in path.name]
    objects = [body for body in samples if isinstance(loaded(body), dict)]
    return [
        *samples,
        *(path.read_bytes() for path in sorted((FIXTURES / "fuzz" / "body").iterdir())),
        b"[" + b",".join(objects) + b"]",
        b"\xef\xbb\xbf" + objects[0],
        *(b"", b"{", b"null", b"[]", b"[[]]", b'"text"', b"\0", b"\xff\xfe", b"[" * 100_000),
        b'{"event": "open", "subject": "\\u0000 \\ud800", "email": "\xc3\xb1@x.y"}',
        b'{"event": "open", "latitude": NaN, "longitude": 1e999, "time": 1e400}',
        b'{"event": "open", "timestamp": ' + b"9" * 4000 + b', "time": ' + b"9" * 4000 + b"}",
        b'{"event": "click", "url": "' + b"x" * 5000 + b'", "link": "\'; DROP TABLE x; --%s"}',
        b'{"event": "unsub", "categories": {"\\u0000": true, "\\ud800": false}}',
    ]


def posts(code):
    """Each body with the headers that it is posted with."""
    for body in bodies(code):
        yield body, {}
    text = '{"event": "open", "email": "josé@example.com", "url": "%s"}'
    for number, charset in enumerate(("iso-8859-1", "windows-1252", "utf-16", "klingon")):
        real = "latin-1" if charset == "klingon" else charset
        plain, packed = ((text % n).encode(real) for n in (number, number + 9))
        yield plain, {"Content-Type": f"text/json; charset={charset}"}
        yield (
            gzip.compress(packed, mtime=0),
            {
                "Content-Type": f"text/json; charset={charset}",
                "Content-Encoding": "gzip",
            },
        )
    yield gzip.compress(b" " * 2_000_000, mtime=0), {"Content-Encoding": "gzip"}


def loaded(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


@pytest.mark.parametrize("code", SECRETS)
def test_the_controller_and_the_webhook_server_store_the_same(receiver, code):
    with Odoo(receiver.pg, receiver.database, extra=["--max-cron-threads=0"]) as odoo:
        for body, headers in posts(code):
            url = odoo.url + receiver.path(code)
            assert requests.post(url, body, headers=headers, timeout=10).status_code == 200
    select = f"SELECT {COLUMNS} FROM mail_tracking ORDER BY fingerprint"
    by_controller = receiver.query(select)
    receiver.query("DELETE FROM mail_tracking")
    for body, headers in posts(code):
        assert receiver.post(body, code, headers=headers).status_code == 200
    receiver.wait(lambda: not receiver.waiting())
    by_webhook_server = receiver.query(select)
    assert len(by_webhook_server) > len(list((FIXTURES / code).glob("*.event.json")))
    when = COLUMNS.split(", ").index("occurred_at")
    for ours, theirs in zip(by_webhook_server, by_controller, strict=True):
        # Without a time of its own it has the time at which it was received.
        is_own = theirs[when].year == 2026 and theirs[when].month < 6
        assert ours[:when] == theirs[:when]
        assert ours[when + 1 :] == theirs[when + 1 :]
        assert ours[when] == theirs[when] or not is_own


def test_the_same_event_many_times_at_once(receiver):
    payload = event()
    request = load.request(receiver.path(), json.dumps(payload).encode())
    result = load.send(receiver.webhook_server.port, [request] * 300, in_flight=64)
    assert result.statuses == {200: 300}
    assert receiver.stored() == [payload]


def test_two_webhook_servers_share_a_database(receiver):
    """The same events at once through both: each is stored once."""
    sent = requests_for(receiver, 400)
    with WebhookServer(receiver.pg, receiver.database) as other:
        results = []
        ports = (receiver.webhook_server.port, other.port)
        threads = [
            threading.Thread(target=lambda p=port: results.append(load.send(p, sent, 16)))
            for port in ports
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [result.statuses for result in results] == [{200: 400}] * 2
        assert len(receiver.stored()) == 400


def test_a_row_that_the_database_refuses_takes_no_other_along(receiver):
    receiver.query("ALTER TABLE mail_tracking ADD CONSTRAINT p CHECK (subject <> 'poison')")
    try:
        good = [event() for _n in range(50)]
        poison = event(subject="poison")
        assert receiver.post([*good[:25], poison, *good[25:]]).status_code == 200
        receiver.wait(lambda: not receiver.waiting())
        assert len(receiver.query("SELECT 1 FROM mail_tracking WHERE state = 'pending'")) == 50
        ((payload, reason),) = receiver.query(
            "SELECT payload, state_reason FROM mail_tracking WHERE state = 'failed'"
        )
        assert json.loads(payload) == poison
        assert reason.startswith("CheckViolation")
    finally:
        receiver.query("ALTER TABLE mail_tracking DROP CONSTRAINT p")


def test_events_of_a_server_that_is_deleted_meanwhile_are_kept(receiver):
    late = event()
    receiver.query(
        "INSERT INTO mail_tracking_spool (server_id, provider, received_at, body)"
        " VALUES (0, 'aldeamo', now() AT TIME ZONE 'UTC', %s)",
        json.dumps(late).encode(),
    )
    assert late in receiver.stored()
    select = "SELECT mail_server_id FROM mail_tracking WHERE recipient = %s"
    assert receiver.query(select, late["email"]) == [(None,)]
