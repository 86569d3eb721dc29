# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is in a webhook's body, whatever its bytes are."""

import codecs
import json
import re
import zlib
from typing import Any, NamedTuple

from .base import TEST_EVENT

MAX_BODY = 1024 * 1024  # bytes, packed or not; 3000 grouped events of the usual size fit in
GZIP = ("gzip", "x-gzip")  # RFC 9110 8.4.1.3
# No provider posts more events at a time: so many don't fit into a request.
MAX_ITEMS = 5000
_MAGIC = b"\x1f\x8b"
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.A | re.I)
# The charsets to decode. Python knows others that take too long, or that aren't charsets of texts.
_CHARSETS = ("iso8859-", "cp125", "utf-16", "utf-32")
# What Windows-1252 has in place of Latin-1's control characters
_WINDOWS_1252 = {
    byte: char for byte in range(0x80, 0xA0) if (char := bytes([byte]).decode("cp1252", "ignore"))
}


class BodyError(Exception):
    """A body that can't be read.

    :ivar text: of the body; where it can't be unpacked, its bytes, each as a character
    """

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


class Item(NamedTuple):
    """One of the events of a body.

    :param value: as JSON has it
    :param payload: its JSON
    :param content: its JSON, the same in whatever order its keys came
    """

    value: Any
    payload: str
    content: str


def read_items(body: bytes, content_type: str, content_encoding: str) -> list[Item]:
    """Return the events of a body. One object and an array are the same; a provider's `example`
    is no event.

    :raises BodyError: it isn't JSON, or too much
    """
    text = read_body(body, content_type, content_encoding)
    try:
        values = json.loads(text)
        values = values if isinstance(values, list) else [values]
        values = [value for value in values if not is_test(value)]
        if len(values) > MAX_ITEMS:
            raise BodyError(f"An array of more than {MAX_ITEMS} events", text)
        return [
            Item(value, json.dumps(value, ensure_ascii=False), json.dumps(value, sort_keys=True))
            for value in values
        ]
    except (ValueError, RecursionError) as error:
        raise BodyError(f"Not valid JSON: {error}", text) from None


def is_test(value: Any) -> bool:
    """Tell whether it is a provider's `example`, which means nothing."""
    return isinstance(value, dict) and value.get("event") == TEST_EVENT


def read_body(body: bytes, content_type: str = "", content_encoding: str = "") -> str:
    """Return the text of a body, of which no byte is lost.

    UTF-8 first, as JSON wants it (RFC 8259 8.1); then the charset that is declared; then
    Windows-1252, which old systems write without declaring it.

    :raises BodyError: it is said to be packed, and can't be unpacked
    """
    if content_encoding.strip().lower() in GZIP and body.startswith(_MAGIC):
        body = _unpack(body)
    for charset in ("utf-8-sig", _declared(content_type)):
        if charset:
            try:
                return body.decode(charset)
            except UnicodeError:
                continue
    return _windows_1252(body)


def _unpack(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        raise BodyError(f"Not valid gzip: {error}", _windows_1252(body)) from None
    if len(unpacked) > MAX_BODY:
        raise BodyError(f"Unpacked, it is larger than {MAX_BODY} bytes", _windows_1252(body))
    if not unpacker.eof:
        raise BodyError("Not valid gzip: it ends too early", _windows_1252(body))
    return unpacked


def _declared(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    if not match:
        return None
    try:
        name = codecs.lookup(match[1]).name
    except LookupError:
        return None
    return name if name.startswith(_CHARSETS) else None


def _windows_1252(body: bytes) -> str:
    """Return the text; the five bytes that it leaves undefined are what they are in Latin-1."""
    return body.decode("latin-1").translate(_WINDOWS_1252)
