# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Mailjet's error codes mean: whose fault it is, and what to do.

Source: dev.mailjet.com, guide "Send API v3.1", "Send API errors". Codes that the guide no
longer lists are kept: they are still seen.
"""

import re
from typing import Any

from ..api import Answer
from ..base import Text, _, storable
from ..meanings import (
    FAILING,
    NO_RECIPIENT,
    NOT_UNDERSTOOD,
    UNKNOWN,
    Meaning,
    blocked,
    by_status,
    outcome_of,
    reason_of,
    refused,
)
from ..transport import Outcome

_CREDENTIALS = _(
    "Mailjet doesn't accept the API key and the secret key: correct them on the mail server. "
    "Keys of an account in the US region work with that region only: Check the Keys finds out."
)
_SENDER = _(
    "Mailjet doesn't send in the name of this sender yet: add the address or its domain on the "
    "mail server, tab Account, and validate it."
)
_CATEGORY = _("The monitoring category named in the mail's headers doesn't exist at Mailjet.")
_TOO_LARGE = _(
    "The mail is too large: Mailjet accepts 15 MB with attachments, which grow by a third when "
    "they are sent. Send large files as links."
)

CODES = {
    "send-0001": NOT_UNDERSTOOD,
    "send-0002": NOT_UNDERSTOOD,
    "send-0003": refused("content", _("The mail has neither text nor a template.")),
    "send-0004": refused(
        "content", _("The mail has a body although its Mailjet template has one.")
    ),
    "send-0005": refused(
        "content", _("The mail has a text although its Mailjet template has one.")
    ),
    "send-0006": refused(
        "sender", _("Mailjet's support must first allow this account to set Sender.")
    ),
    "send-0007": refused("sender", _SENDER),
    "send-0008": refused("sender", _SENDER),
    "send-0010": refused(
        "configuration",
        _("The template doesn't exist at Mailjet, or not for this API key: check its number."),
    ),
    "send-0011": NOT_UNDERSTOOD,
    "send-0012": NOT_UNDERSTOOD,
    "send-0013": refused("configuration", _CATEGORY),
    "send-0014": refused("configuration", _CATEGORY),
    "send-0015": refused("configuration", _("More than 50 recipients in one call.")),
    "send-0016": NOT_UNDERSTOOD,
    "mj-0001": blocked(
        _("Mailjet has suspended this API key: ask Mailjet's support why, then try again.")
    ),
    "mj-0002": NOT_UNDERSTOOD,
    "mj-0003": refused("content", _("The mail lacks something that Mailjet requires.")),
    "mj-0004": NOT_UNDERSTOOD,
    "mj-0005": NOT_UNDERSTOOD,
    "mj-0006": refused("content", _("Something in the mail is too long for Mailjet.")),
    "mj-0007": NO_RECIPIENT,
    "mj-0008": refused(
        "content", _("The mail has more attachments, headers or variables than Mailjet accepts.")
    ),
    "mj-0011": refused("content", _TOO_LARGE),
    "mj-0012": refused("content", _("Something in the mail is empty that must not be.")),
    "mj-0013": refused("invalid_address", _("The address isn't valid: correct it on the contact.")),
    "mj-0015": blocked(_CREDENTIALS),
}
# Of the REST resources, which have them in front of the message.
RESOURCE_CODES = {
    "MJ03": refused(
        "configuration",
        _("Mailjet doesn't accept a value: check that addresses and domains are spelt right."),
    ),
    "MJ08": NOT_UNDERSTOOD,
    "MJ18": refused(
        "configuration",
        _(
            "This exists at Mailjet already: somebody else may have just added it. Refresh the "
            "list."
        ),
    ),
}
RESOURCE_CODE = re.compile(r"(MJ\d\d)\s+")
URL = re.compile(r"(https?://)(?:[^/?#\s\"']*@)?([^/?#\s\"']*)[^\s\"']*")
_INVALID_SENDER = refused("sender", _("The sender's address, or the one for replies, isn't valid."))
# How the list of properties begins that an error is about.
_ABOUT_SENDER = ("['From", "['ReplyTo", "['Sender")
# Mailjet says of one mail among others that it failed on it.
_FAILED = Meaning("retry", None, _("Mailjet failed on this mail: Odoo tries again later."))
# Of a call to a resource. Somebody waits for it, so Odoo won't try again by itself.
_GONE = refused(
    None, _("Mailjet can't find this: it was deleted there, or the API address is wrong.")
)
_DOWN = Meaning("retry", None, _("Mailjet has an internal error. Try again later."))
_TOO_FAST = Meaning(
    "busy", None, _("Mailjet accepts no more requests at the moment. Try again in a minute.")
)
# Of an answer without a code, where Mailjet has more to say than `meanings.STATUSES`
STATUSES = {
    401: CODES["mj-0015"],
    403: blocked(_("Mailjet doesn't allow this API key to do that: ask its support.")),
    413: CODES["mj-0011"],
}


def outcome_of_mail(error: dict[str, Any]) -> Outcome:
    """Return the `Outcome` of a mail that was refused among others."""
    code, status = str(error.get("ErrorCode") or ""), error.get("StatusCode")
    is_failing = isinstance(status, int) and status >= 500
    said = _said(code, status, error.get("ErrorMessage"))
    if code == "mj-0013" and str(error.get("ErrorRelatedTo")).startswith(_ABOUT_SENDER):
        return outcome_of("Mailjet", _INVALID_SENDER, said)
    meaning = CODES.get(code, _FAILED if is_failing else UNKNOWN)
    return outcome_of("Mailjet", meaning, said)


def outcome_of_call(answer: Answer) -> Outcome:
    """Return the `Outcome` of every mail of a call that no mail's item answers."""
    code, message = _read(answer)
    meaning = by_status(answer.status, STATUSES)
    if meaning is not FAILING:
        meaning = CODES.get(code, meaning)
    return outcome_of("Mailjet", meaning, _said(code, answer.status, message))


def reason_of_resource(answer: Answer) -> Text:
    """Return why a call below ``/v3/REST`` did nothing."""
    code, message = _read(answer)
    codes = {**CODES, **RESOURCE_CODES}
    meaning = codes.get(code) or by_status(answer.status, STATUSES)
    if answer.status == 404:
        meaning = _GONE
    elif answer.status == 429:
        meaning = _TOO_FAST
    elif answer.status >= 500:
        meaning = _DOWN
    return reason_of("Mailjet", meaning, _said(code, answer.status, message))


def _read(answer: Answer) -> tuple[str, str]:
    """Return the code in an answer and what else it says."""
    error = answer.data if isinstance(answer.data, dict) else {}
    code, message = str(error.get("ErrorCode") or ""), str(error.get("ErrorMessage") or "")
    in_front = RESOURCE_CODE.match(message)
    if in_front and not code:
        return in_front[1], message[in_front.end() :]
    return code, message


def _said(code: str, status: Any, message: Any) -> str:
    """Return what Mailjet said, without what is secret in it."""
    said = ", ".join(str(part) for part in (code or f"HTTP {status}", message) if part)
    # It may repeat what it was given, such as a URL with a password.
    return URL.sub(r"\1\2/…", storable(said))
