"""Each line of the webhook server's table of answers, over the wire."""

import json
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from receiver import SECRETS, event, raw, received, request_line, requests_for, statuses

from dev.webhook_server import WebhookServer
from lab import load

MAX_BODY = 1024 * 1024


def test_200_stored(receiver):
    payload = event(subject="100% & =?", custom_headers={"a": "ñ"})
    answer = receiver.post(payload)
    assert (answer.status_code, answer.content) == (200, b"")
    assert receiver.stored() == [payload]


def test_200_already_known(receiver):
    payload = event()
    assert [receiver.post(payload).status_code for _time in range(3)] == [200] * 3
    assert receiver.post([payload, payload]).status_code == 200
    assert receiver.stored() == [payload]


def test_200_not_understood_is_kept(receiver):
    for body in (b"no json", b"[1]", b'{"no": "event"}', b"", b"\0", b"\xff\xfe"):
        assert receiver.post(body).status_code == 200
    receiver.wait(lambda: not receiver.waiting())
    rows = receiver.query("SELECT state, state_reason IS NOT NULL, payload FROM mail_tracking")
    assert [row[:2] for row in rows] == [("failed", True)] * 6
    kept = {"no json", "1", '{"no": "event"}', "", "\N{REPLACEMENT CHARACTER}", "\xff\xfe"}
    assert {row[2] for row in rows} == kept


def test_200_whatever_the_content_type(receiver):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert receiver.post(event(), headers={"Content-Type": kind}).status_code == 200
    assert len(receiver.stored()) == 3


def test_200_just_fits(receiver):
    payload = event()
    assert receiver.post(json.dumps(payload).ljust(MAX_BODY)).status_code == 200
    assert receiver.stored() == [payload]


def test_200_percent_encoded_path_and_query(receiver):
    path = receiver.path().replace("-", "%2D") + "?x=1"
    assert requests.post(receiver.webhook_server.url + path, b"[]", timeout=5).status_code == 200


def test_400_not_http(receiver):
    for junk in (b"\x16\x03\x01\x02\x00\x01\x00\r\n", b"POST\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        assert statuses(raw(receiver.webhook_server.port, junk)) == [400]
    lengths = request_line(receiver.path(), "Content-Length: 2", "Content-Length: 3")
    assert statuses(raw(receiver.webhook_server.port, lengths + b"{}")) == [400]
    assert receiver.stored() == []


def all_say(status, ask):
    """Whether each process answers so: they look at the servers by themselves, every second."""
    return all(ask() == status for _time in range(20))


def test_401_without_the_registered_credentials(receiver):
    update = "UPDATE ir_mail_server SET webhook_user = %s, webhook_password = %s WHERE id = %s"
    server = receiver.servers["aldeamo"]
    receiver.query(update, "aldeamo", "pass:ñ", server)
    try:
        receiver.wait(lambda: all_say(401, lambda: receiver.post("[]").status_code), patience=2)
        for wrong in ("Basic", "Basic !", "Basic YQ==", "Bearer x", "Basic " + "A" * 3000):
            answer = receiver.post(b"{}", headers={"Authorization": wrong})
            assert answer.status_code == 401, wrong
            assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert receiver.post("{}", auth=("aldeamo", "pass")).status_code == 401
        payload = event()
        auth = (b"aldeamo", "pass:ñ".encode())
        assert receiver.post(payload, auth=auth).status_code == 200
        assert receiver.stored() == [payload]
        # Credentials tell nothing about an unknown secret, nor let anybody in.
        url = f"{receiver.webhook_server.url}/mail_provider/{server}-wrong"
        assert requests.post(url, b"{}", auth=auth, timeout=5).status_code == 404
    finally:
        receiver.query(update, None, None, server)


def test_404_unknown_token(receiver):
    server = receiver.servers["aldeamo"]
    tokens = ("x", f"{server}-wrong", f"0-{SECRETS['aldeamo']}", f"{server}", "-", "9" * 30, "ñ")
    for token in (*tokens, f"{server}-{SECRETS['aldeamo']}/", "a/b"):
        url = f"{receiver.webhook_server.url}/mail_provider/{token}"
        assert requests.post(url, b"{}", timeout=5).status_code == 404, token
    for path in ("/", "/mail_provider", "/mail_provider/", "/web"):
        answer = requests.post(receiver.webhook_server.url + path, b"{}", timeout=5)
        assert answer.status_code == 404, path
    assert receiver.stored() == []


def test_404_soon_after_archiving(receiver):
    receiver.query(
        "UPDATE ir_mail_server SET active = false WHERE id = %s", receiver.servers["aldeamo"]
    )
    receiver.wait(lambda: all_say(404, lambda: receiver.post("[]").status_code), patience=2)
    assert receiver.post(event(), "mailjet").status_code == 200


def test_archived_server_accepts_late_events_for_a_time(receiver):
    receiver.query(
        """
        UPDATE ir_mail_server
           SET active = false, webhook_until = now() AT TIME ZONE 'UTC' + interval '4 s'
         WHERE id = %s
        """,
        receiver.servers["aldeamo"],
    )
    receiver.wait(lambda: all_say(200, lambda: receiver.post("[]").status_code), patience=2)
    late = event()
    assert receiver.post(late).status_code == 200
    assert late in receiver.stored()
    receiver.wait(lambda: all_say(404, lambda: receiver.post("[]").status_code), patience=8)


def test_former_url_keeps_its_provider(receiver):
    receiver.query(
        """
        UPDATE ir_mail_server
           SET webhook_secret_previous = webhook_secret, webhook_secret = 'new',
               webhook_provider_previous = provider, provider = 'mailjet',
               webhook_secret_previous_until = now() AT TIME ZONE 'UTC' + interval '1 day'
         WHERE id = %s
        """,
        receiver.servers["aldeamo"],
    )
    select = "SELECT provider FROM mail_tracking WHERE recipient = %s"

    def read_as():
        late = event()
        assert receiver.post(late).status_code == 200
        receiver.stored()
        return receiver.query(select, late["email"]) == [("aldeamo",)]

    receiver.wait(read_as, patience=5)
    assert read_as()


def test_secret_rotated(receiver):
    """The new one at once, although the webhooks are read every second; the former for a time."""
    server = receiver.servers["aldeamo"]

    def answer(secret):
        url = f"{receiver.webhook_server.url}/mail_provider/{server}-{secret}"
        return requests.post(url, b"[]", timeout=5).status_code

    receiver.query(
        """
        UPDATE ir_mail_server
           SET webhook_secret = 'new', webhook_secret_previous = 'former',
               webhook_provider_previous = provider,
               webhook_secret_previous_until = now() AT TIME ZONE 'UTC' + interval '2 s'
         WHERE id = %s
        """,
        server,
    )
    assert [answer("new"), answer("former")] == [200, 200]
    receiver.wait(lambda: all_say(404, lambda: answer(SECRETS["aldeamo"])), patience=2)
    receiver.wait(lambda: all_say(404, lambda: answer("former")), patience=4)


def test_refused_posts_are_counted(receiver):
    """One row for each server and answer, however much is posted."""
    receiver.query("DELETE FROM mail_webhook_refusal")
    server = receiver.servers["aldeamo"]
    counted = "SELECT mail_server_id, status, count FROM mail_webhook_refusal"
    with WebhookServer(receiver.pg, receiver.database) as own:
        for token in (f"{server}-wrong", "999999-wrong", "x"):
            for _time in range(5):
                url = f"{own.url}/mail_provider/{token}"
                status = requests.post(url, b"{}", timeout=5).status_code
                assert status in (404, 503)  # 503 if the webhooks weren't read in time
        receiver.wait(lambda: receiver.query(counted))
        [row] = receiver.query(counted)
    assert row[:2] == (server, 404)
    assert 1 <= row[2] <= 5


def test_405_not_posted(receiver):
    for method in ("GET", "HEAD", "PUT", "OPTIONS", "DELETE"):
        answer = requests.request(method, receiver.url(), timeout=5)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("headers", [["Transfer-Encoding: chunked"], []])
def test_411_length_not_announced(receiver, headers):
    request = request_line(receiver.path(), *headers) + b"2\r\n{}\r\n0\r\n\r\n"
    assert statuses(raw(receiver.webhook_server.port, request)) == [411]
    assert receiver.stored() == []


def test_413_oversized(receiver):
    """Answered before the body is sent, and where a sender sends it all the same."""
    request = request_line(receiver.path(), f"Content-Length: {MAX_BODY + 1}")
    assert statuses(raw(receiver.webhook_server.port, request)) == [413]
    assert statuses(raw(receiver.webhook_server.port, request, b"x" * (MAX_BODY + 1))) == [413]
    assert receiver.stored() == []


def test_431_endless_headers(receiver):
    parts = [b"POST / HTTP/1.1\r\n", *[b"X-Header: " + b"x" * 4000 + b"\r\n"] * 5]
    assert statuses(raw(receiver.webhook_server.port, *parts, pause=0.02)) == [431]


def test_100_continue(receiver):
    body = json.dumps(event()).encode()
    head = request_line(receiver.path(), f"Content-Length: {len(body)}", "Expect: 100-continue")
    with socket.create_connection(
        ("127.0.0.1", receiver.webhook_server.port), timeout=5
    ) as connection:
        connection.sendall(head)
        assert statuses(connection.recv(4096)) == [100]
        connection.sendall(body)
        assert statuses(connection.recv(4096)) == [200]


def test_kept_alive_pipelined_and_in_pieces(receiver):
    """Answers come in the order of the requests, on one connection."""
    payloads = [event() for _time in range(40)]
    wanted = []
    stream = b""
    for index, payload in enumerate(payloads):
        path = receiver.path() if index % 4 else "/mail_provider/unknown"
        wanted.append(200 if index % 4 else 404)
        body = json.dumps(payload).encode()
        stream += request_line(path, f"Content-Length: {len(body)}") + body
    with socket.create_connection(
        ("127.0.0.1", receiver.webhook_server.port), timeout=10
    ) as connection:
        for start in range(0, len(stream), 997):
            connection.sendall(stream[start : start + 997])
        connection.shutdown(socket.SHUT_WR)
        assert statuses(received(connection)) == wanted
    stored = {payload["email"] for payload in receiver.stored()}
    assert stored == {
        p["email"] for p, status in zip(payloads, wanted, strict=True) if status == 200
    }


def test_health(receiver):
    assert receiver.webhook_server.is_healthy()
    url = f"{receiver.webhook_server.url}/mail_provider/health"
    assert requests.post(url, b"{}", timeout=5).status_code == 404
    with receiver.locked("mail_tracking"):
        assert receiver.webhook_server.is_healthy()


def test_secret_is_not_in_the_log(receiver):
    assert requests.get(receiver.url(), timeout=5).status_code == 405
    wrong = (
        f"{receiver.webhook_server.url}/mail_provider/{receiver.servers['aldeamo']}-guess\x1b[2J"
    )
    assert requests.post(wrong, b"{}", timeout=5).status_code == 404
    log = Path(receiver.webhook_server.log_path).read_text()
    assert f"/mail_provider/{receiver.servers['aldeamo']}-*** 405" in log
    assert not any(word in log for word in (*SECRETS.values(), "guess", "\x1b"))


def test_slow_senders_are_in_nobodys_way(receiver):
    """64 that send a byte now and then, of headers or of a body: they are cut off."""
    halves = (b"POST /mail", request_line(receiver.path(), "Content-Length: 100") + b"{")
    slow = [
        socket.create_connection(("127.0.0.1", receiver.webhook_server.port)) for _n in range(64)
    ]
    try:
        for index, connection in enumerate(slow):
            connection.sendall(halves[index % 2])
        started = time.monotonic()
        result = load.send(receiver.webhook_server.port, requests_for(receiver, 200), in_flight=4)
        assert result.statuses == {200: 200}
        with suppress(ConnectionError):
            while time.monotonic() < started + 14:
                slow[0].sendall(b"x")
                time.sleep(0.5)
        slow[0].settimeout(1)
        assert received(slow[0])[9:12] in (b"408", b"")
        slow[1].settimeout(25)
        assert statuses(received(slow[1])) == [408]
    finally:
        for connection in slow:
            connection.close()
