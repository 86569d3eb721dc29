"""The https server of both APIs: certificate, connections, delays, limits and faults on order."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import pytest
import requests
from conftest import aldeamo_message, mailjet_message

from lab.sandbox import Sandbox


def test_certificate_stands_a_strict_look(sandbox):
    context = ssl.create_default_context(cafile=sandbox.ca_bundle)
    # Python 3.13 does so by itself.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    port = urlsplit(sandbox.mailjet.api_url).port
    for host in ("127.0.0.1", "localhost"):
        connection = HTTPSConnection(host, port, timeout=10, context=context)
        connection.request("GET", "/")
        assert connection.getresponse().status == 404
        connection.close()


def test_bundle_is_for_the_environment_and_gone_afterwards(monkeypatch):
    with Sandbox() as sandbox:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", sandbox.ca_bundle)
        assert requests.get(sandbox.mailjet.api_url, timeout=10).status_code == 404
    assert not os.path.exists(sandbox.ca_bundle)


def test_unknown_certificate_is_not_trusted(sandbox, http):
    http.verify = True
    with pytest.raises(requests.exceptions.SSLError):
        http.get(sandbox.mailjet.api_url, timeout=10)
    assert not sandbox.mailjet.api.calls


def test_connection_is_kept(client, mailjet):
    for _ in range(3):
        client.send(mailjet_message())
    assert mailjet.api.connections == 1
    assert [call.connection for call in mailjet.api.calls] == [1, 1, 1]


def test_calls_are_recorded(client, aldeamo_send, mailjet, aldeamo):
    client.rest("GET", "sender?Limit=1")
    client.send(mailjet_message(), mailjet_message("x"))
    aldeamo_send(aldeamo_message())

    listed, sent = mailjet.api.calls
    assert (listed.method, listed.path, listed.body) == ("GET", "/v3/REST/sender?Limit=1", None)
    assert (listed.status, listed.messages) == (200, 0)
    assert (sent.path, sent.status, sent.messages) == ("/v3.1/send", 400, 2)
    assert sent.body["Messages"][1]["To"] == [{"Email": "x"}]
    assert listed.started <= sent.started <= time.monotonic()
    assert [(call.path, call.messages) for call in aldeamo.api.calls] == [("/v1/email", 1)]


def test_latency(client, mailjet):
    mailjet.api.latency = 0.4
    client.send(mailjet_message())
    assert 0.4 <= client.send(mailjet_message()).elapsed.total_seconds() < 2


def test_answers_come_at_once(client):
    """Not after the 40 ms that a delayed acknowledgement costs."""
    client.send(mailjet_message())
    assert min(client.send(mailjet_message()).elapsed.total_seconds() for _ in range(5)) < 0.03


def test_several_connections_are_served_at_once(client, mailjet):
    mailjet.api.latency = 1
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client.send(mailjet_message()), range(4)))
    assert time.monotonic() - started < 3
    assert {answer.status_code for answer in answers} == {200}
    assert len(mailjet.received) == mailjet.api.connections == 4


def test_fail_answers_without_processing(client, mailjet):
    mailjet.api.fail(503, "<html>", {"Retry-After": "1"}, times=2)
    mailjet.api.fail(400, {"a": 1})
    first, second, third, fourth = (client.send(mailjet_message()) for _ in range(4))

    assert (first.status_code, first.text, first.headers["Retry-After"]) == (503, "<html>", "1")
    assert second.status_code == 503
    assert (third.status_code, third.json()) == (400, {"a": 1})
    assert fourth.status_code == 200
    assert len(mailjet.received) == 1
    assert [call.status for call in mailjet.api.calls] == [503, 503, 400, 200]


def test_fault_waits_for_its_path(client, mailjet):
    mailjet.api.fail(502, path="/v3/REST/sender")
    assert client.send(mailjet_message()).status_code == 200
    assert mailjet.api.pending_faults == 1
    assert client.rest("GET", "sender/1").status_code == 502
    assert mailjet.api.pending_faults == 0
    assert client.rest("GET", "sender/1").status_code == 200


def test_healed_it_answers_as_it_should(client, mailjet):
    hooked = []
    mailjet.api.fail(502)
    mailjet.api.refuse("ana@cliente.example", "send-0001")
    mailjet.api.latency, mailjet.api.rate_limit = 30.0, (0, 60)
    mailjet.api.before_processing = mailjet.api.before_answer = hooked.append
    mailjet.api.heal()
    assert client.send(mailjet_message()).status_code == 200
    assert len(mailjet.received) == 1
    assert not hooked


def test_stall_processes_before_it_waits(client, mailjet):
    mailjet.api.stall(5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.call("POST", "/v3.1/send", {"Messages": [mailjet_message()]}, timeout=0.3)
    assert len(mailjet.received) == 1
    assert mailjet.api.calls[0].status == 200


@pytest.mark.parametrize("processed", [True, False])
def test_drop_gives_no_answer(client, mailjet, processed):
    mailjet.api.drop(processed=processed)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.send(mailjet_message())
    assert len(mailjet.received) == processed
    assert mailjet.api.calls[0].status is None
    assert client.send(mailjet_message()).status_code == 200


def test_mangle_breaks_the_json(aldeamo_send, aldeamo):
    aldeamo.api.mangle()
    answer = aldeamo_send(aldeamo_message())
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        answer.json()
    assert len(aldeamo.received) == 1


def test_hooks_run_before_processing_and_before_the_answer(client, mailjet):
    seen = []
    mailjet.api.before_processing = lambda call: seen.append((call.path, len(mailjet.received)))
    mailjet.api.before_answer = lambda call: seen.append((call.status, len(mailjet.received)))
    client.send(mailjet_message())
    assert seen == [("/v3.1/send", 0), (200, 1)]


def test_client_that_is_killed_before_the_answer_leaves_the_server_well(client, sandbox):
    mailjet = sandbox.mailjet
    code = (
        "import sys, requests\n"
        "url, user, password, body = sys.argv[1:]\n"
        "requests.post(url, body.encode(), auth=(user, password))"
    )
    arguments = [
        mailjet.api_url + "/v3.1/send",
        mailjet.user,
        mailjet.password,
        json.dumps({"Messages": [mailjet_message()]}),
    ]
    environment = {**os.environ, "REQUESTS_CA_BUNDLE": sandbox.ca_bundle}
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment)
    mailjet.api.before_answer = lambda call: process.kill()
    assert process.wait(20) == -signal.SIGKILL
    assert len(mailjet.received) == 1

    mailjet.api.before_answer = None
    assert client.send(mailjet_message()).status_code == 200


def test_rate_limit(client, mailjet):
    mailjet.api.rate_limit = (2, 2)
    statuses = [client.send(mailjet_message()).status_code for _ in range(3)]
    refused = client.send(mailjet_message())
    assert statuses == [200, 200, 429]
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, "text/html")
    assert "Retry-After" not in refused.headers
    time.sleep(2.1)
    assert client.send(mailjet_message()).status_code == 200
    assert len(mailjet.received) == 3
