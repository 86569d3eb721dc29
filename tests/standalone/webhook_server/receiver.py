"""The webhook server as its tests use it, and what they send."""

import json
import socket
import time
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import requests

from dev import sql
from lab import load

SECRETS = {"aldeamo": "aldeamo-secret", "mailjet": "mailjet-secret"}
serial = count(1)


def event(**values):
    """An event of Aldeamo's that nobody has seen yet."""
    return {
        "event": "open",
        "type": "SMTP",
        "email": f"ana{next(serial)}@example.com",
        "timestamp": "2026-03-02 07:00:00",
        **values,
    }


class Receiver:
    """A database with a server of each provider, and the webhook server on it."""

    def __init__(self, pg, database):
        self.pg = pg
        self.database = database
        self.servers = {code: self._make_server(code) for code in SECRETS}
        self.webhook_server = None

    def path(self, code="aldeamo"):
        return f"/mail_provider/{self.servers[code]}-{SECRETS[code]}"

    def url(self, code="aldeamo"):
        return self.webhook_server.url + self.path(code)

    def post(self, body, code="aldeamo", **options):
        data = json.dumps(body) if isinstance(body, (dict, list)) else body
        return requests.post(self.url(code), data, timeout=10, **options)

    def connect(self, database=None):
        return sql.connect(self.pg, database or self.database)

    def query(self, statement, *values):
        return sql.execute(self.pg, self.database, statement, *values)

    def stored(self, patience=15):
        """Wait until the spool is empty; return the payloads that are stored."""
        self.wait(lambda: self.waiting() == 0, patience)
        return [json.loads(row[0]) for row in self.query("SELECT payload FROM mail_tracking")]

    def waiting(self):
        return self.query("SELECT count(*) FROM mail_tracking_spool")[0][0]

    def wait(self, is_so, patience=15):
        deadline = time.monotonic() + patience
        log = Path(self.webhook_server.log_path)
        while not is_so():
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.1)

    @contextmanager
    def locked(self, table):
        """Another transaction holds what an upgrade holds while it alters a table."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield

    def _make_server(self, code):
        ((server,),) = self.query(
            """
            INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_encryption,
                                        smtp_authentication, transport, provider_tracking,
                                        active, sequence, provider, webhook_secret)
            VALUES (%s, '127.0.0.1', 25, 'none', 'login', 'smtp', 'auto', true, 1, %s, %s)
            RETURNING id
            """,
            code,
            code,
            SECRETS[code],
        )
        return server


def requests_for(receiver, number, **values):
    path = receiver.path()
    return [load.request(path, json.dumps(event(**values)).encode()) for _n in range(number)]


def raw(port, *parts, pause=0.05):
    """Send bytes; return everything that comes back until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        return received(connection)


def received(connection):
    answer = b""
    while chunk := connection.recv(65536):
        answer += chunk
    return answer


def statuses(answer):
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def request_line(path, *headers, method="POST"):
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: x", *headers, "", "")).encode()
