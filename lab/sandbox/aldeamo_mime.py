"""A message of Aldeamo's API as a mail."""

from __future__ import annotations

import re
import uuid
from base64 import b64decode
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, NamedTuple

from .address import header_address
from .content_type import content_type

_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+(?:;[^,;]+)*);base64,(.*)", re.DOTALL)


class File(NamedTuple):
    """
    :param type: with its parameters
    """

    type: str
    data: bytes
    filename: str


def mime(message: dict[str, Any], subject: str, html: str) -> EmailMessage:
    """The mail of a valid message."""
    email = EmailMessage(policy=policy.default)
    email["From"] = _address(message["from"])
    email["To"] = [_address(entry) for entry in message["to"]]
    copies = message.get("options", {}).get("cc")
    if copies:
        email["Cc"] = [_address(entry) for entry in copies]
    email["Reply-To"] = _address(message["replyTo"])
    email["Subject"] = " ".join(subject.split())
    email.set_content(html, subtype="html")
    for file in files(message) or ():
        email.add_attachment(file.data, filename=file.filename, **content_type(file.type))
    return email


def files(message: dict[str, Any]) -> list[File] | None:
    """The attachments that are in the message itself; ``None`` if they are not well formed."""
    attachments = message.get("attachments", [])
    if not isinstance(attachments, list):
        return None
    found = []
    for attachment in attachments:
        path = attachment.get("path") if isinstance(attachment, dict) else None
        if not isinstance(path, str):
            return None
        if not _is_remote(path):
            file = _file(path, attachment.get("filename") or f"{uuid.uuid4()}")
            if file is None:
                return None
            found.append(file)
    return found


def remote(message: dict[str, Any]) -> list[str]:
    """The URLs of the other attachments."""
    paths = (attachment["path"] for attachment in message.get("attachments", []))
    return [path for path in paths if _is_remote(path)]


def _is_remote(path: str) -> bool:
    return path.startswith(("http://", "https://"))


def _file(path: str, filename: object) -> File | None:
    uri = _DATA_URI.fullmatch(path)
    if not uri or not isinstance(filename, str):
        return None
    try:
        return File(uri[1], b64decode(uri[2], validate=True), filename)
    except ValueError:
        return None


def _address(party: dict[str, Any]) -> Address:
    return header_address(party.get("name"), party["email"])
