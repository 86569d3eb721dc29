"""Which properties a message of Mailjet's Send API v3.1 may have, and what is wrong with one.

Source: developer guides, "Send API v3.1" and its table of errors. A property is described by a
function that yields the problems of a value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .address import is_address

_HEADER_NAME = re.compile(r"[!-9;-~]+")


class ApiProblem(NamedTuple):
    """One thing wrong: an error of Mailjet's, and the property it is about."""

    code: str
    message: str
    related_to: str


Problems = Iterator[ApiProblem]
_Check = Callable[[object, str], Problems]


def mismatch(expected: str, path: str) -> ApiProblem:
    return ApiProblem("mj-0004", f'Type mismatch. Expected type "{expected}".', path)


def mandatory(path: str) -> ApiProblem:
    return ApiProblem("mj-0003", f'Property "{path}" is mandatory.', path)


def _string(maximum: int | None = None, filled: bool = False) -> _Check:
    def check(value: object, path: str) -> Problems:
        if not isinstance(value, str):
            yield mismatch("string", path)
        elif filled and not value:
            yield ApiProblem("mj-0012", "Empty string is not allowed.", path)
        elif maximum is not None and len(value) > maximum:
            yield ApiProblem("mj-0006", f"The string is too long. Max length - {maximum}.", path)

    return check


def boolean(value: object, path: str) -> Problems:
    if not isinstance(value, bool):
        yield mismatch("boolean", path)


def _integer(value: object, path: str) -> Problems:
    if not isinstance(value, int) or isinstance(value, bool):
        yield mismatch("integer", path)


def _one_of(*allowed: object) -> _Check:
    def check(value: object, path: str) -> Problems:
        if type(value) is not type(allowed[0]):
            yield mismatch(type(allowed[0]).__name__, path)
        elif value not in allowed:
            values = ", ".join(map(str, allowed))
            yield ApiProblem("mj-0005", f"The value is not among the allowed: {values}.", path)

    return check


def _email(value: object, path: str) -> Problems:
    problems = list(_string(filled=True)(value, path))
    yield from problems
    if not problems and not is_address(str(value)):
        yield ApiProblem("mj-0013", f'"{value}" is an invalid email address.', path)


def _base64(value: object, path: str) -> Problems:
    problems = list(_string(filled=True)(value, path))
    yield from problems
    if not problems:
        try:
            base64.b64decode(str(value), validate=True)
        except ValueError:
            yield mismatch("base64", path)


def record(required: tuple[str, ...], **properties: _Check) -> _Check:
    """An object with these properties and no other."""

    def check(value: object, path: str) -> Problems:
        if not isinstance(value, dict):
            yield mismatch("object", path)
            return
        prefix = f"{path}." if path else ""
        for name in required:
            if value.get(name) is None:
                yield mandatory(prefix + name)
        for name, given in value.items():
            if name not in properties:
                yield ApiProblem("send-0001", f'Property "{name}" is not expected.', prefix + name)
            elif given is not None or name not in required:
                yield from properties[name](given, prefix + name)

    return check


def _array(of: _Check, filled: bool = False) -> _Check:
    def check(value: object, path: str) -> Problems:
        if not isinstance(value, list):
            yield mismatch("array", path)
        elif filled and not value:
            yield ApiProblem("mj-0007", "Empty array is not allowed.", path)
        else:
            for index, item in enumerate(value):
                yield from of(item, f"{path}[{index}]")

    return check


def _object(value: object, path: str) -> Problems:
    if not isinstance(value, dict):
        yield mismatch("object", path)


def _headers(value: object, path: str) -> Problems:
    if not isinstance(value, dict):
        yield mismatch("object", path)
        return
    for name, text in value.items():
        if not isinstance(text, str) or re.search(r"[\r\n]", text):
            yield mismatch("string", f"{path}.{name}")
        elif name.lower() in FORBIDDEN_HEADERS or not _HEADER_NAME.fullmatch(name):
            yield ApiProblem("send-0011", f'Header "{name}" cannot be set.', f"{path}.{name}")


_ADDRESS_OBJECT = record(("Email",), Email=_email, Name=_string())
_FILE = {"ContentType": _string(filled=True), "Filename": _string(filled=True)}
_FILE["Base64Content"] = _base64
_TRACKING = _one_of("account_default", "disabled", "enabled")

MESSAGE = record(
    ("From", "To"),
    From=_ADDRESS_OBJECT,
    Sender=_ADDRESS_OBJECT,
    To=_array(_ADDRESS_OBJECT, filled=True),
    Cc=_array(_ADDRESS_OBJECT),
    Bcc=_array(_ADDRESS_OBJECT),
    ReplyTo=_ADDRESS_OBJECT,
    Subject=_string(255),
    # The guide warns of empty parts without saying what comes of them: assume the worst.
    TextPart=_string(filled=True),
    HTMLPart=_string(filled=True),
    TemplateID=_integer,
    TemplateLanguage=boolean,
    TemplateErrorReporting=_ADDRESS_OBJECT,
    TemplateErrorDeliver=boolean,
    Variables=_object,
    Attachments=_array(record(tuple(_FILE), **_FILE)),
    InlinedAttachments=_array(record(tuple(_FILE), **_FILE, ContentID=_string(filled=True))),
    Priority=_one_of(0, 1, 2, 3),
    CustomCampaign=_string(255),
    DeduplicateCampaign=boolean,
    TrackOpens=_TRACKING,
    TrackClicks=_TRACKING,
    CustomID=_string(64),
    EventPayload=_string(),
    MonitoringCategory=_string(),
    URLTags=_string(256),
    Headers=_headers,
)

# fmt: off
FORBIDDEN_HEADERS = frozenset((
    "from", "sender", "subject", "to", "cc", "bcc", "return-path", "delivered-to",
    "dkim-signature", "domainkey-status", "received-spf", "authentication-results", "received",
    "date", "message-id", "user-agent", "x-mailer", "list-id", "x-feedback-id",
    "x-csa-complaints", "x-mailjet-prio", "x-mailjet-debug", "x-mailjet-campaign",
    "x-mailjet-trackopen", "x-mailjet-trackclick", "x-mailjet-segmentation", "x-mj-customid",
    "x-mj-eventpayload", "x-mj-vars", "x-mj-templateid", "x-mj-templatelanguage",
    "x-mj-templateerrorreporting", "x-mj-templateerrordeliver", "x-mj-workflowid", "x-mj-mid",
    "x-mj-errormessage", "x-mj-statisticscontactslistid",
))
# fmt: on
