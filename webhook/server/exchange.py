# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A request, and its answer once there is one."""

import logging
import time
from urllib.parse import unquote

from ..masking import masked

_logger = logging.getLogger(__name__)


class Exchange:
    """What a connection reads, and what the receiver answers.

    :ivar stays: the connection may be used again
    :ivar is_complete: the body has been read to its end
    :ivar is_undecided: it isn't known yet whether it is authentic
    :ivar refusal: what is answered once the body has been read, of which nothing is kept
    :ivar size: bytes that the receiver has set aside for it
    :ivar webhook: whose secret it knows, once that is certain
    """

    __slots__ = (
        "_connection",
        "_started",
        "body",
        "headers",
        "is_complete",
        "is_undecided",
        "method",
        "path",
        "refusal",
        "size",
        "status",
        "stays",
        "target",
        "webhook",
    )

    def __init__(self, connection):
        self._connection = connection
        self._started = time.monotonic()
        self.method = b""
        self.path = ""
        self.target = b""
        self.headers = {}
        self.body = b""
        self.is_complete = False
        self.is_undecided = False
        self.refusal = None
        self.size = 0
        self.status = None
        self.stays = True
        self.webhook = None

    def begin(self, method, stays):
        """Note what the first line and the headers say."""
        self.method = method
        self.path = unquote(self.target.partition(b"?")[0].decode("latin-1"))
        self.stays = stays

    @property
    def length(self):
        """The body's length as announced, or None."""
        length = self.headers.get(b"content-length")
        return None if length is None else int(length)

    def header(self, name):
        """Return the value of a header, or ""."""
        return self.headers.get(name.lower().encode(), b"").decode("latin-1")

    @property
    def declared(self):
        """What is said of the body: the headers Content-Type and Content-Encoding."""
        return self.header("Content-Type"), self.header("Content-Encoding")

    @property
    def seconds(self):
        """How long ago it began."""
        return time.monotonic() - self._started

    def go_on(self):
        """Have the body read: it is decided what becomes of it."""
        self._connection.go_on(self)

    def turn_away(self, status):
        """Answer once the body has been read, and keep nothing of it."""
        self.refusal = status
        self.body = b""
        self.go_on()

    def answer(self, status):
        """Answer with an HTTP status, unless that has happened already."""
        if self.status is None:
            self.status = status
            level = logging.DEBUG if status == 200 else logging.INFO
            if _logger.isEnabledFor(level):
                line = masked(f"{self.method.decode('latin-1')} {ascii(self.path)[1:-1]}")
                _logger.log(level, "%s %s %.0f ms", line, status, self.seconds * 1000)
            self._connection.answered(self)
