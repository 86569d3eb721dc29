"""Events to post: each another one, so that none is known already."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from itertools import count

from dev.sandbox.message import Received
from dev.sandbox.provider import Provider
from dev.sandbox.script import Step

Bodies = Callable[[int], list[bytes]]

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
            "timestamp": f"{datetime.now(timezone.utc):%F %T}",
            "status": "Entregado",
            "response": "250 2.0.0 OK",
        }
        return json.dumps(event).encode()

    return lambda number: [body() for _ in range(number)]


def of_mails(provider: Provider, mails: Sequence[Received]) -> Bodies:
    """Make a provider's notifications of mails that Odoo sent, which the job can apply."""
    # Each as if by another reader at another second: the same one twice would be a duplicate.
    serial = count()
    start = datetime.now(timezone.utc)

    def body() -> bytes:
        number = next(serial)
        mail, step = mails[number % len(mails)], _STEPS[number // len(mails) % len(_STEPS)]
        occurred_at = start - timedelta(seconds=number // len(mails))
        [event] = provider.events_for(mail, step, occurred_at)
        return json.dumps(event).encode()

    return lambda number: [body() for _ in range(number)]
