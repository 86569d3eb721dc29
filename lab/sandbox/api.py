"""What the REST APIs of both providers have in common: their records, faults, delays and limits."""

from __future__ import annotations

import copy
import logging
import math
import ssl
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from .faults import ApiFault, FaultPlan
from .rest import HOST, FakeAnswer, Request, RestServer

_logger = logging.getLogger(__name__)
_TOO_MANY = "<html><head><title>429 Too Many Requests</title></head></html>"
_ERROR = "<html><head><title>Internal Server Error</title></head></html>"
_JSON = {"Content-Type": "application/json"}
_NOT_JSON = ("{", "<html></html>", "\ufeff{}", "OK", '{"Messages": [NaN', "\0")
# At most one of these happens to a call.
_OF_SENDING = (
    ApiFault.REVOKED,
    ApiFault.UNREACHABLE,
    ApiFault.RATE_LIMITED,
    ApiFault.REFUSED,
    ApiFault.DOWN,
    ApiFault.RESET,
    ApiFault.SLOW,
    ApiFault.ACCEPTED_DOWN,
    ApiFault.ACCEPTED_BROKEN,
    ApiFault.ACCEPTED_TRUNCATED,
    ApiFault.ACCEPTED_EMPTY,
    ApiFault.ACCEPTED_WRONG_TYPES,
    ApiFault.ACCEPTED_DRIPPING,
    ApiFault.ACCEPTED_HANGING,
    ApiFault.ACCEPTED_RESET,
)
_OF_LOOKING_UP = (
    ApiFault.LOOK_UP_DOWN,
    ApiFault.LOOK_UP_BROKEN,
    ApiFault.LOOK_UP_HANGING,
)


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
    """Something that goes wrong with one request whose path begins with ``path``.

    :param answer: in place of processing the request
    :param change: makes the answer that is given of the right one
    """

    path: str = ""
    processed: bool = True
    answer: FakeAnswer | None = None
    delay: float = 0.0
    dropped: bool = False
    change: Callable[[FakeAnswer], FakeAnswer] | None = None


class FakeApi(ABC):
    """The API of one provider, with faults on order.

    :ivar calls: every request, in order of arrival
    :ivar latency: seconds added before each answer
    :ivar rate_limit: (calls, seconds): what is beyond it is answered 429; ``None``: no limit
    :ivar plan: faults at random; those on order come first
    :ivar before_processing: called with each call before it is looked at, in the server's thread
    :ivar before_answer: called with each call once it is processed, before it is answered
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.latency = 0.0
        self.rate_limit: tuple[int, float] | None = None
        self.before_processing: Callable[[Call], None] | None = None
        self.before_answer: Callable[[Call], None] | None = None
        self.refused: dict[str, str] = {}
        self.poisoned: set[str] = set()
        self.plan: FaultPlan | None = None
        self._revoked_until = 0.0
        self._faults: list[_Fault] = []
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()
        self._server = RestServer(self._respond)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self._server.port}"

    @property
    def connections(self) -> int:
        """How many TCP connections have been made."""
        return self._server.connections

    def start(self, tls: ssl.SSLContext) -> None:
        self._server.start(tls)

    def stop(self) -> None:
        self._server.stop()

    def refuse(self, email: str, code: str) -> None:
        """Refuse every message to this address with an error of the provider's."""
        self.refused[email.lower()] = code

    def poison(self, email: str) -> None:
        """Answer 500 to every call with a message to this address, and take none of it."""
        self.poisoned.add(email.lower())

    def revoke(self, seconds: float = math.inf) -> None:
        """Refuse the credentials for a while."""
        self._revoked_until = time.monotonic() + seconds

    def vanish(self, seconds: float) -> None:
        """Close all connections, and refuse new ones for a while."""
        self._server.vanish(seconds)

    @property
    def is_revoked(self) -> bool:
        return time.monotonic() < self._revoked_until

    def refusal_of(self, email: str) -> str | None:
        """With which error a message to this address is refused, if it is."""
        if email.lower() in self.refused:
            return self.refused[email.lower()]
        struck = self.plan and self.plan.strikes(ApiFault.MAIL_REFUSED, email.lower())
        return self.mail_refusal if struck else None

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
        answer = FakeAnswer(status, body, headers or {})
        self._order(times, _Fault(path or "", processed=False, answer=answer))

    def stall(self, seconds: float, times: int = 1, path: str | None = None) -> None:
        """Process the request, and wait before answering."""
        self._order(times, _Fault(path or "", delay=seconds))

    def drop(self, times: int = 1, processed: bool = True, path: str | None = None) -> None:
        """Process the request or not, and close its connection without an answer."""
        self._order(times, _Fault(path or "", processed=processed, dropped=True))

    def mangle(self, times: int = 1, path: str | None = None) -> None:
        """Process the request and answer with half of the JSON."""
        self._order(times, _Fault(path or "", change=_mangled))

    def order(
        self,
        fault: ApiFault,
        times: int = 1,
        path: str | None = None,
        patience: float = 5.0,
        seed: int = 0,
    ) -> None:
        """Have requests meet one of the faults of a call.

        :param patience: seconds of silence or dripping
        :param seed: where a fault has several forms, which one
        :raises KeyError: it is a fault of a mail or an account
        """
        made = self._make(fault, Random(seed), patience)
        self._order(times, replace(made, path=path or ""))

    @property
    def pending_faults(self) -> int:
        """How many of the faults have not met a request yet."""
        return len(self._faults)

    def heal(self) -> None:
        """Forget faults, delays, limits and hooks."""
        self.latency, self.rate_limit = 0.0, None
        self.before_processing = self.before_answer = None
        self.plan, self._revoked_until = None, 0.0
        self.refused.clear()
        self.poisoned.clear()
        with self._lock:
            self._faults.clear()
        self._server.appear()

    @abstractmethod
    def answer(self, request: Request) -> FakeAnswer:
        """Process a request."""

    @abstractmethod
    def messages_in(self, request: Request) -> int:
        """How many messages a request asks to send."""

    @abstractmethod
    def recipients_in(self, request: Request) -> list[str]:
        """Whom a request asks to send messages to; as far as it can be read."""

    def is_look_up(self, request: Request) -> bool:
        """Whether a request looks for messages that were sent."""
        return False

    # What a provider refuses a single mail for, in a plan; and a call as a whole.
    mail_refusal: str
    refusals: Sequence[FakeAnswer]

    @abstractmethod
    def spoiled(self, body: dict[str, Any], random: Random) -> object:
        """The body of a good answer to a call that sends, with something of a wrong type."""

    def _order(self, times: int, fault: _Fault) -> None:
        with self._lock:
            self._faults.extend([fault] * times)

    def _ordered(self, request: Request) -> _Fault | None:
        with self._lock:
            for index, fault in enumerate(self._faults):
                if request.path.startswith(fault.path):
                    return self._faults.pop(index)
        return None

    def _planned(self, request: Request) -> _Fault | None:
        if self._is_poisoned(request):
            return _Fault(answer=FakeAnswer(500, _ERROR))
        plan = self.plan
        if plan is None:
            return None
        if self.messages_in(request):
            fault, random = plan.draw(_OF_SENDING, "call")
        elif self.is_look_up(request):
            fault, random = plan.draw(_OF_LOOKING_UP, "look-up")
        else:
            return None
        if fault is ApiFault.REVOKED:
            self.revoke(plan.pause)
            return None
        if fault is ApiFault.UNREACHABLE:
            # In another thread: this one belongs to a connection that gets closed.
            threading.Thread(target=self.vanish, args=(plan.pause,), daemon=True).start()
            return _Fault(processed=False, dropped=True)
        return fault and self._make(fault, random, plan.patience)

    def _is_poisoned(self, request: Request) -> bool:
        emails = [email.lower() for email in self.recipients_in(request)]
        plan = self.plan
        return any(email in self.poisoned for email in emails) or any(
            plan is not None and plan.strikes(ApiFault.MAIL_POISONED, email) for email in emails
        )

    def _make(self, fault: ApiFault, random: Random, patience: float) -> _Fault:
        down = FakeAnswer(random.choice((500, 502, 503, 504)), _ERROR)
        wrong = [
            _mangled,
            lambda _answer: FakeAnswer(200, {"Count": 1, "Data": "no list", "Total": None}),
            lambda _answer: FakeAnswer(200, [None]),
        ]
        cut = [_mangled, lambda answer: replace(answer, cut=True)]
        makers: dict[ApiFault, Callable[[], _Fault]] = {
            ApiFault.RATE_LIMITED: lambda: _Fault(answer=FakeAnswer(429, _TOO_MANY)),
            ApiFault.REFUSED: lambda: _Fault(answer=random.choice(self.refusals)),
            ApiFault.DOWN: lambda: _Fault(answer=down),
            ApiFault.RESET: lambda: _Fault(processed=False, dropped=True),
            ApiFault.SLOW: lambda: _Fault(delay=patience / 2),
            ApiFault.ACCEPTED_DOWN: lambda: _Fault(change=lambda _answer: down),
            ApiFault.ACCEPTED_BROKEN: lambda: _Fault(
                change=lambda answer: FakeAnswer(answer.status, random.choice(_NOT_JSON), _JSON)
            ),
            ApiFault.ACCEPTED_TRUNCATED: lambda: _Fault(change=random.choice(cut)),
            ApiFault.ACCEPTED_EMPTY: lambda: _Fault(
                change=lambda answer: FakeAnswer(answer.status, "", _JSON)
            ),
            ApiFault.ACCEPTED_WRONG_TYPES: lambda: _Fault(
                change=lambda answer: replace(answer, body=self._spoiled(answer.body, random))
            ),
            ApiFault.ACCEPTED_DRIPPING: lambda: _Fault(
                change=lambda answer: replace(answer, drip=patience)
            ),
            ApiFault.ACCEPTED_HANGING: lambda: _Fault(delay=patience, dropped=True),
            ApiFault.ACCEPTED_RESET: lambda: _Fault(dropped=True),
            ApiFault.LOOK_UP_DOWN: lambda: _Fault(
                answer=random.choice((down, FakeAnswer(429, _TOO_MANY)))
            ),
            ApiFault.LOOK_UP_BROKEN: lambda: _Fault(change=random.choice(wrong)),
            ApiFault.LOOK_UP_HANGING: lambda: _Fault(delay=patience, dropped=True),
        }
        return makers[fault]()

    def _spoiled(self, body: object, random: Random) -> object:
        # A refusal of the provider's stays one.
        return self.spoiled(copy.deepcopy(body), random) if isinstance(body, dict) else body

    def _respond(self, request: Request) -> FakeAnswer | None:
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
        fault = self._ordered(request) or self._planned(request) or _Fault()
        answer = fault.answer or (self._processed(request) if fault.processed else None)
        if fault.dropped:
            answer = None
        elif answer and fault.change:
            answer = fault.change(answer)
        call.status = answer.status if answer else None
        if self.before_answer:
            self.before_answer(call)
        self._server.wait(self.latency + fault.delay)
        return answer

    def _processed(self, request: Request) -> FakeAnswer:
        if self._too_fast():
            return FakeAnswer(429, _TOO_MANY)
        try:
            return self.answer(request)
        except Exception:
            # A test's ``on_message`` may raise anything: the caller sees a provider in trouble.
            _logger.exception("%s %s", request.method, request.target)
            return FakeAnswer(500, {"StatusCode": 500, "ErrorMessage": "Internal Server Error"})

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


def _mangled(answer: FakeAnswer) -> FakeAnswer:
    text = answer.content.decode()
    headers = {**answer.headers, "Content-Type": "application/json"}
    return FakeAnswer(answer.status, text[: len(text) // 2], headers)
