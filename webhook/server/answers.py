# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The answers, byte for byte."""

from __future__ import annotations

from http import HTTPStatus

_HEADERS = {
    HTTPStatus.UNAUTHORIZED: 'WWW-Authenticate: Basic realm="Email events"\r\n',
    HTTPStatus.METHOD_NOT_ALLOWED: "Allow: POST\r\n",
    HTTPStatus.SERVICE_UNAVAILABLE: "Retry-After: 1\r\n",
}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _answer(status: HTTPStatus, connection: str) -> bytes:
    return (
        f"HTTP/1.1 {status} {status.phrase}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: 0\r\n"
        f"{_HEADERS.get(status, '')}Connection: {connection}\r\n\r\n"
    ).encode()


# (status, whether the connection is kept alive) → the whole answer
ANSWERS = {
    (status.value, keep_alive): _answer(status, "keep-alive" if keep_alive else "close")
    for status in HTTPStatus
    for keep_alive in (True, False)
}
