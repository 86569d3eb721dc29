# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's Send API v3.1. Source: dev.mailjet.com, guide "Send API v3.1"."""

import base64
import json
from contextlib import suppress
from datetime import timezone

from ..api import Api, ApiError, Http, UnansweredError, outcome_without_answer, read_ids
from ..base import Text, _
from ..transport import Limits, Outcome
from .errors import outcome_of_call, outcome_of_mail, reason_of_resource

# 15 MB is where Mailjet stops, in decimal or binary megabytes. The recipients are those of all
# mails of a call together. Well below the 15 MB, as several calls are in memory at once.
LIMITS = Limits(messages=50, recipients=50, size=5_000_000)
MAX_SUBJECT = 255

# What of a mail the API can't carry.
LOSSES = (
    Text(_("Odoo's Message-Id stands in the References, since Mailjet gives each mail its own.")),
    Text(_("Some headers, such as List-Id, Sender and X-Mailer, are left out.")),
    Text(_("A subject is cut after 255 characters.")),
    Text(_("Only the first address for replies is kept.")),
    Text(_("An empty file is left out.")),
    Text(
        _(
            "An invitation to a meeting that stands among the texts, and each further text, leaves "
            "as a file."
        )
    ),
)

# What an SMTP header does is a property here.
TRACKING = {"0": "disabled", "1": "enabled"}
PRIORITIES = {"0": 0, "1": 1, "2": 2, "3": 3}


def read_variables(value):
    """Return a template's variables.

    :raises ValueError: there are none
    """
    variables = json.loads(value, parse_constant=no_number)
    if not isinstance(variables, dict):
        raise ValueError("no JSON object")
    return variables


def no_number(name):
    raise ValueError(f"{name} is not JSON")


CONTROLS = {
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
# Refused inside `Headers` (send-0011), besides those that have a property.
FORBIDDEN = {
    "authentication-results",
    "bcc",
    "cc",
    "date",
    "delivered-to",
    "dkim-signature",
    "domainkey-status",
    "from",
    "list-id",
    "message-id",
    "received",
    "received-spf",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "user-agent",
    "x-csa-complaints",
    "x-feedback-id",
    "x-mailer",
}
FORBIDDEN_PREFIXES = ("x-mailjet-", "x-mj-")


class MailjetApi(Api):
    limits = LIMITS
    can_find = True

    def __init__(self, credentials):
        auth = (credentials.user, credentials.password)
        self.user = credentials.user
        super().__init__(Http(credentials.url, auth=auth, seconds=credentials.seconds))

    def check(self):
        self.call("GET", "sender", params={"Limit": 1})

    def call(self, method, path, **options):
        """Make a request to a resource, and return its answer's data.

        :param str path: below ``/v3/REST/``
        :raises ApiError: when the answer isn't a 2xx or 304; `status` and `data` tell more
        """
        answer = self._http.patient(method, f"/v3/REST/{path}", **options)
        if answer.status // 100 == 2 or answer.status == 304:
            return answer.data if isinstance(answer.data, dict) else {}
        raise ApiError(reason_of_resource(answer), answer.status, answer.data)

    def send(self, mails):
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
                read_item(item, mail.recipients) for item, mail in zip(items, mails, strict=True)
            ]
        if answer.status < 400 or items:
            reason = Text(
                _("Mailjet's answer (HTTP %(status)s) doesn't say what became of the mail."),
                {"status": answer.status},
            )
            return [Outcome("in_doubt", reason=reason)] * len(mails)
        outcome = outcome_of_call(answer)
        if outcome.result == "refused" and len(mails) > 1:
            # One of them spoils it for the others: nothing was accepted, so each by itself.
            outcome = Outcome("retry", reason=outcome.reason, delay=0)
        return [outcome] * len(mails)

    def find(self, token, recipients, since):
        params = {
            "CustomID": token,
            "FromTS": int(since.replace(tzinfo=timezone.utc).timestamp()),
            "ShowContactAlt": "true",
            "ShowCustomID": "true",
            "Limit": 1000,
        }
        rows = self.call("GET", "message", params=params).get("Data")
        if not isinstance(rows, list) or not all(has_id(row) for row in rows):
            # Taken for a no, it would have the mail sent twice.
            raise UnansweredError(Text(_("Mailjet's answer doesn't say whether it has the mail.")))
        rows = [row for row in rows if row.get("CustomID") in (token, "", None)]
        if not rows:
            return None
        # The token names this mail only: it is there, also if an address came back otherwise.
        first = {**rows[0], "ContactAlt": recipients[0]}
        return read_ids([first, *rows], recipients, "ContactAlt", ("UUID", "ID"))


def encode(mail, token):
    """Return an `Outgoing` as an item of `Messages`, in JSON."""
    item = {**payload(mail), "CustomID": token}
    return json.dumps(item, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def payload(mail):
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
            # what makes no sense must not take the other mails along
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
    # Empty values are refused, or taken for values.
    return {name: value for name, value in properties.items() if value not in (None, "", [], {})}


def person(mailbox):
    return {"Email": mailbox.address, **({"Name": mailbox.name} if mailbox.name else {})}


def attached(attachment):
    return {
        "ContentType": attachment.mime_type,
        "Filename": attachment.name,
        "Base64Content": base64.b64encode(attachment.content).decode(),
    }


def headers(mail):
    """Return what goes into `Headers`, with Odoo's Message-Id among the References.

    Mailjet gives each mail a Message-Id of its own, so that a reply can name Odoo's only there.
    """
    result = {
        name: value
        for name, value in mail.headers.items()
        if name.lower() not in (*FORBIDDEN, "references")
        and not name.lower().startswith(FORBIDDEN_PREFIXES)
    }
    references = (mail.header("References") or "").split()
    if mail.message_id and mail.message_id not in references:
        references.append(mail.message_id)
    if references:
        result["References"] = " ".join(references)
    return result


def read_item(item, recipients):
    """Return the `Outcome` of one item of the answer's `Messages`.

    Nothing in it raises, whatever its types: its neighbours may have been accepted.
    """
    item = item if isinstance(item, dict) else {}
    rows = [row for kind in ("To", "Cc", "Bcc") for row in listed(item.get(kind))]
    if item.get("Status") == "success" and rows:
        ids = read_ids(rows, recipients, "Email", ("MessageUUID", "MessageID"))
        return Outcome("accepted", ids=ids)
    if item.get("Status") == "success" or not (item.get("Status") == "error" or item.get("Errors")):
        reason = Text(_("Mailjet's answer doesn't say what became of the mail."))
        return Outcome("in_doubt", reason=reason)
    errors = [error for error in listed(item.get("Errors")) if isinstance(error, dict)]
    outcomes = [outcome_of_mail(error) for error in errors or [{}]]
    return next((outcome for outcome in outcomes if outcome.result != "refused"), outcomes[0])


def has_id(row):
    """Tell whether something is a row of ``message``."""
    return isinstance(row, dict) and any(
        isinstance(row.get(key), (str, int)) and row[key] for key in ("UUID", "ID")
    )


def listed(value):
    return value if isinstance(value, list) else []
