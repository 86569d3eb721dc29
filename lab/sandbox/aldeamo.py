"""Aldeamo: the bodies of its notifications for SMTP mail (manual V6, sections 8.3 and 8.7 to 8.11).

Names, types and oddities are those of the manual's samples: ``relid`` is a number, a text or
spelt ``reid``, the recipient is ``to`` or ``email``, and every text time is GMT-5.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from typing import Any

from .message import AcceptedMail
from .readers import Reader
from .script import Step
from .templates import fill_aldeamo, with_content

_Body = Callable[[AcceptedMail, str, str], dict[str, Any]]

# The first is the category the demo uses as the name of a mailing list.
CATEGORIES = {"Promociones": "cancelled", "Novedades": "active"}

_ACCOUNT = 1470
_TAG = re.compile(r"\*\|tid:([^|]*)\|\*\s*")
_COLOMBIA = timezone(timedelta(hours=-5))


def event(
    message: AcceptedMail, recipient: str, step: Step, occurred_at: datetime
) -> dict[str, Any]:
    """The body that tells what happened to one recipient of a message.

    :param occurred_at: aware
    :raises KeyError: Aldeamo has no event for this step
    """
    return _BODIES[step](message, recipient, f"{occurred_at.astimezone(_COLOMBIA):%F %T}")


def read_by(reader: Reader, message: AcceptedMail, step: Step) -> dict[str, Any]:
    """What an event of that reader says otherwise than `event`."""
    if step not in (Step.OPENED, Step.CLICKED):
        return {}
    program = reader.program(step)
    place = program.place or reader.place
    read = {
        "cityName": place.city,
        "regionName": place.region,
        "countryName": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "device_type": program.device,
        "browser": program.browser,
    }
    return {**read, "destination": reader.link(message)} if step is Step.CLICKED else read


def bodies(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One event a request (manual section 8)."""
    return events


def delivered(message: AcceptedMail, templates: dict[str, Any]) -> EmailMessage:
    """What the recipient gets: the manual names no header that Aldeamo takes away.

    A subject that begins with a template's tag (section 6) brings that template, filled in with
    the JSON that is the body; a body that is not JSON, and the mail stays as it is.
    """
    tag = _TAG.match(message.subject) if message.transport == "smtp" else None
    html = templates.get(tag[1]) if tag else None
    values = _variables(message.email) if html else None
    if not tag or not html or values is None:
        return message.email
    email = with_content(message.email, fill_aldeamo(html, values), None)
    del email["Subject"]
    email["Subject"] = fill_aldeamo(message.subject[tag.end() :], values)
    return email


def _variables(email: EmailMessage) -> dict[str, Any] | None:
    """The variables in the body: ``null``, in both parts, or an object; ``None``: neither."""
    parts = [email.get_body((kind,)) for kind in ("plain", "html")]
    try:
        bodies = [json.loads(part.get_content()) for part in parts if part]
    except ValueError:
        return None
    if bodies and all(body is None for body in bodies):
        return {}
    return bodies[-1] if bodies and isinstance(bodies[-1], dict) else None


def _custom_headers(message: AcceptedMail) -> dict[str, str]:
    """Section 8.7: not available for what comes by API."""
    if message.transport == "api":
        return {}
    headers = message.raw_headers()
    return {key.lower(): value for key, value in headers if key.lower().startswith("x-")}


def _transfer(event: str, account: str, status: str, response: str) -> _Body:
    """8.7 bounce, 8.10 sent."""

    def body(message: AcceptedMail, recipient: str, timestamp: str) -> dict[str, Any]:
        return {
            "type": "SMTP",
            "event": event,
            account: _ACCOUNT,
            "to": recipient,
            "ip": message.peer,
            "subject": message.subject,
            "sender": message.sender,
            "origin": message.transport.upper(),
            "msgid": str(message.id_for(recipient)),
            "custom_headers": _custom_headers(message),
            "timestamp": timestamp,
            "status": status,
            "response": response,
        }

    return body


def _opened(message: AcceptedMail, recipient: str, timestamp: str) -> dict[str, Any]:
    """8.9"""
    return {
        "type": "SMTP",
        "event": "open",
        "relid": _ACCOUNT,
        "msgid": str(message.id_for(recipient)),
        "subject": message.subject,
        "email": recipient,
        "custom_headers": _custom_headers(message),
        "cityName": "Mountain View",
        "regionName": "California",
        "countryName": "United States of America",
        "latitude": 37.40599060058594,
        "longitude": -122.0785140991211,
        "device_type": "unknown",
        "browser": "Google Mail",
        "timestamp": timestamp + "\n",
    }


def _clicked(message: AcceptedMail, recipient: str, timestamp: str) -> dict[str, Any]:
    """8.8"""
    return {
        "type": "SMTP",
        "event": "click",
        "relid": _ACCOUNT,
        "subject": message.subject,
        "email": recipient,
        "destination": message.link or "https://testdestination.com",
        "msgid": str(message.id_for(recipient)),
        # Empty, although the open sample of the same msgid shows headers: assume the worst.
        "custom_headers": {},
        "cityName": "Bogota",
        "regionName": "Distrito Capital de Bogota",
        "countryName": "Colombia",
        "latitude": 4.609710216522217,
        "longitude": -74.08174896240234,
        "device_type": "Desktop",
        "browser": "Chrome",
        "timestamp": timestamp + "\n",
    }


def _complained(message: AcceptedMail, recipient: str, timestamp: str) -> dict[str, Any]:
    """8.3: the only shape without ``type``; ``campid`` says that it was not a campaign."""
    return {
        "campid": "SMTP",
        "campaignName": "",
        "subject": message.subject,
        "event": "complaint",
        "relid": str(_ACCOUNT),
        "email": recipient,
        "timestamp": timestamp,
    }


def _subscription(change: str, **particular: Any) -> _Body:
    """8.11: names the address, never the message."""

    def body(message: AcceptedMail, recipient: str, timestamp: str) -> dict[str, Any]:
        return {
            "subscription_type": change,
            "type": "SMTP",
            "event": "unsubscribed",
            "relid": str(_ACCOUNT),
            "email": recipient,
            "domain": message.sender.rpartition("@")[2],
            **particular,
            "timestamp": timestamp,
        }

    return body


_BODIES: dict[Step, _Body] = {
    Step.DELIVERED: _transfer("sent", "reid", "Entregado", "OK"),
    Step.HARD_BOUNCE: _transfer(
        "bounce",
        "relid",
        "Rebote duro",
        "550 5.5.0 Requested action not taken: mailbox unavailable.",
    ),
    # The manual shows hard bounces only; the wording is the opposite of its "duro".
    Step.SOFT_BOUNCE: _transfer(
        "bounce", "relid", "Rebote suave", "452 4.2.2 The recipient's mailbox is over quota."
    ),
    Step.OPENED: _opened,
    Step.CLICKED: _clicked,
    Step.COMPLAINED: _complained,
    Step.UNSUBSCRIBED: _subscription(
        "domain subscription cancelled", reason="Cancelación de suscripción en un clic"
    ),
    Step.REACTIVATED: _subscription("domain subscription reactivated"),
    Step.CATEGORY_UPDATE: _subscription(
        "domain category update", categories=CATEGORIES, campid="12345"
    ),
}
