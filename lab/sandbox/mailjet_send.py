"""Mailjet's Send API v3.1: judges a call, takes the good messages, answers message by message.

Source: developer guides, "Send API v3.1". What the whole call is refused for is a `CallRefused`;
everything else is the affair of one message.
"""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import Any

from .mailjet import message_guid, message_id, template_parts
from .mailjet_account import MailjetAccount
from .mailjet_mime import mime
from .mailjet_schema import MESSAGE, ApiProblem, Problems, boolean, mandatory, mismatch, record
from .message import AcceptedMail
from .rest import FakeAnswer, Request

_MAX = 50  # messages, and recipients of all messages together
_MAX_BYTES = 15_000_000
_STATUSES = {"send-0006": 403, "send-0007": 403, "send-0008": 403, "mj-0001": 401, "mj-0015": 401}


class CallRefused(Exception):  # noqa: N818 (not an error of the sandbox)
    """The whole call is refused."""

    def __init__(self, problem: ApiProblem):
        super().__init__(problem.message)
        self.problem = problem


def refusal(code: str, message: str, related_to: str = "", is_bare: bool = False) -> FakeAnswer:
    """The answer to a call that is refused as a whole.

    :param is_bare: without its code
    """
    error = _error(ApiProblem(code, message, related_to))
    if not related_to:
        del error["ErrorRelatedTo"]
    if is_bare:
        del error["ErrorCode"]
    return FakeAnswer(error["StatusCode"], error)


def recipients(messages: list[Any]) -> list[str]:
    """The addresses of messages as they were given, as far as they are there."""
    return [
        entry["Email"]
        for message in messages
        for name in _RECIPIENTS
        for entry in _addresses(message, name)
        if isinstance(entry, dict) and isinstance(entry.get("Email"), str)
    ]


def send(account: MailjetAccount, request: Request, partial_status: int) -> FakeAnswer:
    """Process a call whose credentials are good.

    :param partial_status: HTTP status if some of its messages failed
    """
    if len(request.body) > _MAX_BYTES:
        return refusal("mj-0011", "The payload is too large.")
    try:
        call = _read(request.body)
    except CallRefused as refused:
        return refusal(*refused.problem)
    messages = [_with_globals(call, message) for message in call["Messages"]]
    if any(None in _variables(message).values() for message in messages):
        # Reported, not documented.
        return FakeAnswer(500, {"StatusCode": 500, "ErrorMessage": "Internal Server Error"})
    problems = [_problems(account, message) for message in messages]
    received = [
        None if wrong else _received(message, request.peer)
        for message, wrong in zip(messages, problems, strict=True)
    ]
    sandbox_mode = call.get("SandboxMode", False)
    if not sandbox_mode:
        account.accept([message for message in received if message])
    items = [
        _success(message, taken, sandbox_mode) if taken else _failure(wrong)
        for message, wrong, taken in zip(messages, problems, received, strict=True)
    ]
    return FakeAnswer(_status(items, partial_status), {"Messages": items})


def _read(body: bytes) -> dict[str, Any]:
    try:
        call: dict[str, Any] = json.loads(body, object_pairs_hook=_unique, parse_constant=_not_json)
    except ValueError:
        raise CallRefused(
            ApiProblem("mj-0002", "Malformed JSON, please review the syntax.", "")
        ) from None
    for problem in _CALL(call, ""):
        raise CallRefused(problem)
    count = sum(
        len(_addresses(message, name)) for message in call["Messages"] for name in _RECIPIENTS
    )
    if count > _MAX:
        raise CallRefused(
            ApiProblem("send-0015", f"Too many recipients. Max allowed - {_MAX}.", "Messages")
        )
    return call


def _unique(pairs: list[tuple[str, object]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        twice = next(name for name, _value in pairs if sum(name == other for other, _ in pairs) > 1)
        raise CallRefused(ApiProblem("send-0002", f'Property "{twice}" is given twice.', twice))
    return names


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _messages(value: object, path: str) -> Problems:
    if not isinstance(value, list):
        yield mismatch("array", path)
    elif not value:
        yield ApiProblem("mj-0007", "Empty array is not allowed.", path)
    elif len(value) > _MAX:
        yield ApiProblem("mj-0008", f"The array is too long. Max length - {_MAX}.", path)


def _globals(value: object, path: str) -> Problems:
    if not isinstance(value, dict):
        yield mismatch("object", path)


_CALL = record(
    ("Messages",),
    Messages=_messages,
    SandboxMode=boolean,
    AdvanceErrorHandling=boolean,
    Globals=_globals,
)
_RECIPIENTS = ("To", "Cc", "Bcc")


def _with_globals(call: dict[str, Any], message: Any) -> Any:
    return {**call.get("Globals", {}), **message} if isinstance(message, dict) else message


def _addresses(message: object, name: str) -> list[Any]:
    value = message.get(name) if isinstance(message, dict) else None
    return value if isinstance(value, list) else []


def _variables(message: object) -> dict[str, Any]:
    value = message.get("Variables") if isinstance(message, dict) else None
    return value if isinstance(value, dict) else {}


def _problems(account: MailjetAccount, message: Any) -> list[ApiProblem]:
    """What is wrong with a message: with its properties, else with what they say together."""
    return list(MESSAGE(message, "")) or [
        *_sender_problems(account, message),
        *_content_problems(account, message),
        *_option_problems(account, message),
        *_refusals(account, message),
    ]


def _sender_problems(account: MailjetAccount, message: dict[str, Any]) -> Problems:
    if "Sender" in message:
        email = message["Sender"]["Email"]
        if not account.may_set_sender:
            yield ApiProblem("send-0006", "The account may not set Sender.", "Sender")
        elif not account.senders.is_active(email):
            yield ApiProblem("send-0007", f'"{email}" is not a validated sender.', "Sender.Email")
    email = message["From"]["Email"]
    if not account.senders.is_active(email):
        text = f'"{email}" is not an authorized sender email address for your account.'
        yield ApiProblem("send-0008", text, "From")


def _content_problems(account: MailjetAccount, message: dict[str, Any]) -> Problems:
    if "TemplateID" not in message:
        if "HTMLPart" not in message and "TextPart" not in message:
            text = 'At least "HTMLPart", "TextPart" or "TemplateID" must be provided.'
            yield ApiProblem("send-0003", text, "HTMLPart")
    elif message["TemplateID"] not in account.templates:
        text = f'Template "{message["TemplateID"]}" is not available.'
        yield ApiProblem("send-0010", text, "TemplateID")
    else:
        html, plain = template_parts(account.templates[message["TemplateID"]])
        if html is not None and "HTMLPart" in message:
            yield ApiProblem("send-0004", "HTML is also in the template.", "HTMLPart")
        if plain is not None and "TextPart" in message:
            yield ApiProblem("send-0005", "Text is also in the template.", "TextPart")


def _option_problems(account: MailjetAccount, message: dict[str, Any]) -> Problems:
    if message.get("DeduplicateCampaign") and "CustomCampaign" not in message:
        yield mandatory("CustomCampaign")._replace(code="send-0012")
    category = message.get("MonitoringCategory")
    if category is not None and not account.monitoring_categories.get(category):
        code = "send-0014" if category in account.monitoring_categories else "send-0013"
        text = f'Monitoring category "{category}" does not exist.'
        yield ApiProblem(code, text, "MonitoringCategory")
    for name in ("TemplateErrorReporting", "TemplateErrorDeliver"):
        if name in message and not message.get("TemplateLanguage"):
            yield ApiProblem("send-0016", f'"{name}" needs "TemplateLanguage".', name)


def _refusals(account: MailjetAccount, message: dict[str, Any]) -> Problems:
    for name in _RECIPIENTS:
        for index, entry in enumerate(message.get(name, ())):
            code = account.api.refusal_of(entry["Email"])
            if code:
                yield ApiProblem(code, f'"{entry["Email"]}" is refused.', f"{name}[{index}].Email")


def _received(message: dict[str, Any], peer: str) -> AcceptedMail:
    emails = (entry["Email"] for name in _RECIPIENTS for entry in message.get(name, ()))
    return AcceptedMail(
        mail_from=message["From"]["Email"],
        recipients=tuple(dict.fromkeys(emails)),
        peer=peer,
        transport="api",
        content=partial(mime, message),
    )


def _success(message: dict[str, Any], taken: AcceptedMail, sandbox_mode: bool) -> dict[str, Any]:
    def recipient(email: str) -> dict[str, Any]:
        number = 0 if sandbox_mode else message_id(taken, email)
        return {
            "Email": email,
            "MessageUUID": "" if sandbox_mode else message_guid(taken, email),
            "MessageID": number,
            "MessageHref": f"https://api.mailjet.com/v3/REST/message/{number}",
        }

    return {
        "Status": "success",
        "CustomID": message.get("CustomID", ""),
        **{
            name: [recipient(entry["Email"]) for entry in message.get(name, ())]
            for name in _RECIPIENTS
        },
    }


def _failure(problems: list[ApiProblem]) -> dict[str, Any]:
    return {"Status": "error", "Errors": [_error(problem) for problem in problems]}


def _error(problem: ApiProblem) -> dict[str, Any]:
    return {
        "ErrorIdentifier": str(uuid.uuid4()),
        "ErrorCode": problem.code,
        "StatusCode": _STATUSES.get(problem.code, 400),
        "ErrorMessage": problem.message,
        "ErrorRelatedTo": [problem.related_to],
    }


def _status(items: list[dict[str, Any]], partial_status: int) -> int:
    statuses = {error["StatusCode"] for item in items for error in item.get("Errors", ())}
    if any(item["Status"] == "success" for item in items):
        return partial_status if statuses else 200
    return statuses.pop() if len(statuses) == 1 else 400
