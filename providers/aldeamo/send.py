# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Aldeamo's REST API: M 7."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from ..api import Answer, Api, ApiError, Credentials, Http, outcome_without_answer, read_ids
from ..base import Text, _
from ..meanings import in_doubt
from ..message import Mailbox, Outgoing, data_uri, html_with_images
from ..transport import Limits, Outcome, PreparedMail
from .errors import outcome_of_answer
from .templates import read_tag

NO_SUBJECT = "(sin asunto)"  # an empty one is refused


class AldeamoApi(Api):
    # M 7 prints https with port 5000 and http with 5001; clients that work have it the other
    # way round.
    urls = ("https://api.ckpnd.com:5001/v1/email", "https://api.ckpnd.com:5000/v1/email")
    has_key = True
    help = _(
        "Make the API key in Tellit, Aldeamo's web application: Email ▸ Configuración ▸ API. Keep "
        "everyday mail on SMTP: replies to what leaves by API don't find their document."
    )
    losses = (
        Text(_("Headers are left out, so that replies don't find their document.")),
        Text(_("There is no plain-text part.")),
        Text(_("The names of recipients are left out.")),
        Text(_("Only the first address for replies is kept.")),
        Text(_("Images within the text become a part of it, which some mail programs don't show.")),
        Text(
            _(
                "A meeting invitation within the text, and every text after the first, are sent as "
                "files."
            )
        ),
    )
    limits = Limits(messages=1)

    @staticmethod
    def _connect(credentials: Credentials) -> Http:
        return Http(credentials, headers={"Authorization": f"Bearer {credentials.key}"})

    @staticmethod
    def encode(mail: Outgoing, token: str) -> bytes:
        return json.dumps(payload(mail), ensure_ascii=False).encode("utf-8", "replace")

    def check(self) -> None:
        """Make an empty request: Aldeamo looks at the key first, and sends nothing."""
        answer = self._http.patient("POST", json={})
        outcome = outcome_of_answer(answer)
        if outcome.result != "refused" or answer.status not in (400, 422):
            raise ApiError(outcome.reason or Text(""), answer.status, answer.data)

    def send(self, mails: Sequence[PreparedMail]) -> list[Outcome]:
        [mail] = mails
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._http.request("POST", data=mail.content, headers=headers)
        except ApiError as error:
            return [outcome_without_answer(error)]
        return [read_answer(answer, mail.recipients)]


def read_answer(answer: Answer, recipients: Sequence[str]) -> Outcome:
    """Return the `Outcome` of a mail: M 7, "Respuesta".

    Nothing in it raises, whatever its types: the mail may have been accepted.

    :param recipients: addresses of the envelope
    """
    data = answer.data if isinstance(answer.data, dict) else {}
    takers = data["to"] if isinstance(data.get("to"), list) else []
    if answer.status // 100 == 2 and takers and not data.get("error"):
        ids = read_ids(takers, recipients, "email", ("msgid",), (str,))
        return Outcome("accepted", ids=ids)
    if takers or (answer.status < 400 and not data.get("error")):
        return in_doubt("Aldeamo", answer.status)
    return outcome_of_answer(answer)


def payload(mail: Outgoing) -> dict[str, Any]:
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


def person(mailbox: Mailbox) -> dict[str, str]:
    return {"email": mailbox.address, "name": mailbox.name or mailbox.address}


def body(mail: Outgoing) -> str:
    """Return the HTML, with its images in it."""
    return html_with_images(mail) if mail.html else f"<pre>{escape(mail.text)}</pre>"
