# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's events. Source: dev.mailjet.com, guide "Event API"."""

from datetime import datetime, timezone

from ..base import Event, EventError, address, identifier, text, utc

EVENTS = {
    "sent": "delivered",  # accepted by the recipient's server
    "open": "opened",
    "click": "clicked",
    "bounce": "bounced",
    "blocked": "rejected",  # Mailjet did not try
    "spam": "complained",
    "unsub": "unsubscribed",
}


def translate(payload):
    """Return the `Event` of a payload; see `Provider.translate`."""
    name = (text(payload.get("event")) or "").lower()
    if not name:
        raise EventError('Not an event of Mailjet: it has no "event"')
    event_type = EVENTS.get(name, "unknown")
    bounce_type = None
    if event_type == "bounced":
        event_type, bounce_type = classify_bounce(payload)
    return Event(
        event_type=event_type,
        bounce_type=bounce_type,
        stream="smtp",
        recipient=address(payload.get("email")),
        occurred_at=utc(parse_time(payload.get("time"))),
        reference=text(payload.get("CustomID")),
        # Message_GUID first: MessageID is seen rounded to what a double can hold
        provider_message_id=identifier(payload.get("Message_GUID")) or message_id(payload),
        provider_campaign=text(payload.get("customcampaign")),
        provider_contact=text(payload.get("mj_contact_id")),
        reason=reason(payload),
        url=text(payload.get("url")),
        place=text(payload.get("geo")),
        user_agent=text(payload.get("agent")),
    )


def classify_bounce(payload):
    """Return event type and bounce type; a greylisted mail is tried again by Mailjet."""
    if str(payload.get("hard_bounce")).lower() == "true":
        return "bounced", "hard"
    if (text(payload.get("error")) or "").lower() == "greylisted":
        return "deferred", None
    return "bounced", "soft"


def message_id(payload):
    """Return MessageID as text; 0 stands for none."""
    value = identifier(payload.get("MessageID"))
    return value if value != "0" else None


def reason(payload):
    """Return why a mail bounced or was blocked, or which feedback loop reported it."""
    parts = [text(payload.get(key)) for key in ("error_related_to", "error", "comment", "source")]
    return text(": ".join(filter(None, parts)))


def parse_time(value):
    """Return the moment of a Unix time in seconds, or None."""
    try:
        return datetime.fromtimestamp(int(value), timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
