# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's Send API v3.1, and how its REST resources are read.

Sources: dev.mailjet.com, guide "Send API v3.1" and "Basics".
"""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from itertools import chain
from typing import Any, NoReturn

from ..api import (
    Api,
    ApiError,
    Credentials,
    Http,
    UnansweredError,
    outcome_without_answer,
    read_ids,
)
from ..base import Text, _
from ..meanings import in_doubt
from ..message import Attachment, Mailbox, Outgoing
from ..transport import Limits, Outcome, PreparedMail
from .errors import outcome_of_call, outcome_of_mail, reason_of_resource

MAX_SUBJECT = 255
PAGE = 1000  # rows: Mailjet's most; without a number it lists ten

# Headers that steer Mailjet over SMTP are properties of the API.
TRACKING = {"0": "disabled", "1": "enabled"}
PRIORITIES = {"0": 0, "1": 1, "2": 2, "3": 3}


def read_variables(value: str) -> dict[str, Any]:
    """Return a template's variables.

    :raises ValueError: there are none
    """
    variables = json.loads(value, parse_constant=no_number)
    if not isinstance(variables, dict):
        raise ValueError("no JSON object")
    return variables


def no_number(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which Python reads and JSON doesn't have."""
    raise ValueError(f"{name} is not JSON")


# Name of a header → the property that it becomes, and what makes its value of the header's
CONTROLS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "x-mj-customid": ("CustomID", str),
    "x-mj-eventpayload": ("EventPayload", str),
    "x-mailjet-campaign": ("CustomCampaign", str),
    "x-mailjet-trackopen": ("TrackOpens", TRACKING.get),
    "x-mailjet-trackclick": ("TrackClicks", TRACKING.get),
    "x-mailjet-prio": ("Priority", PRIORITIES.get),
    "x-mj-templateid": ("TemplateID", int),
    "x-mj-templatelanguage": ("TemplateLanguage", lambda value: value.lower() in ("1", "true")),
    "x-mj-vars": ("Variables", read_variables),
}
# Refused inside `Headers` (send-0011), besides those that have a property and those of
# `message.STRUCTURE`, which are none of `Outgoing.headers`.
FORBIDDEN = {
    "authentication-results",
    "delivered-to",
    "dkim-signature",
    "domainkey-status",
    "list-id",
    "received",
    "received-spf",
    "sender",
    "user-agent",
    "x-csa-complaints",
    "x-feedback-id",
    "x-mailer",
}
FORBIDDEN_PREFIXES = ("x-mailjet-", "x-mj-")


class MailjetApi(Api):
    # The second one for accounts made in the US region: the keys of one don't serve the other.
    urls = ("https://api.mailjet.com", "https://api.us.mailjet.com")
    has_key = False
    help = _(
        "Mails leave up to 50 at a time, and the same API and secret key serve. Mailjet gives "
        "each mail a Message-Id of its own; replies find their document all the same."
    )
    losses = (
        Text(_("Mailjet gives each email its own Message-Id. Odoo's is added to the References.")),
        Text(_("Some headers, such as List-Id, Sender and X-Mailer, are left out.")),
        Text(_("A subject is cut after 255 characters.")),
        Text(_("Only the first address for replies is kept.")),
        Text(_("An empty file is left out.")),
        Text(
            _(
                "A meeting invitation within the text, and every text after the first, are sent as "
                "files."
            )
        ),
    )
    # Mailjet stops at 15 MB, in decimal or binary megabytes; several calls are in memory at once.
    # The recipients are those of all mails of a call together.
    limits = Limits(messages=50, recipients=50, size=5_000_000)
    can_find = True

    def __init__(self, credentials: Credentials) -> None:
        self.user = credentials.user
        super().__init__(credentials)

    @staticmethod
    def _connect(credentials: Credentials) -> Http:
        return Http(credentials, auth=(credentials.user, credentials.password))

    @staticmethod
    def encode(mail: Outgoing, token: str) -> bytes:
        item = {**payload(mail), "CustomID": token}
        return json.dumps(item, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")

    def check(self) -> None:
        self.call("GET", "sender", params={"Limit": 1})

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Make a request to a resource, and return its answer's data.

        :param path: below ``/v3/REST/``
        :raises ApiError: when the answer isn't a 2xx or 304; `status` and `data` tell more
        """
        answer = self._http.patient(method, f"/v3/REST/{path}", **options)
        if answer.status // 100 == 2 or answer.status == 304:
            return answer.data if isinstance(answer.data, dict) else {}
        raise ApiError(reason_of_resource(answer), answer.status, answer.data)

    def rows(self, method: str, path: str, **options: Any) -> list[dict[str, Any]]:
        """Return the rows of an answer; see `call`."""
        rows = listed(self.call(method, path, **options).get("Data"))
        return [row for row in rows if isinstance(row, dict)]

    def pages(self, resource: str, **params: Any) -> Iterator[list[dict[str, Any]]]:
        """Yield all rows of a resource, page by page; see `call`."""
        count = 0
        while True:
            paging = {"Limit": PAGE, "Offset": count, "Sort": "ID"}
            page = self.rows("GET", resource, params={**params, **paging})
            yield page
            count += len(page)
            if len(page) < PAGE:
                return

    def all_rows(self, resource: str) -> list[dict[str, Any]]:
        """Return all rows of a resource; see `call`."""
        return list(chain.from_iterable(self.pages(resource)))

    def send(self, mails: Sequence[PreparedMail]) -> list[Outcome]:
        # The mails are JSON already: nothing is parsed, and nothing large is built twice.
        body = b"".join(
            (
                b'{"AdvanceErrorHandling":true,"Messages":[',
                b",".join(mail.content for mail in mails),
                b"]}",
            )
        )
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._http.request("POST", "/v3.1/send", data=body, headers=headers)
        except ApiError as error:
            return [outcome_without_answer(error)] * len(mails)
        items = answer.data.get("Messages") if isinstance(answer.data, dict) else None
        # Whatever the status: some may have been accepted with a 4xx, some refused with a 200.
        if isinstance(items, list) and len(items) == len(mails):
            return [
                read_item(item, mail.recipients, answer.status)
                for item, mail in zip(items, mails, strict=True)
            ]
        if answer.status < 400 or items:
            return [in_doubt("Mailjet", answer.status)] * len(mails)
        outcome = outcome_of_call(answer)
        if outcome.result == "refused" and len(mails) > 1:
            # One mail has the whole call refused. None was accepted: send each by itself.
            outcome = Outcome("retry", reason=outcome.reason, delay=0)
        return [outcome] * len(mails)

    def find(self, token: str, recipients: Sequence[str], since: datetime) -> dict[str, str] | None:
        params = {
            "CustomID": token,
            "FromTS": int(since.replace(tzinfo=timezone.utc).timestamp()),
            "ShowContactAlt": "true",
            "ShowCustomID": "true",
            "Limit": 1000,
        }
        rows = self.call("GET", "message", params=params).get("Data")
        if not isinstance(rows, list) or not all(has_id(row) for row in rows):
            # If this counted as a no, the mail would be sent twice.
            raise UnansweredError(Text(_("Mailjet's answer doesn't say whether it has the mail.")))
        rows = [row for row in rows if row.get("CustomID") in (token, "", None)]
        if not rows:
            return None
        # The token names only this mail. So it is there, even if an address came back otherwise.
        first = {**rows[0], "ContactAlt": recipients[0]}
        return read_ids([first, *rows], recipients, "ContactAlt", ("UUID", "ID"))


def payload(mail: Outgoing) -> dict[str, Any]:
    """Return a mail as an item of ``Messages``."""
    properties = {
        "From": person(mail.sender),
        "To": [person(mailbox) for mailbox in mail.to],
        "Cc": [person(mailbox) for mailbox in mail.cc],
        "Bcc": [person(mailbox) for mailbox in mail.bcc],
        "ReplyTo": person(mail.reply_to) if mail.reply_to else None,
        "Subject": mail.subject[:MAX_SUBJECT],
        "Headers": headers(mail),
    }
    for name, value in mail.headers.items():
        if name.lower() in CONTROLS:
            control, convert = CONTROLS[name.lower()]
            # A value that makes no sense must not have the other mails refused.
            with suppress(ValueError, RecursionError):
                properties[control] = convert(value)
    if "TemplateID" not in properties:
        # One of them is required: a mail may consist of its attachments alone.
        properties["TextPart"] = mail.text or (None if mail.html else " ")
        properties["HTMLPart"] = mail.html
    if not mail.html and "TemplateID" not in properties:
        # refused for a mail without an HTML part
        properties.pop("TrackOpens", None)
        properties.pop("TrackClicks", None)
    # An empty file is refused, and the whole mail with it.
    files = [file for file in mail.attachments if file.content]
    properties["Attachments"] = [attached(file) for file in files if not file.content_id]
    properties["InlinedAttachments"] = [
        {**attached(file), "ContentID": file.content_id} for file in files if file.content_id
    ]
    # Mailjet refuses empty values, or uses them.
    return {name: value for name, value in properties.items() if value not in (None, "", [], {})}


def person(mailbox: Mailbox) -> dict[str, str]:
    return {"Email": mailbox.address, **({"Name": mailbox.name} if mailbox.name else {})}


def attached(attachment: Attachment) -> dict[str, str]:
    return {
        "ContentType": attachment.mime_type,
        "Filename": attachment.name,
        "Base64Content": base64.b64encode(attachment.content).decode(),
    }


def headers(mail: Outgoing) -> dict[str, str]:
    """Return what goes into `Headers`."""
    result = {
        name: value
        for name, value in mail.headers.items()
        if name.lower() not in (*FORBIDDEN, "references")
        and not name.lower().startswith(FORBIDDEN_PREFIXES)
    }
    if mail.references:
        result["References"] = mail.references
    return result


def read_item(item: Any, recipients: Sequence[str], status: int) -> Outcome:
    """Return the `Outcome` of one item of the answer's `Messages`.

    Nothing in it raises, whatever its types: its neighbours may have been accepted.
    """
    item = item if isinstance(item, dict) else {}
    rows = [row for kind in ("To", "Cc", "Bcc") for row in listed(item.get(kind))]
    if item.get("Status") == "success" and rows:
        ids = read_ids(rows, recipients, "Email", ("MessageUUID", "MessageID"))
        return Outcome("accepted", ids=ids)
    if item.get("Status") == "success" or not (item.get("Status") == "error" or item.get("Errors")):
        return in_doubt("Mailjet", status)
    errors = [error for error in listed(item.get("Errors")) if isinstance(error, dict)]
    outcomes = [outcome_of_mail(error) for error in errors or [{}]]
    return next((outcome for outcome in outcomes if outcome.result != "refused"), outcomes[0])


def has_id(row: Any) -> bool:
    """Tell whether something is a row of ``message``."""
    return isinstance(row, dict) and any(
        isinstance(row.get(key), (str, int)) and row[key] for key in ("UUID", "ID")
    )


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
