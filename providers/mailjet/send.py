# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Mailjet's Send API v3.1. Source: dev.mailjet.com, guide "Send API v3.1"."""

import base64
import json
from contextlib import suppress
from datetime import timezone

from ..api import Api, ApiError, Http, Outcome, outcome_without_answer
from ..base import Text, _
from .errors import outcome_of_call, outcome_of_mail, reason_of_resource

MAX_MESSAGES = 50
MAX_RECIPIENTS = 50  # in all messages of a call together
# Bytes; 15 MB is where Mailjet stops, in decimal or binary megabytes.
MAX_BYTES = 14_500_000
MAX_SUBJECT = 255

# What an SMTP header does is a property here.
TRACKING = {"0": "disabled", "1": "enabled"}
PRIORITIES = {"0": 0, "1": 1, "2": 2, "3": 3}
CONTROLS = {
    "x-mj-customid": ("CustomID", str),
    "x-mj-eventpayload": ("EventPayload", str),
    "x-mailjet-campaign": ("CustomCampaign", str),
    "x-mailjet-trackopen": ("TrackOpens", TRACKING.get),
    "x-mailjet-trackclick": ("TrackClicks", TRACKING.get),
    "x-mailjet-prio": ("Priority", PRIORITIES.get),
    "x-mj-templateid": ("TemplateID", int),
    "x-mj-templatelanguage": ("TemplateLanguage", lambda value: value.lower() in ("1", "true")),
    "x-mj-vars": ("Variables", json.loads),
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
    messages_at_once = MAX_MESSAGES
    can_find = True

    def __init__(self, credentials):
        auth = (credentials.user, credentials.password)
        self._http = Http(credentials.url, auth=auth, seconds=credentials.seconds)

    def close(self):
        self._http.close()

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

    def split(self, outgoing):
        return outgoing.split(MAX_RECIPIENTS)

    def batches(self, mails):
        batches, recipients, size = [], 0, 0
        for mail in mails:
            full = not batches or (
                len(batches[-1]) == MAX_MESSAGES
                or recipients + len(mail.recipients) > MAX_RECIPIENTS
                or size + weight(mail) > MAX_BYTES
            )
            if full:
                batches.append([])
                recipients = size = 0
            batches[-1].append(mail)
            recipients += len(mail.recipients)
            size += weight(mail)
        return batches

    def send(self, batch):
        outcomes, is_whole = self._send(batch, self._http.patient)
        if not is_whole or len(batch) == 1:
            return outcomes
        # Perhaps one of them spoils it for the others: nothing was accepted, so each by itself.
        return [outcome for mail in batch for outcome in self._send([mail], self._http.request)[0]]

    def _send(self, batch, request):
        """Return the outcomes, and whether the batch was turned down as a whole."""
        body = {"Messages": [payload(mail) for mail in batch], "AdvanceErrorHandling": True}
        try:
            answer = request("POST", "/v3.1/send", json=body)
        except ApiError as error:
            return [outcome_without_answer(error)] * len(batch), False
        items = answer.data.get("Messages") if isinstance(answer.data, dict) else None
        # Whatever the status: some may have been accepted with a 4xx, some refused with a 200.
        if isinstance(items, list) and len(items) == len(batch):
            return [read_item(item, answer.status) for item in items], False
        if answer.status < 400 or items:
            return [doubtful(answer.status)] * len(batch), False
        outcome = outcome_of_call(answer)
        return [outcome] * len(batch), outcome.result == "refused"

    def find(self, outgoing, since):
        reference = outgoing.header("X-MJ-CustomID")
        if not reference:
            return None
        params = {
            "CustomID": reference,
            "FromTS": int(since.replace(tzinfo=timezone.utc).timestamp()),
            "ShowContactAlt": "true",
            "Limit": 1000,
        }
        ids = {
            str(row.get("ContactAlt")).lower(): row.get("UUID") or str(row.get("ID"))
            for row in self.call("GET", "message", params=params).get("Data") or []
            if isinstance(row, dict)
        }
        known = {mailbox.address.lower() for mailbox in outgoing.recipients} & set(ids)
        return {address: ids[address] for address in known} or None


def weight(mail):
    """Return about how many bytes a mail takes in the request."""
    files = sum(len(attachment.content) for attachment in mail.attachments)
    # base64 makes four bytes out of three; JSON six out of one that isn't ASCII
    return (
        files * 4 // 3 + sum(len(json.dumps(content)) for content in (mail.html, mail.text)) + 4000
    )


def payload(mail):
    """Return an `Outgoing` as an item of `Messages`."""
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
            with suppress(ValueError):
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


def read_item(item, status):
    """Return the `Outcome` of one item of the answer's `Messages`.

    :param int status: of the answer
    """
    if isinstance(item, dict) and item.get("Status") == "success":
        accepted = [row for kind in ("To", "Cc", "Bcc") for row in item.get(kind) or []]
        if not accepted:
            return doubtful(status)
        return Outcome(
            "accepted",
            ids={
                str(row.get("Email")).lower(): row.get("MessageUUID") or str(row.get("MessageID"))
                for row in accepted
            },
        )
    errors = item.get("Errors") if isinstance(item, dict) else None
    outcomes = [outcome_of_mail(error) for error in errors or [{}] if isinstance(error, dict)]
    return next((outcome for outcome in outcomes if outcome.result != "refused"), outcomes[0])


def doubtful(status):
    """Return the `Outcome` of a mail that Mailjet may have accepted.

    :param int status: of the answer
    """
    reason = Text(
        _("Mailjet's answer (HTTP %(status)s) doesn't say what became of the mail."),
        {"status": status},
    )
    return Outcome("unknown", reason=reason)
