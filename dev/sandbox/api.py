"""What the REST APIs of both providers have in common: their records, faults, delays and limits."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .rest import HOST, Answer, Request, RestServer

_logger = logging.getLogger(__name__)
_TOO_MANY = "<html><head><title>429 Too Many Requests</title></head></html>"


@dataclass
class Call:
    """One request to the API, kept from its arrival on.

    :param path: with the query
    :param body: the parsed JSON; ``None`` if there was none
    :param messages: how many messages it asks to send
    :param connection: which TCP connection it came on, counted from 1
    :param started: monotonic time of its arrival
    :ivar status: of the answer; ``None`` while it is being processed, and when none was given
    """

    method: str
    path: str
    body: object
    messages: int
    connection: int
    started: float = field(default_factory=time.monotonic)
    status: int | None = None


@dataclass(frozen=True)
class _Fault:
    """Something that goes wrong with one request whose path begins with ``path``."""

    path: str
    processed: bool = True
    answer: Answer | None = None
    delay: float = 0.0
    dropped: bool = False
    mangled: bool = False


class Api(ABC):
    """The API of one provider, with faults on order.

    :ivar calls: every request, in order of arrival
    :ivar latency: seconds added before each answer
    :ivar rate_limit: (calls, seconds): what is beyond it is answered 429; ``None``: no limit
    :ivar before_processing: called with each call before it is looked at, in the server's thread
    :ivar before_answer: called with each call once it is processed, before it is answered
    """

    def __init__(self):
        self.calls: list[Call] = []
        self.latency = 0.0
        self.rate_limit: tuple[int, float] | None = None
        self.before_processing: Callable[[Call], None] | None = None
        self.before_answer: Callable[[Call], None] | None = None
        self.refused: dict[str, str] = {}
        self._faults: list[_Fault] = []
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = RestServer(self._respond)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self._server.port}"

    @property
    def connections(self) -> int:
        """How many TCP connections have been made."""
        return self._server.connections

    def start(self, tls) -> None:
        self._server.start(tls)

    def stop(self) -> None:
        self._stopping.set()
        self._server.stop()

    def refuse(self, email: str, code: str) -> None:
        """Refuse every message to this address with an error of the provider's."""
        self.refused[email.lower()] = code

    # Each fault meets one request, the first that comes whose path begins with ``path``; several
    # meet one request each, in the order they were asked for.

    def fail(
        self,
        status: int,
        body: object = "",
        headers: Mapping[str, str] | None = None,
        times: int = 1,
        path: str | None = None,
    ) -> None:
        """Answer so without processing the request."""
        answer = Answer(status, body, headers or {})
        self._order(times, _Fault(path or "", processed=False, answer=answer))

    def stall(self, seconds: float, times: int = 1, path: str | None = None) -> None:
        """Process the request, and wait before answering."""
        self._order(times, _Fault(path or "", delay=seconds))

    def drop(self, times: int = 1, processed: bool = True, path: str | None = None) -> None:
        """Process the request or not, and close its connection without an answer."""
        self._order(times, _Fault(path or "", processed=processed, dropped=True))

    def mangle(self, times: int = 1, path: str | None = None) -> None:
        """Process the request and answer with half of the JSON."""
        self._order(times, _Fault(path or "", mangled=True))

    @property
    def pending_faults(self) -> int:
        """How many of the faults have not met a request yet."""
        return len(self._faults)

    def heal(self) -> None:
        """Forget faults, delays, limits and hooks."""
        self.latency, self.rate_limit = 0.0, None
        self.before_processing = self.before_answer = None
        self.refused.clear()
        with self._lock:
            self._faults.clear()

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Process a request."""

    @abstractmethod
    def messages_in(self, request: Request) -> int:
        """How many messages a request asks to send."""

    def _order(self, times: int, fault: _Fault) -> None:
        with self._lock:
            self._faults.extend([fault] * times)

    def _fault(self, request: Request) -> _Fault | None:
        with self._lock:
            for index, fault in enumerate(self._faults):
                if request.path.startswith(fault.path):
                    return self._faults.pop(index)
        return None

    def _respond(self, request: Request) -> Answer | None:
        call = Call(
            request.method,
            request.target,
            request.json,
            self.messages_in(request),
            request.connection,
        )
        with self._lock:
            self.calls.append(call)
        if self.before_processing:
            self.before_processing(call)
        fault = self._fault(request) or _Fault("")
        answer = fault.answer or (self._processed(request) if fault.processed else None)
        if fault.dropped:
            answer = None
        elif fault.mangled:
            answer = _mangled(answer)
        call.status = answer and answer.status
        if self.before_answer:
            self.before_answer(call)
        self._stopping.wait(self.latency + fault.delay)
        return answer

    def _processed(self, request: Request) -> Answer:
        if self._too_fast():
            return Answer(429, _TOO_MANY)
        try:
            return self.answer(request)
        except Exception:
            # For instance what ``on_message`` raised: the provider's own trouble.
            _logger.exception("%s %s", request.method, request.target)
            return Answer(500, {"StatusCode": 500, "ErrorMessage": "Internal Server Error"})

    def _too_fast(self) -> bool:
        if not self.rate_limit:
            return False
        calls, seconds = self.rate_limit
        now = time.monotonic()
        with self._lock:
            while self._recent and self._recent[0] <= now - seconds:
                self._recent.popleft()
            if len(self._recent) >= calls:
                return True
            self._recent.append(now)
        return False


def _mangled(answer: Answer) -> Answer:
    text = answer.content.decode()
    headers = {**answer.headers, "Content-Type": "application/json"}
    return Answer(answer.status, text[: len(text) // 2], headers)
