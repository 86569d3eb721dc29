# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo's REST API: M 7."""

import base64
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import escape

from ..api import Api, ApiError, Http, Outcome, outcome_without_answer
from ..base import Text, _
from .errors import outcome_of
from .templates import read_tag

# One mail a call. No limit is documented; more at once than a handful is no one's custom.
IN_FLIGHT = 4
CID = re.compile(r"""\bcid:([^\s"'<>()]+)""")  # what HTML names an image of the mail by
NO_SUBJECT = "(sin asunto)"  # an empty one is refused


class AldeamoApi(Api):
    messages_at_once = IN_FLIGHT
    can_find = False

    def __init__(self, credentials):
        self._credentials = credentials
        self._threads = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="aldeamo")
        self._local = threading.local()
        self._connections = []

    @property
    def _http(self):
        """A connection for each thread, kept from mail to mail."""
        if not hasattr(self._local, "http"):
            headers = {"Authorization": f"Bearer {self._credentials.key}"}
            self._local.http = Http(self._credentials.url, headers=headers)
            self._connections.append(self._local.http)
        return self._local.http

    def close(self):
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    def check(self):
        """A request that lacks everything sends nothing; the key is looked at before it."""
        answer = self._http.patient("POST", json={})
        outcome = outcome_of(answer)
        if outcome.result != "refused" or answer.status not in (400, 422):
            raise ApiError(outcome.reason, answer.status, answer.data)

    def split(self, outgoing):
        return outgoing.split()

    def batches(self, mails):
        return [mails[start : start + IN_FLIGHT] for start in range(0, len(mails), IN_FLIGHT)]

    def send(self, batch):
        return list(self._threads.map(self._send, batch))

    def _send(self, mail):
        try:
            body = payload(mail)
        except Exception as error:  # noqa: BLE001 - the other mails' outcomes must not be lost
            template = _("The mail can't be put into Aldeamo's form (%(error)s).")
            reason = Text(template, {"error": type(error).__name__})
            return Outcome("refused", failure="content", reason=reason)
        try:
            answer = self._http.patient("POST", json=body)
        except ApiError as error:
            return outcome_without_answer(error)
        data = answer.data if isinstance(answer.data, dict) else {}
        recipients, error = data.get("to"), data.get("error")
        if answer.status // 100 == 2 and isinstance(recipients, list) and recipients and not error:
            return Outcome(
                "accepted",
                ids={
                    str(row.get("email")).lower(): str(row["msgid"])
                    for row in recipients
                    if isinstance(row, dict) and row.get("msgid")
                },
            )
        if recipients or (answer.status < 400 and not error):
            reason = Text(
                _("Aldeamo's answer (HTTP %(status)s) doesn't say what became of the mail."),
                {"status": answer.status},
            )
            return Outcome("unknown", reason=reason)
        return outcome_of(answer)


def payload(mail):
    """Return an `Outgoing` as the body of a request: M 7, "Parámetros".

    There is no place for a plain-text part, headers and inline images: the images become part
    of the HTML, the rest is left out.
    """
    subject, template, variables = read_tag(mail)
    reply_to = mail.reply_to or mail.sender
    content = (
        {"template_id": template, "variables": variables} if template else {"body": body(mail)}
    )
    shown = set(CID.findall(mail.html))
    return {
        "to": [{"email": mailbox.address} for mailbox in mail.to],
        "options": {
            "cc": [{"email": mailbox.address} for mailbox in mail.cc],
            "bcc": [{"email": mailbox.address} for mailbox in mail.bcc],
        },
        "from": person(mail.sender),
        # Both of its properties are required, though the manual's table leaves them out.
        "replyTo": person(reply_to),
        "subject": subject.strip() or NO_SUBJECT,
        **content,
        "attachments": [
            {"filename": file.name, "path": data_uri(file)}
            for file in mail.attachments
            if file.content_id not in shown
        ],
    }


def person(mailbox):
    return {"email": mailbox.address, "name": mailbox.name or mailbox.address}


def body(mail):
    if not mail.html:
        return f"<pre>{escape(mail.text)}</pre>"
    images = {file.content_id: data_uri(file) for file in mail.attachments if file.content_id}
    return CID.sub(lambda found: images.get(found[1], found[0]), mail.html)


def data_uri(file):
    return f"data:{file.mime_type};base64,{base64.b64encode(file.content).decode()}"
