# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A request and its answer."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..authentication import masked

if TYPE_CHECKING:
    from .connection import Connection

_logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False, repr=False)
class Exchange:
    """What a connection reads, and what the receiver answers.

    :ivar keep_alive: the connection may be used for another request
    :ivar is_complete: the body has been read to its end
    :ivar is_undecided: it isn't known yet whether the request is authentic
    :ivar refusal: the status to answer when the body, which is not kept, has been read
    :ivar status: the status that was answered; None until then
    :ivar size: bytes that the receiver has reserved for the body
    :ivar webhook: server id and provider of an authentic request
    """

    _connection: Connection
    method: bytes = b""
    path: str = ""
    target: bytes = b""
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    is_complete: bool = False
    is_undecided: bool = False
    refusal: int | None = None
    size: int = 0
    status: int | None = None
    keep_alive: bool = True
    webhook: tuple[int, str] | None = None
    _started: float = field(default_factory=time.monotonic)

    def begin(self, method: bytes, keep_alive: bool) -> None:
        """Note what the first line and the headers say."""
        self.method = method
        self.path = unquote(self.target.partition(b"?")[0].decode("latin-1"))
        self.keep_alive = keep_alive

    @property
    def length(self) -> int | None:
        """The announced length of the body in bytes; None if it isn't announced."""
        length = self.headers.get(b"content-length")
        return None if length is None else int(length)

    def header(self, name: str) -> str:
        """Return the value of a header, or ""."""
        return self.headers.get(name.lower().encode(), b"").decode("latin-1")

    @property
    def declared(self) -> tuple[str, str]:
        """The headers Content-Type and Content-Encoding, which describe the body."""
        return self.header("Content-Type"), self.header("Content-Encoding")

    @property
    def seconds(self) -> float:
        """The time since the request began."""
        return time.monotonic() - self._started

    def go_on(self) -> None:
        """Read the body: it is decided what to do with the request."""
        self._connection.go_on(self)

    def turn_away(self, status: int) -> None:
        """Read the body without keeping it, then answer with an HTTP status."""
        self.refusal = status
        self.body = b""
        self.go_on()

    def answer(self, status: int) -> None:
        """Answer with an HTTP status, unless the request was answered before."""
        if self.status is None:
            self.status = status
            level = logging.DEBUG if status == 200 else logging.INFO
            if _logger.isEnabledFor(level):
                line = masked(f"{self.method.decode('latin-1')} {ascii(self.path)[1:-1]}")
                _logger.log(level, "%s %s %.0f ms", line, status, self.seconds * 1000)
            self._connection.answered(self)
