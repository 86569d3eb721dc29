"""Aldeamo's API: judges a message, takes it, answers with an id for each recipient.

Source: manual V6, section 7. It names 17 errors and shows one, with 403 and blanks instead of
underscores; the status of the others is not documented, 400 is assumed. Both "missing parameters"
have the same explanation: here the first is for a body of the wrong form, the second for ``from``.
"""

from __future__ import annotations

import re
import ssl
import threading
from functools import partial
from random import Random
from typing import Any

from .address import is_address
from .aldeamo_account import AldeamoAccount
from .aldeamo_mime import files, mime, remote
from .api import FakeApi
from .message import AcceptedMail
from .rest import HOST, FakeAnswer, Request, RestServer
from .templates import fill_aldeamo

PATH = "/v1/email"
_FORBIDDEN = ("Invalid_API_Key", "API_key_not_authorized")
# Letters of English, digits, and what the manual's sample shows and does not call special.
_VARIABLE = re.compile(r"[A-Za-z0-9_ -]+")


class _Refused(Exception):  # noqa: N818 (not an error of the sandbox)
    """The message is refused with one of the manual's errors."""


class FakeAldeamoApi(FakeApi):
    """The only path there is, on two ports: https is spoken on one of them alone.

    :ivar lists_copies: the answer has an id for cc and bcc too; not documented
    """

    def __init__(self, account: AldeamoAccount):
        super().__init__()
        self.lists_copies = True
        self._account = account
        self._quota_lock = threading.Lock()
        self._plain = RestServer(self._respond)

    @property
    def plain_port_url(self) -> str:
        """As somebody writes it who takes the port for that of https."""
        return f"https://{HOST}:{self._plain.port}{PATH}"

    def start(self, tls: ssl.SSLContext) -> None:
        super().start(tls)
        self._plain.start(None)

    def stop(self) -> None:
        super().stop()
        self._plain.stop()

    mail_refusal = "A_Recipient_address_is_empty"
    refusals = (
        FakeAnswer(400, {"error": "Body missing or empty"}),
        FakeAnswer(403, "<html><head><title>403 Forbidden</title></head></html>"),
        # An error that comes as a success
        FakeAnswer(200, {"error": "No_Messages_left", "to": []}),
    )

    def messages_in(self, request: Request) -> int:
        return int(request.method == "POST" and request.path == PATH)

    def recipients_in(self, request: Request) -> list[str]:
        message = request.json if self.messages_in(request) else None
        listed = message.get("to") if isinstance(message, dict) else None
        return [
            entry["email"]
            for entry in (listed if isinstance(listed, list) else [])
            if isinstance(entry, dict) and isinstance(entry.get("email"), str)
        ]

    def spoiled(self, body: dict[str, Any], random: Random) -> object:
        """An answer with one thing wrong; no error is said and somebody is listed, but where
        nothing is an answer."""
        if "to" not in body:
            return body
        if random.random() < 0.2:
            return random.choice((None, [], '"OK"', 7, {}))
        kind = random.choice(("message", "to", "email", "msgid", "msgid"))
        if kind == "message":
            body["message"] = random.choice((None, 7, [], "\0", "x" * 9000))
        elif kind == "to":
            body["to"] = random.choice(
                (None, "ana@cliente.example", ["ana@cliente.example"], [None], {}, 7, [[]])
            )
        else:
            for recipient in body["to"]:
                recipient[kind] = random.choice((None, 7, "", "\0", "x" * 9000, [], {}, "\ud800"))
        return body

    def answer(self, request: Request) -> FakeAnswer:
        if request.path != PATH or request.method != "POST":
            return FakeAnswer(404, "<html><body>Not Found</body></html>")
        try:
            return self._send(request)
        except _Refused as refused:
            name = str(refused)
            return FakeAnswer(403 if name in _FORBIDDEN else 400, {"error": name.replace("_", " ")})

    def _send(self, request: Request) -> FakeAnswer:
        self._check_key(request)
        message = _read(request.json)
        groups = _recipients(message)
        recipients = list(dict.fromkeys(email for group in groups for email in group))
        self._check_account(message, recipients)
        content = self._content(message)
        received = AcceptedMail(
            mail_from=message["from"]["email"],
            recipients=tuple(recipients),
            peer=request.peer,
            transport="api",
            content=partial(mime, message, *content),
        )
        self._take_quota(len(recipients))
        self._account.accept([received])
        self._account.remote_attachments += remote(message)
        listed = recipients if self.lists_copies else list(dict.fromkeys(groups[0]))
        return FakeAnswer(
            200,
            {
                "message": "Messages sent!",
                "to": [{"email": email, "msgid": str(received.id_for(email))} for email in listed],
            },
        )

    def _check_key(self, request: Request) -> None:
        key = request.headers.get("Authorization")
        if self.is_revoked or key != f"Bearer {self._account.api_key}":
            raise _Refused("Invalid_API_Key")
        if not self._account.authorized:
            raise _Refused("API_key_not_authorized")
        if not self._account.active:
            raise _Refused("Current_service_is_not_active")

    def _check_account(self, message: dict[str, Any], recipients: list[str]) -> None:
        account = self._account
        if message["from"]["email"].rpartition("@")[2].lower() not in account.domains:
            raise _Refused("Domain_not_permitted_err_1")
        for email in recipients:
            if error := self.refusal_of(email):
                raise _Refused(error.replace(" ", "_"))

    def _take_quota(self, recipients: int) -> None:
        account = self._account
        with self._quota_lock:
            if account.quota is not None:
                if account.quota < recipients:
                    raise _Refused("No_Messages_left")
                account.quota -= recipients

    def _content(self, message: dict[str, Any]) -> tuple[str, str]:
        """Subject and HTML, filled in."""
        variables = message.get("variables") or {}
        if not _are_variables(variables):
            raise _Refused("Incorrect_variable_syntax")
        html = message.get("body")
        template = message.get("template_id")
        if template:
            if template not in self._account.templates:
                raise _Refused("Could_not_find_template")
            html = self._account.templates[template]
            if html is None:
                raise _Refused("Error_Fetching_Template")
        if not isinstance(html, str) or not html:
            raise _Refused("Body_missing_or_empty")
        return fill_aldeamo(message["subject"], variables), fill_aldeamo(html, variables)


def _read(message: object) -> dict[str, Any]:
    """The body, if what every message needs is there."""
    if not isinstance(message, dict) or not _is_well_formed(message):
        raise _Refused("Invalid_request_missing_parameters_err_1")
    if not _is_party(message.get("from")):
        raise _Refused("Invalid_request_missing_parameters_err_2")
    reply_to = message.get("replyTo")
    if not isinstance(reply_to, dict):
        raise _Refused("Missing_replyTo")
    if not _is_party(reply_to):
        raise _Refused("Missing_replyTo_email")
    if not isinstance(reply_to.get("name"), str) or not reply_to["name"]:
        raise _Refused("Missing_replyTo_name")
    if not isinstance(message.get("subject"), str) or not message["subject"]:
        raise _Refused("Subject_missing_or_empty")
    return message


def _is_well_formed(message: dict[str, Any]) -> bool:
    options = message.get("options", {})
    return (
        isinstance(options, dict)
        and all(isinstance(options.get(name, []), list) for name in ("cc", "bcc"))
        and files(message) is not None
    )


def _is_party(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("email"), str)
        and is_address(value["email"])
        and isinstance(value.get("name", ""), str)
    )


def _recipients(message: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """To, cc and bcc."""
    options = message.get("options", {})
    groups: list[Any] = [message.get("to"), options.get("cc", []), options.get("bcc", [])]
    if not isinstance(groups[0], list) or not groups[0]:
        raise _Refused("Recipient_missing_or_empty")
    if not all(_is_party(entry) for group in groups for entry in group):
        raise _Refused("A_Recipient_address_is_empty")
    to, cc, bcc = ([entry["email"] for entry in group] for group in groups)
    return to, cc, bcc


def _are_variables(variables: object) -> bool:
    return isinstance(variables, dict) and all(
        _VARIABLE.fullmatch(name) and isinstance(value, str) for name, value in variables.items()
    )
