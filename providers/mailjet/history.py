# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Mailjet remembers of an e-mail: its resources ``message`` and ``messagehistory``.

Sources: dev.mailjet.com, references of both; the official SDKs.
"""

from typing import Any

from ..account import SentMail
from ..base import address, identifier, nonzero, text
from .events import EVENTS

# Type of a row of the history → the event's name where it is posted.
POSTED = {
    "sent": "sent",
    "opened": "open",
    "clicked": "click",
    "bounced": "bounce",
    "blocked": "blocked",
    "spam": "spam",
    "unsub": "unsub",
}
# Status of a message → the type of event that it follows from. "queued", "deferred" and
# "unknown" follow from none.
LATEST = {
    **{kind: EVENTS[name] for kind, name in POSTED.items()},
    **dict.fromkeys(("bounce", "hardbounced", "softbounced"), "bounced"),
}


def read_message(row: dict[str, Any]) -> SentMail:
    """Return the `SentMail` of a row of ``message``."""
    status = str(row.get("Status")).strip().lower()
    return SentMail(
        remote_id=nonzero(row.get("ID")) or "",
        message_id=identifier(row.get("UUID")),
        token=text(row.get("CustomID")),
        recipient=address(row.get("ContactAlt")),
        latest=LATEST.get(status),
        is_permanent=status == "hardbounced" or row.get("StatePermanent") is True,
    )


def as_posted(mail: SentMail, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of ``messagehistory`` as the events that the webhook would have got.

    The history knows neither links nor places.
    """
    named = [(POSTED.get(str(row.get("EventType")).strip().lower()), row) for row in rows]
    bounces = [row for name, row in named if name == "bounce"]
    events = []
    for name, row in named:
        if not name:
            continue
        event = {
            "event": name,
            "time": row.get("EventAt"),
            "MessageID": int(mail.remote_id) if mail.remote_id.isdecimal() else 0,
            "Message_GUID": mail.message_id or "",
            "email": mail.recipient or "",
            "CustomID": mail.token or "",
            "agent": row.get("Useragent") or "",
        }
        if name in ("bounce", "blocked"):
            event |= {"error": row.get("State") or "", "comment": row.get("Comment") or ""}
        if name == "bounce":
            # The message's status is about its last bounce.
            event["hard_bounce"] = mail.is_permanent and row is max(bounces, key=moment)
        events.append(event)
    return events


def moment(row: dict[str, Any]) -> int:
    """Return the Unix time of a row, or 0."""
    return row["EventAt"] if isinstance(row.get("EventAt"), int) else 0
