"""Guessed tokens, forged lines of the log, and requests that are no HTTP, on both ways in."""

import socket
from pathlib import Path

import pytest
import requests
from receiver import SECRETS, event, received, statuses

from dev.odoo import Odoo

KEPT = sorted((Path(__file__).parents[2] / "fixtures" / "fuzz" / "http").iterdir())
SECRET = SECRETS["aldeamo"]
NEAR_MISSES = (
    SECRET[:-1],
    SECRET + "x",
    SECRET.swapcase(),
    SECRET[::-1],
    f" {SECRET}",
    f"{SECRET}%00",
    f"{SECRET}%0a",
    f"{SECRET}%20OR%201=1",
    "%27%20OR%20%271%27=%271",
    SECRETS["mailjet"],
    "null",
    "%ff",
    "x" * 4000,
)
FORGED = "%0d%0a2026-03-02 07:00:00,000 1 INFO FAKE: forged"


@pytest.fixture(scope="module")
def controller(running_webhook_server):
    receiver = running_webhook_server
    with Odoo(receiver.pg, receiver.database, extra=["--max-cron-threads=0"]) as odoo:
        yield odoo


@pytest.fixture
def logging_queries(running_webhook_server):
    receiver = running_webhook_server
    options = ["--max-cron-threads=0", "--log-sql"]
    with Odoo(receiver.pg, receiver.database, extra=options) as odoo:
        yield odoo


@pytest.fixture(params=["controller", "webhook_server"])
def way_in(request, receiver, controller):
    """Both ways in: something with `url` and `log_path`."""
    return controller if request.param == "controller" else receiver.webhook_server


def test_near_misses_of_a_token_are_unknown(receiver, way_in):
    server = receiver.servers["aldeamo"]
    tokens = [f"{server}-{secret}" for secret in NEAR_MISSES]
    tokens += [f"{receiver.servers['mailjet']}-{SECRET}", f"0{server}", f"{server}--{SECRET}"]
    tokens += [f"-{server}-{SECRET}", f"%2B{server}-{SECRET}", f"{'9' * 30}-{SECRET}"]
    for token in tokens:
        answer = requests.post(f"{way_in.url}/mail_provider/{token}", b"{}", timeout=10)
        assert answer.status_code == 404, token
    assert receiver.stored() == []


def test_no_query_looks_for_a_secret(receiver, logging_queries):
    """PostgreSQL would compare it letter by letter, and log it."""
    url = f"{logging_queries.url}/mail_provider/{receiver.servers['aldeamo']}-guessed-secret"
    assert requests.post(url, b"{}", timeout=10).status_code == 404
    queries = [line for line in log_of(logging_queries).splitlines() if "webhook_secret" in line]
    assert queries, "the log of queries is not written"
    assert not [line for line in queries if "guessed-secret" in line]


def test_no_line_of_the_log_is_forged(receiver, way_in):
    server = receiver.servers["aldeamo"]
    for token in (f"{server}-{SECRET}{FORGED}", f"{server}-{SECRET}/{FORGED}", f"x{FORGED}"):
        requests.post(f"{way_in.url}/mail_provider/{token}", b"{}", timeout=10)
    hostile = {"Authorization": "Basic \xff", "User-Agent": FORGED, "X-Forwarded-For": FORGED}
    subject = "\r\n2026-03-02 07:00:00,000 1 INFO FAKE: forged"
    body = event(subject=subject, response=subject, event=subject)
    url = way_in.url + receiver.path()
    assert requests.post(url, json=body, headers=hostile, timeout=10).status_code == 200
    assert requests.post(url, subject.encode(), timeout=10).status_code == 200
    receiver.wait(lambda: not receiver.waiting())
    lines = log_of(way_in).splitlines()
    assert lines
    assert not [line for line in lines if line.startswith("2026-03-02")]


def test_kept_requests_over_the_wire(receiver):
    """None is answered with a 5xx, and the webhook server lives on."""
    server = receiver.servers["aldeamo"]
    for path in KEPT:
        stream = path.read_bytes()[1:].replace(b"TOKEN", f"{server}-{SECRET}".encode())
        answered = statuses(answer_to(receiver.webhook_server.port, stream))
        assert not [status for status in answered if status >= 500], path.name
    payload = event()
    assert receiver.post(payload).status_code == 200
    receiver.wait(lambda: not receiver.waiting())
    found = "SELECT count(*) FROM mail_tracking WHERE recipient = %s"
    assert receiver.query(found, payload["email"]) == [(1,)]
    assert "Traceback" not in log_of(receiver.webhook_server)


def answer_to(port, stream):
    """Send bytes and then the end; return what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(stream)
        connection.shutdown(socket.SHUT_WR)
        return received(connection)


def log_of(way_in):
    return Path(way_in.log_path).read_text(errors="replace")
