"""Mailjet: the bodies of its Event API (version 2) and what it does to the headers of a mail.

Source: Mailjet's developer guides, "Event API: real-time notifications" and "SMTP relay",
"Template language".
"""

from __future__ import annotations

import copy
import json
import uuid
from binascii import crc32
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from itertools import groupby, islice
from typing import Any

from .message import AcceptedMail
from .readers import Reader
from .script import Step
from .templates import fill_mailjet, with_content

_Extra = Callable[[Any, Any], dict[str, Any]]
# Not documented; keeps a body within some tens of kB.
_GROUP = 50
_WHERE = {
    "ip": "2001:db8::5",
    "geo": "CO",
    "agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0",
}


def event(
    message: AcceptedMail, recipient: str, step: Step, occurred_at: datetime
) -> dict[str, Any]:
    """The event that tells what happened to one recipient of a message.

    :param occurred_at: aware
    :raises KeyError: Mailjet has no event for this step
    """
    name, extra = _EXTRAS[step]
    campaign = message.raw_header("X-Mailjet-Campaign")
    return {
        "event": name,
        "time": int(occurred_at.timestamp()),
        "MessageID": message_id(message, recipient),
        "Message_GUID": message_guid(message, recipient),
        "email": recipient,
        "mj_campaign_id": crc32(campaign.encode()),
        # over 32 bits, as seen in reality
        "mj_contact_id": 9_000_000_000 + crc32(recipient.encode()),
        "customcampaign": campaign,
        "CustomID": message.raw_header("X-MJ-CustomID"),
        "Payload": message.raw_header("X-MJ-EventPayload"),
        **extra(message, recipient),
    }


def read_by(reader: Reader, message: AcceptedMail, step: Step) -> dict[str, Any]:
    """What an event of that reader says otherwise than `event`."""
    if step not in (Step.OPENED, Step.CLICKED):
        return {}
    program = reader.program(step)
    place = program.place or reader.place
    read = {"ip": place.ip, "geo": place.code, "agent": program.agent}
    return {**read, "url": reader.link(message)} if step is Step.CLICKED else read


def failure(step: Step) -> dict[str, Any]:
    """Why a mail failed, in the fields of an event; empty for a step that is no failure."""
    if step not in (Step.HARD_BOUNCE, Step.SOFT_BOUNCE, Step.BLOCKED):
        return {}
    return _EXTRAS[step][1](None, None)


def bodies(events: list[dict[str, Any]]) -> list[dict[str, Any] | list[dict[str, Any]]]:
    """Version 2: events of the same second go as one array, of mixed types."""
    grouped: list[dict[str, Any] | list[dict[str, Any]]] = []
    for _second, same in groupby(events, key=lambda event: event["time"]):
        while group := list(islice(same, _GROUP)):
            grouped.append(group if len(group) > 1 else group[0])
    return grouped


def delivered(message: AcceptedMail, templates: dict[Any, Any]) -> EmailMessage:
    """What the recipient gets: its template filled in, without the control headers, under a
    Message-Id of Mailjet's."""
    email = _templated(message, templates) or copy.deepcopy(message.email)
    for name in set(email.keys()):
        if name.lower().startswith(("x-mailjet-", "x-mj-")):
            del email[name]
    del email["Message-Id"]
    email["Message-Id"] = f"<{message.id_for(message.recipients[0]).hex[:8]}.sandbox@mailjet.com>"
    return email


def message_id(message: AcceptedMail, recipient: str) -> int:
    # The 60 bits of the time in a version 1 UUID; the bit above makes it 19 digits long.
    return 1 << 60 | message.id_for(recipient).time


def message_guid(message: AcceptedMail, recipient: str) -> str:
    return str(uuid.UUID(int=message.id_for(recipient).int, version=4))


def template_parts(content: str | dict[str, str]) -> tuple[str | None, str | None]:
    """HTML and text of a template: a text is HTML alone, a dictionary is as the ``detailcontent``
    of a template."""
    if isinstance(content, str):
        return content, None
    return content.get("Html-part"), content.get("Text-part")


def _templated(message: AcceptedMail, templates: dict[Any, Any]) -> EmailMessage | None:
    template_id = message.raw_header("X-MJ-TemplateID")
    if not template_id.isdigit() or int(template_id) not in templates:
        return None
    html, text = template_parts(templates[int(template_id)])
    subject = message.subject
    if message.raw_header("X-MJ-TemplateLanguage").lower() in ("1", "true"):
        values = _variables(message.raw_header("X-MJ-Vars"))
        html, text = (part and fill_mailjet(part, values) for part in (html, text))
        subject = fill_mailjet(subject, values)
    email = with_content(message.email, html, text)
    del email["Subject"]
    email["Subject"] = subject
    return email


def _variables(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _sent(message: AcceptedMail, recipient: str) -> dict[str, Any]:
    return {
        "mj_message_id": str(message_id(message, recipient)),
        "smtp_reply": "sent (250 2.0.0 OK)",
    }


def _clicked(message: AcceptedMail, recipient: str) -> dict[str, Any]:
    return {"url": message.link or "https://www.example.com/", **_WHERE}


def _constant(**extra: Any) -> _Extra:
    return lambda message, recipient: extra


_EXTRAS: dict[Step, tuple[str, _Extra]] = {
    Step.DELIVERED: ("sent", _sent),
    Step.OPENED: ("open", _constant(**_WHERE)),
    Step.CLICKED: ("click", _clicked),
    Step.HARD_BOUNCE: (
        "bounce",
        _constant(
            blocked=True,
            hard_bounce=True,
            error_related_to="recipient",
            error="user unknown",
            comment="550 5.1.1 The email account that you tried to reach does not exist.",
        ),
    ),
    Step.SOFT_BOUNCE: (
        "bounce",
        _constant(
            blocked=False,
            hard_bounce=False,
            error_related_to="recipient",
            error="quota exceeded",
            comment="452 4.2.2 The recipient's mailbox is over quota.",
        ),
    ),
    Step.BLOCKED: ("blocked", _constant(error_related_to="mailjet", error="preblocked")),
    Step.COMPLAINED: ("spam", _constant(source="JMRPP")),
    Step.UNSUBSCRIBED: (
        "unsub",
        _constant(mj_list_id=0, ip="2001:db8::5", geo="CO", agent="List-Unsubscribe"),
    ),
}
