"""Mails sent as Odoo sends them, and a receiver for what the sandbox posts."""

import json
import smtplib
import threading
import time
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from lab.sandbox import Sandbox


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=["aldeamo", "mailjet"])
def provider(request, sandbox):
    return getattr(sandbox, request.param)


def mail(to="ana@cliente.example", **headers):
    """A mail of a mailing, with more headers (``_`` for ``-``)."""
    email = EmailMessage()
    email["From"] = "Ventas <ventas@empresa.example>"
    email["To"] = to
    email["Subject"] = "Promoción de mañana"
    email["Message-Id"] = "<1.odoo@empresa.example>"
    for name, value in headers.items():
        email[name.replace("_", "-")] = value
    email.set_content("Hola")
    email.add_alternative(
        '<a href="https://empresa.example/r/a?x=1&amp;y=2">Ver</a>', subtype="html"
    )
    return email


def connect(provider):
    """A connection that is encrypted and logged in."""
    smtp = smtplib.SMTP(provider.smtp_host, provider.smtp_port, timeout=10)
    smtp.starttls()
    smtp.login(provider.user, provider.password)
    return smtp


def send(provider, *emails):
    """Send mails over one connection; return what the provider received."""
    before = len(provider.received)
    with connect(provider) as smtp:
        for email in emails:
            smtp.send_message(email)
    return provider.received[before:]


@pytest.fixture
def http(sandbox):
    """A client that trusts the sandbox's certificate and nothing else."""
    with requests.Session() as session:
        session.trust_env = False  # the environment's certificates would come first
        session.verify = sandbox.ca_bundle
        yield session


class MailjetClient:
    """Calls Mailjet's API with the right key."""

    def __init__(self, http, mailjet):
        self._http = http
        self._mailjet = mailjet

    def call(self, method, path, json=None, **options):
        options = {"auth": (self._mailjet.user, self._mailjet.password), **options}
        return self._http.request(method, self._mailjet.api_url + path, json=json, **options)

    def send(self, *messages, **properties):
        return self.call("POST", "/v3.1/send", {"Messages": list(messages), **properties})

    def rest(self, method, path, json=None, **options):
        return self.call(method, f"/v3/REST/{path}", json, **options)


@pytest.fixture
def client(http, mailjet):
    return MailjetClient(http, mailjet)


def mailjet_message(to="ana@cliente.example", **properties):
    """A message of the Send API; a property that is ``None`` is left out."""
    message = {
        "From": {"Email": "ventas@empresa.example", "Name": "Ventas"},
        "To": [{"Email": to}],
        "Subject": "Promoción de mañana",
        "HTMLPart": '<a href="https://empresa.example/r/a">Ver</a>',
        **properties,
    }
    return {name: value for name, value in message.items() if value is not None}


def aldeamo_message(recipient="ana@cliente.example", **properties):
    """A message of Aldeamo's API; a property that is ``None`` is left out."""
    message = {
        "to": [{"email": recipient}],
        "from": {"email": "ventas@empresa.example", "name": "Ventas"},
        "replyTo": {"email": "ventas@empresa.example", "name": "Ventas"},
        "subject": "Promoción de mañana",
        "body": "<p>Hola</p>",
        **properties,
    }
    return {name: value for name, value in message.items() if value is not None}


@pytest.fixture
def aldeamo_send(http, aldeamo):
    """Sends a message through Aldeamo's API with the right key."""

    def send(message, **options):
        headers = {"Authorization": f"Bearer {aldeamo.api_key}"}
        return http.post(aldeamo.api_url, **{"json": message, "headers": headers, **options})

    return send


class _Server(ThreadingHTTPServer):
    # With the default of 5, connections made at once wait a second for their SYN to be resent.
    request_queue_size = 128


class Receiver:
    """An HTTP server that keeps the bodies it gets.

    :ivar authorizations: the Authorization headers it got
    :ivar statuses: what it answers to the first requests; 200 to all others
    :ivar delay: seconds before it answers
    """

    def __init__(self):
        self.bodies = []
        self.authorizations = []
        self.statuses = []
        self.delay = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.bodies.append(json.loads(body))
                receiver.authorizations.append(self.headers["Authorization"])
                time.sleep(receiver.delay)
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, *args):
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/mail_provider/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver
