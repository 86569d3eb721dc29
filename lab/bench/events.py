"""Events to post. No two are the same, so that none is taken for a duplicate."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import count

from lab.sandbox.message import AcceptedMail
from lab.sandbox.provider import FakeProvider
from lab.sandbox.script import Step

Bodies = Callable[[int], list[bytes]]

# Aldeamo writes the times of Colombia.
_COLOMBIA = timezone(timedelta(hours=-5))
_STEPS = (Step.DELIVERED, Step.OPENED, Step.CLICKED)


def deliveries() -> Bodies:
    """Make Aldeamo's notifications of mails that were delivered (manual, 8.10)."""

    def body() -> bytes:
        event = {
            "type": "SMTP",
            "event": "sent",
            "relid": 1470,
            "to": "cliente@cliente.example",
            "ip": "203.0.113.7",
            "subject": "Promociones de la semana",
            "sender": "tienda@empresa.example",
            "origin": "SMTP",
            "msgid": str(uuid.uuid4()),
            "custom_headers": {},
            "timestamp": f"{datetime.now(_COLOMBIA):%F %T}",
            "status": "Entregado",
            "response": "250 2.0.0 OK",
        }
        return json.dumps(event).encode()

    return lambda number: [body() for _ in range(number)]


def of_mails(provider: FakeProvider, mails: Sequence[AcceptedMail]) -> Bodies:
    """Make Aldeamo's notifications of mails that Odoo sent, which the job can apply."""
    now = datetime.now(_COLOMBIA)
    events = [event for mail in mails for step in _STEPS
              for event in provider.events_for(mail, step, now)]  # fmt: skip
    serial = count()

    def body() -> bytes:
        number = next(serial)
        # Each time a second earlier: the same event twice would be a duplicate.
        occurred_at = now - timedelta(seconds=number // len(events))
        event = {**events[number % len(events)], "timestamp": f"{occurred_at:%F %T}"}
        return json.dumps(event).encode()

    return lambda number: [body() for _ in range(number)]
