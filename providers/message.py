# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""An outgoing mail taken apart, as REST APIs want it.

Odoo and the addons around it build a MIME message. Whatever they put into it is read here, so
that a mail leaves by API as it would have left by SMTP.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html import unescape
from typing import NamedTuple, cast
from urllib.parse import unquote

import idna

from .base import storable

# Headers of the message's structure, and those for which APIs have fields of their own.
STRUCTURE = {
    "bcc",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "reply-to",
    "return-path",
    "subject",
    "to",
    "x-forge-to",
}

FOLD = re.compile(r"[\r\n]+[ \t]?")
LINE_BREAK_OR_NUL = re.compile(r"[\r\n\0]")
CID = re.compile(
    r"""\bcid:([^\s"'<>()]+)""", re.IGNORECASE
)  # what HTML names an image of the mail by
TOKEN = re.compile(r"[\w!#$&+.^`|~-]+", re.ASCII)  # RFC 2045 5.1, without what URIs reserve
# What a file is called that has no name, so that it can be opened.
DEFAULT_NAMES = {"message/rfc822": "mail.eml", "text/calendar": "invite.ics"}
KEPT_PARAMETERS = ("charset", "method", "component")  # RFC 2046 4.1.2, RFC 6047 2.4


class Mailbox(NamedTuple):
    """Somebody's name, perhaps empty, and address (RFC 5322 3.4), the domain in ASCII."""

    name: str
    address: str


@dataclass(frozen=True)
class Attachment:
    """A file.

    :param mime_type: with parameters, such as ``text/calendar; method=REQUEST``
    :param content_id: as the HTML part writes it, for an image that it shows; or None
    """

    name: str
    mime_type: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True)
class Outgoing:
    """A mail to be sent, with all who get it.

    :param headers: name → value, unfolded; without those that the other fields stand for
    :param names_others: To or Cc name people who don't get this copy of the mail, which an API
        can't do
    """

    sender: Mailbox
    to: list[Mailbox]
    cc: list[Mailbox] = field(default_factory=list)
    bcc: list[Mailbox] = field(default_factory=list)
    reply_to: Mailbox | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    message_id: str = ""
    names_others: bool = False

    @property
    def recipients(self) -> list[Mailbox]:
        return [*self.to, *self.cc, *self.bcc]

    def header(self, name: str) -> str | None:
        """Return the value of a header, in whatever case its name is written, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)

    @property
    def references(self) -> str:
        """The References, with the Message-Id among them: for an API that gives each mail a
        Message-Id of its own, so that a reply can name this one only there.
        """
        references = (self.header("References") or "").split()
        if self.message_id and self.message_id not in references:
            references.append(self.message_id)
        return " ".join(references)

    def split(self, limit: int | None = None) -> list["Outgoing"]:
        """Return the mail as several, each to at most `limit` recipients, with somebody in To.

        If nobody is in To, the first in copy moves there. People in blind copy don't move there
        beside others, who would learn of them: each gets a mail of their own.
        """
        everybody = [
            (kind, mailbox) for kind in ("to", "cc", "bcc") for mailbox in getattr(self, kind)
        ]
        limit = limit or len(everybody) or 1
        parts = []
        for start in range(0, len(everybody), limit):
            some: dict[str, list[Mailbox]] = {"to": [], "cc": [], "bcc": []}
            for kind, mailbox in everybody[start : start + limit]:
                some[kind].append(mailbox)
            if not some["to"] and some["cc"]:
                some["to"].append(some["cc"].pop(0))
            if some["to"]:
                parts.append(replace(self, to=some["to"], cc=some["cc"], bcc=some["bcc"]))
            else:
                parts += [replace(self, to=[mailbox], cc=[], bcc=[]) for mailbox in some["bcc"]]
        return parts


def from_message(message: Message, recipients: list[str]) -> Outgoing:
    """Take a MIME message apart.

    :param message: without Bcc
    :param recipients: the addresses of the envelope; those that stand neither in To
        nor in Cc are the blind copies
    """
    envelope = {comparable(recipient): recipient for recipient in recipients}
    named_to, named_cc = mailboxes(message, "To"), mailboxes(message, "Cc")
    to = [mailbox for mailbox in named_to if comparable(mailbox.address) in envelope]
    cc = [mailbox for mailbox in named_cc if comparable(mailbox.address) in envelope]
    seen = {comparable(mailbox.address) for mailbox in (*to, *cc)}
    rest = [
        Mailbox("", ascii_address(recipient))
        for key, recipient in envelope.items()
        if key not in seen
    ]
    text, html, attachments = read_parts(message)
    return Outgoing(
        sender=next(iter(mailboxes(message, "From")), Mailbox("", "")),
        to=to,
        cc=cc,
        bcc=rest,
        reply_to=next(iter(mailboxes(message, "Reply-To")), None),
        subject=unfolded(message["Subject"] or ""),
        text=text,
        html=html,
        attachments=attachments,
        headers={
            name: unfolded(value)
            for name, value in message.items()
            if name.lower() not in STRUCTURE
        },
        message_id=unfolded(message["Message-Id"] or ""),
        names_others=len(to) + len(cc) < len(named_to) + len(named_cc),
    )


def make_harmless(message: Message) -> None:
    """Take line breaks and NUL out of what headers say.

    An encoded word (RFC 2047) may hold them, and the email package writes them out as they are.
    A name or a subject could then add headers.
    """
    for name in set(message.keys()):
        values = message.get_all(name, [])
        if any(LINE_BREAK_OR_NUL.search(str(value)) for value in values):
            del message[name]
            for value in values:
                message[name] = unfolded(value)


def without_names(message: Message, recipients: list[str]) -> list[str]:
    """Return the addresses of an envelope without those that are only part of somebody's name.

    For `"jefa@otra.example" <ana@cliente.example>` early versions of Odoo 17 find two addresses.
    """
    values = [unfolded(value) for key in ("To", "Cc") for value in message.get_all(key, [])]
    found = getaddresses(values)
    addresses = {comparable(address) for _name, address in found}
    named = {
        comparable(word.strip("<>\"'(),;"))
        for name, _address in found
        if "@" in name
        for word in name.split()
    }
    kept = [to for to in recipients if comparable(to) in addresses or comparable(to) not in named]
    return list(dict.fromkeys(kept)) or list(recipients)


def unfolded(value: object) -> str:
    """Return a header's value on one line, otherwise as it is."""
    return storable(FOLD.sub(" ", str(value))).strip()


def mailboxes(message: Message, header: str) -> list[Mailbox]:
    """Return whom a header names, each once."""
    values = [unfolded(value) for value in message.get_all(header, [])]
    found: dict[str, Mailbox] = {}
    for name, address in getaddresses(values):
        if "@" in address:
            address = ascii_address(address)
            found.setdefault(comparable(address), Mailbox(decoded(name), address))
    return list(found.values())


def decoded(name: str) -> str:
    """Return a display name without its RFC 2047 encoding."""
    try:
        return unfolded(make_header(decode_header(name)))
    except (LookupError, UnicodeError, ValueError):
        return name


def ascii_address(address: str) -> str:
    """Return an address with its domain as A-labels (RFC 5890 2.3.2.1)."""
    local, _at, domain = address.strip().rpartition("@")
    if not domain.isascii():
        # If it can't be encoded, it stays, and the provider says what is wrong with it.
        with suppress(idna.IDNAError):
            domain = idna.encode(domain, uts46=True).decode()
    return f"{local}@{domain}"


def comparable(address: str) -> str:
    """Return an address as two of them can be compared."""
    return ascii_address(address).lower()


def read_parts(message: Message) -> tuple[str, str, list[Attachment]]:
    """Return the text, the HTML and the attachments of a MIME message."""
    text, html, attachments = "", "", []
    for part in leaves(message):
        mime_type = part.get_content_type()
        if mime_type == "text/plain" and not text and not is_file(part):
            text = read_text(part)
        elif mime_type == "text/html" and not html and not is_file(part):
            html = read_text(part)
        else:
            attachments.append(read_attachment(part))
    return text, html, named_as_in_html(attachments, html)


def leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something; an attached mail is one of them, with its parts.

    So is a file that is called a multipart, such as a saved page.
    """
    if (
        message.get_content_maintype() == "multipart"
        and message.is_multipart()
        and not is_file(message)
    ):
        for part in cast(list[Message], message.get_payload()):
            yield from leaves(part)
    else:
        yield message


def is_file(part: Message) -> bool:
    """Tell whether a part is a file, whatever its type."""
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def read_text(part: Message) -> str:
    """Return a part's text, also where its charset isn't known or doesn't fit."""
    content = cast(bytes | None, part.get_payload(decode=True)) or b""
    try:
        text = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return storable(text)


def read_attachment(part: Message) -> Attachment:
    """Return a part as a file."""
    mime_type = part.get_content_type()
    name = DEFAULT_NAMES.get(mime_type, "attachment")
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        content = part.as_bytes()
    elif part.is_multipart():  # a mail that was parsed
        content = b"".join(inner.as_bytes() for inner in cast(list[Message], part.get_payload()))
    else:
        content = cast(bytes | None, part.get_payload(decode=True)) or b""
    content_id = (part.get("Content-ID") or "").strip().strip("<>") or None
    filename = unfolded(part.get_filename() or "") or name
    return Attachment(filename, content_type(part), content, content_id)


def content_type(part: Message) -> str:
    """Return a file's type with the parameters that say how to read it, such as an invitation's
    ``method`` or a text's ``charset``.
    """
    if part.get_content_maintype() == "multipart":
        return "application/octet-stream"  # no API takes it for a file
    parameters = {name: str(part.get_param(name, "")) for name in KEPT_PARAMETERS}
    kept = [f"{name}={value}" for name, value in parameters.items() if TOKEN.fullmatch(value)]
    return "; ".join([part.get_content_type(), *kept])


def named_as_in_html(attachments: list[Attachment], html: str) -> list[Attachment]:
    """Return the attachments, each with its content id as the HTML writes it, or without one if
    the HTML doesn't show it.
    """
    names = CID.findall(html)
    # A URL is escaped (RFC 2392 2), and so is HTML, but not everybody escapes them.
    written = {
        **{unquote(unescape(name)): name for name in names},
        **{name: name for name in names},
    }
    return [
        replace(attachment, content_id=written.get(attachment.content_id))
        for attachment in attachments
    ]


def html_with_images(mail: Outgoing) -> str:
    """Return the HTML with its images in it, for an API that takes none beside it."""
    images = {file.content_id: data_uri(file) for file in mail.attachments if file.content_id}
    return CID.sub(lambda found: images.get(found[1], found[0]), mail.html)


def data_uri(file: Attachment) -> str:
    """Return a file as a URL that holds it (RFC 2397)."""
    mime_type = file.mime_type.replace("; ", ";")  # RFC 2397 3
    return f"data:{mime_type};base64,{base64.b64encode(file.content).decode()}"
