"""The bounds of a connection and of all of them, which are too wide to be reached over the wire."""

import re
import time

import pytest
from addon_without_odoo.providers import PROVIDERS
from addon_without_odoo.providers.authentication import Authentication
from addon_without_odoo.webhook.authentication import Key, Webhook
from addon_without_odoo.webhook.server import connection as module
from addon_without_odoo.webhook.server import receiver as limits
from addon_without_odoo.webhook.server.connection import Connection
from addon_without_odoo.webhook.server.receiver import Receiver
from addon_without_odoo.webhook.server.webhooks import Webhooks

REQUEST = b"POST /mail_provider/1-secret HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


class Writer:
    """Takes entries, and writes none until the test says so."""

    def __init__(self):
        self.keys = []

    def put(self, key, _entry):
        self.keys.append(key)


class Transport:
    def __init__(self):
        self.sent = b""
        self.is_paused = False
        self.is_closed = False

    def write(self, data):
        self.sent += data

    def pause_reading(self):
        self.is_paused = True

    def resume_reading(self):
        self.is_paused = False

    def can_write_eof(self):
        return False

    def is_closing(self):
        return self.is_closed

    def close(self):
        self.is_closed = True

    abort = close

    @property
    def statuses(self):
        return [int(part[:3]) for part in self.sent.split(b"HTTP/1.1 ")[1:]]


@pytest.fixture
def receiver():
    webhooks = Webhooks({}, None)
    webhooks._by_server = {1: Webhook(1, "aldeamo", Key("secret"))}
    return Receiver(Writer(), webhooks, max_connections=2)


def connect(receiver):
    connection, transport = Connection(receiver), Transport()
    connection.connection_made(transport)
    return connection, transport


def test_one_connection_too_many(receiver):
    transports = [connect(receiver)[1] for _n in range(3)]
    assert [transport.statuses for transport in transports] == [[], [], [503]]


def test_there_is_room_again(receiver):
    for _n in range(5):
        connection, transport = connect(receiver)
        connection.connection_lost(None)
        assert transport.statuses == []


def test_bodies_have_a_limit_together(receiver, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BODIES", 3)
    (first, _transport), (second, refused) = connect(receiver), connect(receiver)
    first.data_received(REQUEST)
    second.data_received(REQUEST)
    assert refused.statuses == [503]
    first.connection_lost(None)
    second.connection_lost(None)
    receiver.written(receiver._writer.keys, True)
    third, transport = connect(receiver)
    third.data_received(REQUEST)
    receiver.written(receiver._writer.keys, True)
    assert transport.statuses == [200]


def test_a_body_that_never_came_takes_no_room(receiver, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BODIES", 3)
    for _n in range(3):
        connection, transport = connect(receiver)
        connection.data_received(REQUEST[:-1])
        connection.connection_lost(None)
        assert transport.statuses == []


def test_a_writer_that_hangs(receiver):
    connection, transport = connect(receiver)
    connection.data_received(REQUEST * 3)
    connection.check(time.monotonic() + module.STORING - 1)
    assert transport.statuses == []
    connection.check(time.monotonic() + module.STORING + 1)
    assert transport.statuses == [503] * 3
    receiver.written(receiver._writer.keys, True)
    assert transport.statuses == [503] * 3
    assert receiver._bodies == 0


def test_answers_in_order_however_they_are_written(receiver):
    connection, transport = connect(receiver)
    connection.data_received(REQUEST * 3)
    first, second, third = receiver._writer.keys
    receiver.written([third], True)
    receiver.written([second], False)
    assert transport.statuses == []
    receiver.written([first], True)
    assert transport.statuses == [200, 503, 200]


def test_a_pipeline_is_not_read_faster_than_it_is_answered(receiver):
    connection, transport = connect(receiver)
    connection.data_received(REQUEST * module.MAX_PIPELINED)
    assert transport.is_paused
    receiver.written(receiver._writer.keys, True)
    assert not transport.is_paused


def test_an_idle_connection_is_closed(receiver):
    connection, transport = connect(receiver)
    connection.data_received(REQUEST)
    receiver.written(receiver._writer.keys, True)
    connection.check(time.monotonic() + module.IDLE - 1)
    assert not transport.is_closed
    connection.check(time.monotonic() + module.IDLE + 1)
    assert transport.is_closed


class Signature(Authentication):
    """Over the body, as some providers sign it."""

    needs_body = True

    def is_authentic(self, header, body, key):
        return header("X-Signature") == f"{key}:{body.decode()}"

    def headers(self, body, key):
        return {"X-Signature": f"{key}:{body.decode()}"}


@pytest.mark.parametrize(("signature", "status"), [("k:{}", 200), ("k:[]", 401), ("", 401)])
def test_a_body_is_signed(receiver, monkeypatch, signature, status):
    """It is decided once the body is here: before, the URL's secret lets it in."""
    monkeypatch.setattr(type(PROVIDERS["aldeamo"]), "authentication", Signature())
    receiver._webhooks._by_server = {1: Webhook(1, "aldeamo", Key("secret", "k"))}
    connection, transport = connect(receiver)
    head, _blank, _body = REQUEST.partition(b"\r\n\r\n")
    head = re.sub(rb"Content-Length: \d+", b"Content-Length: 2", head)
    connection.data_received(head + f"\r\nX-Signature: {signature}\r\n\r\n".encode())
    assert transport.statuses == []
    connection.data_received(b"{}")
    receiver.written(receiver._writer.keys, True)
    assert transport.statuses == [status]
