"""The sender of requests counts and times what it should."""

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn

import pytest

from dev.odoo import free_port
from lab import load
from lab.bench import sender
from lab.bench.sender import Target


class OneByOne(HTTPServer):
    """Answers after a while with a status, and keeps what it got."""

    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies = []
        self.pause = 0.0
        self.status = 200
        self.open = self.most = 0
        self.lock = threading.Lock()


class Receiver(ThreadingMixIn, OneByOne):
    """Answers all at once."""

    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        with server.lock:
            server.open += 1
            server.most = max(server.most, server.open)
            server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(server.pause)
        with server.lock:
            server.open -= 1
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, *args):
        pass


@contextmanager
def running(kind):
    with kind() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def receiver():
    with running(Receiver) as server:
        yield server


@pytest.fixture
def slow_receiver():
    with running(OneByOne) as server:
        yield server


def bodies(number):
    return [b'{"number": %d}' % index for index in range(number)]


def target(port):
    return Target("receiver", f"http://127.0.0.1:{port}/x", bodies, ceiling=500)


def test_a_burst_sends_each_body_once_and_all_at_once(receiver):
    receiver.pause = 0.2
    run = sender.burst(target(receiver.server_port), 50)
    assert run.count == len(run.times) == 50
    assert sorted(receiver.bodies) == sorted(bodies(50))
    assert receiver.most > 40
    assert min(run.times) >= 0.2


def test_in_flight_are_never_more_than_asked_for(receiver):
    receiver.pause = 0.01
    run = sender.keep_in_flight(target(receiver.server_port), 4, 0.5)
    assert receiver.most == 4
    assert run.count == len(receiver.bodies)
    assert 0.4 < run.seconds < 2


def test_other_statuses_are_errors_without_a_time(receiver):
    receiver.status = 500
    run = sender.burst(target(receiver.server_port), 5)
    assert (run.count, run.errors) == (0, {"500": 5})


def test_nobody_there():
    run = sender.burst(target(free_port()), 3)
    assert (run.count, run.errors) == (0, {"ECONNREFUSED": 3})


def test_at_a_pace_the_waiting_of_what_comes_behind_counts(slow_receiver):
    slow_receiver.pause = 0.05
    run = sender.keep_pace(target(slow_receiver.server_port), 100, 0.5)
    assert run.count == 50
    assert max(run.times) > 0.5


def test_connections_that_stay_open_in_a_child_once_answered(receiver):
    copies = {}

    def keep_copies():
        """Do what a process that is being forked does for a moment."""
        for descriptor in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                if not os.readlink(descriptor).startswith("socket:"):
                    continue
                with socket.fromfd(int(descriptor.name), socket.AF_INET, 0) as connection:
                    if connection.getpeername() == receiver.server_address:
                        copies.setdefault(connection.getsockname(), connection.dup())

    def requests():
        for body in bodies(50):
            yield load.request("/x", body)
            keep_copies()

    result = load.send(receiver.server_port, requests(), in_flight=4)
    for connection in copies.values():
        connection.close()
    assert len(copies) > 40
    assert result.statuses == {200: 50}
