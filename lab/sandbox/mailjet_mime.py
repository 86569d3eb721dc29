"""A message of Mailjet's Send API as the mail that SMTP would have brought.

The properties become the control headers that the guide names as their twins ("SMTP relay"), so
that one description of the events serves both ways.
"""

from __future__ import annotations

import json
from base64 import b64decode
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from .address import header_address
from .content_type import content_type

_CONTROL = {
    "CustomID": "X-MJ-CustomID",
    "EventPayload": "X-MJ-EventPayload",
    "CustomCampaign": "X-Mailjet-Campaign",
    "DeduplicateCampaign": "X-Mailjet-DeduplicateCampaign",
    "Priority": "X-Mailjet-Prio",
    "MonitoringCategory": "X-MJ-MonitoringCategory",
    "TemplateID": "X-MJ-TemplateID",
    "TemplateLanguage": "X-MJ-TemplateLanguage",
    "TemplateErrorDeliver": "X-MJ-TemplateErrorDeliver",
    "Variables": "X-MJ-Vars",
}
_TRACKING = {"TrackOpens": "X-Mailjet-TrackOpen", "TrackClicks": "X-Mailjet-TrackClick"}


def mime(message: dict[str, Any]) -> EmailMessage:
    """The mail of a valid message."""
    email = EmailMessage(policy=policy.default)
    email["From"] = _address(message["From"])
    for name in ("To", "Cc"):
        if message.get(name):
            email[name] = [_address(entry) for entry in message[name]]
    if "ReplyTo" in message:
        email["Reply-To"] = _address(message["ReplyTo"])
    if "Subject" in message:
        email["Subject"] = " ".join(message["Subject"].split())
    _add_parts(email, message)
    for name, value in message.get("Headers", {}).items():
        if name not in email:
            email[name] = value
    _add_controls(email, message)
    return email


def _address(entry: dict[str, Any]) -> Address:
    return header_address(entry.get("Name"), entry["Email"])


def _add_controls(email: EmailMessage, message: dict[str, Any]) -> None:
    for name, header in _CONTROL.items():
        if name in message:
            value = message[name]
            text = value if isinstance(value, str) else json.dumps(value)
            email.set_raw(header, text)  # as it is: it may be long and hold line breaks
    for name, header in _TRACKING.items():
        if (choice := message.get(name, "account_default")) != "account_default":
            email[header] = "1" if choice == "enabled" else "0"
    if "TemplateErrorReporting" in message:
        email["X-MJ-TemplateErrorReporting"] = message["TemplateErrorReporting"]["Email"]


def _add_parts(email: EmailMessage, message: dict[str, Any]) -> None:
    if "TextPart" in message:
        email.set_content(message["TextPart"])
    if "HTMLPart" in message:
        add = email.add_alternative if "TextPart" in message else email.set_content
        add(message["HTMLPart"], subtype="html")
    html = email.get_body(("html",))
    for inline in message.get("InlinedAttachments", ()):
        cid = f"<{inline.get('ContentID', inline['Filename'])}>"
        add = html.add_related if html else email.add_attachment
        add(_data(inline), cid=cid, disposition="inline", **_kind(inline))
    for attachment in message.get("Attachments", ()):
        email.add_attachment(_data(attachment), **_kind(attachment))


def _data(file: dict[str, Any]) -> bytes:
    return b64decode(file["Base64Content"])


def _kind(file: dict[str, Any]) -> dict[str, Any]:
    return {**content_type(file["ContentType"]), "filename": file["Filename"]}
