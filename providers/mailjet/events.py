# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's events. Source: dev.mailjet.com, guide "Event API"."""

from typing import Any

from ..base import Event, EventError, address, identifier, nonzero, text, unix_time
from .event_errors import ERRORS, FINAL, find_error

EVENTS = {
    "sent": "delivered",  # accepted by the recipient's server
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "blocked": "rejected",  # Mailjet did not try
    "spam": "complained",
    "unsub": "unsubscribed",
}
ABOUT_RECIPIENT = ("recipient", "domain")  # classes of errors


def translate(payload: dict[str, Any]) -> Event:
    """Return the `Event` of a payload; see `Provider.translate`."""
    name = (text(payload.get("event")) or "").lower()
    if not name:
        raise EventError('Not an event of Mailjet: it has no "event"')
    event_type = EVENTS.get(name, "unknown")
    bounce_type = error = None
    related_to = text(payload.get("error_related_to"))
    if event_type in ("bounced", "rejected"):
        error = find_error(text(payload.get("error")), related_to)
    is_final = str(payload.get("hard_bounce")).strip().lower() == "true"
    if event_type == "bounced":
        event_type, bounce_type = classify_bounce(error, related_to, is_final)
    return Event(
        event_type=event_type,
        bounce_type=bounce_type,
        failure=ERRORS[error].failure if error else None,
        provider_error=FINAL.get(error, error) if error and is_final else error,
        origin="relayed",
        recipient=address(payload.get("email")),
        occurred_at=unix_time(payload.get("time")),
        token=text(payload.get("CustomID")),
        # Message_GUID first: MessageID sometimes comes rounded, as a double.
        provider_message_id=(
            identifier(payload.get("Message_GUID")) or nonzero(payload.get("MessageID"))
        ),
        provider_campaign=text(payload.get("customcampaign")),
        provider_contact=nonzero(payload.get("mj_contact_id")),
        reason=reason(payload),
        url=text(payload.get("url"), None),
        place=text(payload.get("geo")),
        country=text(payload.get("geo")),
        user_agent=text(payload.get("agent")),
    )


def classify_bounce(
    error: str | None, related_to: str | None, is_final: bool
) -> tuple[str, str | None]:
    """Return event type and bounce type.

    :param error: a key of `ERRORS`
    :param related_to: the class of the error, in Mailjet's words
    :param is_final: what the event says of itself in `hard_bounce`: seen as true, "true"
        and ""
    """
    told = "hard" if is_final else "soft"
    kind = ERRORS[error].bounce if error else "told"
    if not error and (related_to or "recipient").lower() not in ABOUT_RECIPIENT:
        kind = "soft"  # it isn't known whether the recipient is the cause
    if kind == "rejected" or (kind == "deferred" and told == "soft"):
        return kind, None
    return "bounced", kind if kind in ("hard", "soft") else told


def reason(payload: dict[str, Any]) -> str | None:
    """Return why a mail bounced or was blocked, or which feedback loop reported it."""
    parts = [text(payload.get(key)) for key in ("error_related_to", "error", "comment", "source")]
    return text(": ".join(filter(None, parts)))
