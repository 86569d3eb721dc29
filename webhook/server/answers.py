# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is answered, byte for byte."""

from http import HTTPStatus

_HEADERS = {
    HTTPStatus.UNAUTHORIZED: 'WWW-Authenticate: Basic realm="Email events"\r\n',
    HTTPStatus.METHOD_NOT_ALLOWED: "Allow: POST\r\n",
    HTTPStatus.SERVICE_UNAVAILABLE: "Retry-After: 1\r\n",
}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _answer(status, connection):
    return (
        f"HTTP/1.1 {status} {status.phrase}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: 0\r\n"
        f"{_HEADERS.get(status, '')}Connection: {connection}\r\n\r\n"
    ).encode()


# (status, whether the connection stays open) → the whole answer
ANSWERS = {
    (status.value, stays): _answer(status, "keep-alive" if stays else "close")
    for status in HTTPStatus
    for stays in (True, False)
}
