"""`make demo ONCE=1`: its exit status says whether the product works. Without ONCE it plays on."""

import socket
import time
from urllib.parse import urlsplit

from lab import demo
from lab.sandbox import webhook

UPGRADE = """\
GET /websocket HTTP/1.1
Host: {host}
Connection: Upgrade
Upgrade: websocket
Origin: http://{host}
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

"""


def test_late_answers_are_told_and_do_not_decide(monkeypatch, capsys):
    """On a machine on which no answer is in time."""
    monkeypatch.setattr(webhook, "_SLOW", 0.0)
    status = demo.main(["--once", "--contacts=12"])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "answers took more than 100 ms" in printed
    assert "WEBHOOK_SERVER=1" in printed
    assert "Everything as expected." in printed


def test_it_plays_on(monkeypatch, capsys):
    running = []
    introduce = demo._introduce

    def introduced(odoo, sandbox):
        running.extend((odoo, sandbox))
        introduce(odoo, sandbox)

    def look():
        odoo = running[0]
        assert handshake(odoo).startswith("HTTP/1.1 101")
        watching = [("cron_name", "=", "Email: Notify of Stopped Servers")]
        assert odoo.rpc("ir.cron", "search_count", watching) == 1
        assert not odoo.rpc("mail.activity", "search", [])
        mail = odoo.rpc(
            "mail.mail",
            "create",
            {
                "subject": "Hola",
                "body_html": "<p>Hola</p>",
                "email_from": "admin@empresa.example",
                "email_to": "bounce@cliente.example",
            },
        )
        odoo.rpc("mail.mail", "send", [mail])
        wait(lambda: status(odoo, "bounce@cliente.example") == ["bounce"])

    monkeypatch.setattr(demo, "_introduce", introduced)
    monkeypatch.setattr(demo, "_stay", look)
    assert demo.main(["--contacts=4"]) == 0
    odoo, sandbox = running
    printed = capsys.readouterr().out
    for key in (sandbox.mailjet.password, sandbox.aldeamo.api_key, sandbox.aldeamo.password):
        assert key in printed
    log = odoo.log_path.read_text()
    assert "websocket" not in "".join(line for line in log.splitlines() if "ERROR" in line)


def handshake(odoo):
    """Open the bus of the web client as a browser does; return the answer's first line."""
    url = urlsplit(odoo.url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        request = UPGRADE.format(host=url.netloc).replace("\n", "\r\n")
        connection.sendall(request.encode())
        return connection.recv(1000).decode().partition("\r\n")[0]


def status(odoo, recipient):
    domain = [("recipient", "=", recipient)]
    found = odoo.rpc("mail.delivery", "search_read", domain, ["status"])
    return [delivery["status"] for delivery in found]


def wait(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.5)
