# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo's REST API: M 7."""

import base64
import json
from html import escape

from ..api import Api, ApiError, Http, outcome_without_answer, read_ids
from ..base import Text, _
from ..message import CID
from ..transport import Limits, Outcome
from .errors import outcome_of
from .templates import read_tag

NO_SUBJECT = "(sin asunto)"  # an empty one is refused
LIMITS = Limits(messages=1)
# What of a mail the API can't carry.
LOSSES = (
    Text(_("Headers are left out, so that replies don't find their document.")),
    Text(_("There is no plain-text part.")),
    Text(_("The names of recipients are left out.")),
    Text(_("Only the first address for replies is kept.")),
    Text(_("Images within the text become a part of it, which some mail programs don't show.")),
    Text(
        _(
            "An invitation to a meeting that stands among the texts, and each further text, leaves "
            "as a file."
        )
    ),
)


class AldeamoApi(Api):
    """One mail a call."""

    limits = LIMITS

    def __init__(self, credentials):
        headers = {"Authorization": f"Bearer {credentials.key}"}
        super().__init__(Http(credentials.url, headers=headers, seconds=credentials.seconds))

    def check(self):
        """A request that lacks everything sends nothing; the key is looked at before it."""
        answer = self._http.patient("POST", json={})
        outcome = outcome_of(answer)
        if outcome.result != "refused" or answer.status not in (400, 422):
            raise ApiError(outcome.reason, answer.status, answer.data)

    def send(self, mails):
        [mail] = mails
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._http.request("POST", data=mail.content, headers=headers)
        except ApiError as error:
            return [outcome_without_answer(error)]
        return [read_answer(answer, mail.recipients)]


def read_answer(answer, recipients):
    """Return the `Outcome` of a mail: M 7, "Respuesta".

    Nothing in it raises, whatever its types: the mail may have been accepted.

    :param api.Answer answer:
    :param recipients: addresses of the envelope
    """
    data = answer.data if isinstance(answer.data, dict) else {}
    takers = data["to"] if isinstance(data.get("to"), list) else []
    if answer.status // 100 == 2 and takers and not data.get("error"):
        ids = read_ids(takers, recipients, "email", ("msgid",), (str,))
        return Outcome("accepted", ids=ids)
    if takers or (answer.status < 400 and not data.get("error")):
        template = _("Aldeamo's answer (HTTP %(status)s) doesn't say what became of the mail.")
        return Outcome("in_doubt", reason=Text(template, {"status": answer.status}))
    return outcome_of(answer)


def encode(mail):
    """Return an `Outgoing` as the body of a request, in JSON."""
    return json.dumps(payload(mail), ensure_ascii=False).encode("utf-8", "replace")


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
            if file.content_id is None
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
    mime_type = file.mime_type.replace("; ", ";")  # RFC 2397 3
    return f"data:{mime_type};base64,{base64.b64encode(file.content).decode()}"
