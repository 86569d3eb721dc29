"""The peer: OCA's `mail_tracking_mailgun`, in a folder of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from itertools import count
from pathlib import Path

from dev.databases import fresh_peer_database
from dev.oca_addons import install
from dev.odoo import Odoo
from dev.paths import STATE
from dev.postgres import Server
from dev.sql import execute, value
from lab.bench.sender import Target

ADDON = "mail_tracking_mailgun"
_VERSIONS = {"mail_tracking": "17.0.1.0.5", ADDON: "17.0.1.0.1.1"}
_FOLDER = STATE / "peer"
_KEY = "signing-key"
# Each event is about a mail of its own, as in a mailing: events about one mail wait for each other.
_MAILS = 20_000
# Seconds; the addon refuses an event of this very moment.
_AGE = 5


def addons_folder() -> Path:
    """Return the folder with the addons, after installing them there if need be.

    :raises Stop: they cannot be installed, with the reason
    """
    return install(_FOLDER, _VERSIONS)


def database(pg: Server, name: str) -> str:
    """Return a fresh database with the addon, set up to take events."""
    full_name = fresh_peer_database(pg, name, ADDON, addons_folder())
    execute(
        pg,
        full_name,
        """
        INSERT INTO ir_config_parameter (key, value)
        VALUES ('mailgun.apikey', 'key'), ('mailgun.domain', 'empresa.example'),
               ('mailgun.webhook_signing_key', %s);
        INSERT INTO mail_tracking_email (name, recipient, recipient_address, state, token)
        SELECT 'Promociones', 'cliente-' || n || '@cliente.example',
               'cliente-' || n || '@cliente.example', 'sent', md5(n::text)
          FROM generate_series(1, %s) AS n;
        ANALYZE mail_tracking_email;
        """,
        _KEY,
        _MAILS,
    )
    return full_name


def stored(pg: Server, name: str) -> int:
    """Return how many events the addon has stored in the database of this full name."""
    return int(value(pg, name, "SELECT count(*) FROM mail_tracking_event"))


def target(odoo: Odoo) -> Target:
    """Return the addon's webhook."""
    serial = count()

    def body() -> bytes:
        number = next(serial)
        now = int(time.time()) - _AGE
        token = uuid.uuid4().hex
        signature = hmac.new(_KEY.encode(), f"{now}{token}".encode(), hashlib.sha256).hexdigest()
        recipient = f"cliente-{number % _MAILS + 1}@cliente.example"
        event = {
            "event": "delivered",
            "id": uuid.uuid4().hex,
            "timestamp": now,
            "recipient": recipient,
            "message": {"headers": {"message-id": f"{number}@empresa.example"}},
            "user-variables": {
                "odoo_db": odoo.database,
                "tracking_email_id": str(number % _MAILS + 1),
            },
        }
        signed = {"timestamp": str(now), "token": token, "signature": signature}
        return json.dumps({"signature": signed, "event-data": event}).encode()

    return Target(
        "OCA",
        f"{odoo.url}/mail/tracking/mailgun/all",
        lambda number: [body() for _ in range(number)],
        ceiling=500,
    )
