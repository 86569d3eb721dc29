"""Mailjet's resources ``message`` and ``messagehistory``: what became of an accepted mail.

Source: the resources' references. A row is one recipient of a mail, however it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from .faults import ApiFault
from .mailjet import failure, message_guid, message_id
from .mailjet_account import MailjetAccount
from .mailjet_rest import Resource
from .message import AcceptedMail
from .script import Step

# Both resources spell them in their own way: status of a message, type of a row of its history.
_SPELLINGS = {
    Step.DELIVERED: ("sent", "sent"),
    Step.OPENED: ("opened", "opened"),
    Step.CLICKED: ("clicked", "clicked"),
    Step.HARD_BOUNCE: ("hardbounced", "bounced"),
    Step.SOFT_BOUNCE: ("softbounced", "bounced"),
    Step.COMPLAINED: ("spam", "spam"),
    Step.UNSUBSCRIBED: ("unsub", "unsub"),
    Step.BLOCKED: ("blocked", "blocked"),
}
# Numbers of ``messagestate``.
_STATES = {"user unknown": 1, "quota exceeded": 3, "preblocked": 14}


class Messages(Resource):
    """What is accepted is found ``index_delay`` later, and later still where a plan says so."""

    def __init__(self, account: MailjetAccount):
        self._account = account

    def rows(self, query: dict[str, str]) -> list[dict[str, Any]]:
        return [
            _row(message, recipient, self.steps(message, recipient), query)
            for message, recipient in self._found()
            if query.get("CustomID") in (None, message.raw_header("X-MJ-CustomID"))
            and float(query.get("FromTS", 0))
            <= message.received_at.timestamp()
            <= float(query.get("ToTS", "inf"))
        ]

    def find(self, key: str) -> dict[str, Any] | None:
        found = self.recipient(key)
        return found and _row(*found, self.steps(*found), {})

    def recipient(self, key: str) -> tuple[AcceptedMail, str] | None:
        """Whom the message with that id went to."""
        return next((pair for pair in self._found() if str(message_id(*pair)) == key), None)

    def steps(self, message: AcceptedMail, recipient: str) -> list[tuple[Step, datetime]]:
        """The events of a recipient, in order of time."""
        made = [
            (step, at)
            for other, address, step, at in self._account.history
            if other is message and address == recipient
        ]
        return sorted(made, key=lambda event: event[1])

    def _found(self) -> Iterator[tuple[AcceptedMail, str]]:
        now = datetime.now(timezone.utc)
        for message in list(self._account.received):
            delay = self._account.index_delay + self._lag(message)
            if message.received_at <= now - timedelta(seconds=delay):
                yield from ((message, recipient) for recipient in message.recipients)

    def _lag(self, message: AcceptedMail) -> float:
        plan = self._account.api.plan
        if plan is None or not message.recipients:
            return 0.0
        lags = plan.strikes(ApiFault.LOOK_UP_LAGGING, message.recipients[0])
        return plan.patience if lags else 0.0


class History(Resource):
    """Asked for by the id of a message; the answer has a row for each event."""

    def __init__(self, messages: Messages):
        self._messages = messages

    def find(self, key: str) -> dict[str, Any] | None:
        found = self._messages.recipient(key)
        return found and {"steps": self._messages.steps(*found)}

    def shown(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "Comment": failure(step).get("comment", ""),
                "EventAt": int(at.timestamp()),
                "EventType": _SPELLINGS[step][1],
                "State": failure(step).get("error", ""),
                "Useragent": "",
                "UseragentID": 0,
            }
            for step, at in row["steps"]
        ]


def _row(
    message: AcceptedMail, recipient: str, steps: list[tuple[Step, datetime]], query: dict[str, str]
) -> dict[str, Any]:
    def shown(switch: str, value: str) -> str:
        return value if query.get(switch, "").lower() in ("1", "true") else ""

    email = message.email
    failed = failure(steps[-1][0]) if steps else {}
    return {
        "ArrivedAt": f"{message.received_at:%FT%TZ}",
        "AttachmentCount": sum(1 for _part in email.iter_attachments()),
        "AttemptCount": 0,
        "CampaignID": 0,
        "ContactAlt": shown("ShowContactAlt", recipient),
        "ContactID": 1,
        "CustomID": shown("ShowCustomID", message.raw_header("X-MJ-CustomID")),
        "Delay": 0,
        "DestinationID": 1,
        "FilterTime": 0,
        "ID": message_id(message, recipient),
        "IsClickTracked": message.raw_header("X-Mailjet-TrackClick") == "1",
        "IsHTMLPartIncluded": email.get_body(("html",)) is not None,
        "IsOpenTracked": message.raw_header("X-Mailjet-TrackOpen") == "1",
        "IsTextPartIncluded": email.get_body(("plain",)) is not None,
        "IsUnsubTracked": False,
        "MessageSize": 0,
        "SenderID": 1,
        "SpamassRules": "",
        "SpamassassinScore": 0,
        "StateID": _STATES.get(failed.get("error", ""), 0),
        "StatePermanent": failed.get("hard_bounce", False),
        "Status": _SPELLINGS[steps[-1][0]][0] if steps else "queued",
        "Subject": shown("ShowSubject", message.subject),
        "UUID": message_guid(message, recipient),
    }
