"""How a provider posts its events, its rules for receivers that are slow or fail, and counters."""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from statistics import median
from urllib.parse import unquote, urlsplit

# Not documented. The receiver shares this machine: with more, the machine would be measured.
_IN_FLIGHT = 2
_SLOW = 0.1
_TIMEOUT = 30.0


@dataclass(frozen=True)
class Rules:
    """What a provider does with a notification that is not answered well and in time.

    :param slow_is_discarded: an answer after more than 100 ms means that the notification is lost
    :param accepted: the statuses that mean that the receiver has taken it
    :param resends: how often one that failed (no answer, or another status) is sent again
    :param pause: seconds before it is sent again; the providers' minutes and hours, shortened
    :param waiting: how many may wait to be sent; what comes on top is deleted
    """

    slow_is_discarded: bool
    accepted: Container[int]
    resends: int
    pause: float
    waiting: int | None


# Manual V6, section 8
ALDEAMO = Rules(
    slow_is_discarded=True, accepted=range(200, 300), resends=1, pause=0.5, waiting=1000
)
# Event API: a time limit and a limit of the queue are not documented; ten tries to begin with
MAILJET = Rules(slow_is_discarded=False, accepted=(200,), resends=10, pause=0.5, waiting=None)


@dataclass(frozen=True)
class Response:
    """An answer: HTTP status, body, and the seconds from connecting to the end of the body."""

    status: int
    body: bytes
    seconds: float


@dataclass
class Report:
    """Counters of requests, except where it says events."""

    posted: int = 0  # sent at least once
    events: int = 0  # in the requests posted
    answered: int = 0  # with an accepted status, and not discarded
    slow: int = 0  # answered after more than 100 ms
    discarded: int = 0  # lost because slow
    resent: int = 0  # sent again after a failure
    failed: int = 0  # given up
    dropped: int = 0  # never sent, because too many were waiting
    latencies: list[float] = field(default_factory=list, repr=False)  # seconds, of every answer

    @property
    def median(self) -> float:
        """Seconds; 0 without any answer."""
        return median(self.latencies or [0.0])

    @property
    def max(self) -> float:
        """Seconds; 0 without any answer."""
        return max(self.latencies, default=0.0)

    def __str__(self) -> str:
        return (
            f"{self.posted} posted with {self.events} events, {self.answered} answered, "
            f"{self.slow} slow, {self.discarded} discarded, {self.resent} resent, "
            f"{self.failed} failed, {self.dropped} dropped; "
            f"median {self.median * 1000:.0f} ms, max {self.max * 1000:.0f} ms"
        )


class WebhookSender:
    """Posts JSON bodies, several at a time, each on a connection of its own.

    :ivar url: where to, unless a body has a URL of its own; ``None`` while the provider has none
    :ivar on_failure: called with the URL of its own of each body that is given up
    """

    def __init__(self, rules: Rules):
        self.url: str | None = None
        self.on_failure: Callable[[str], None] | None = None
        self.report = Report()
        self._rules = rules
        # (due, order of arrival, tries before, body, URL); a lock for it and for the report
        self._queue: list[tuple[float, int, int, object, str | None]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._in_flight = 0
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, name="webhook", daemon=True)
            for _ in range(_IN_FLIGHT)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop after the requests in flight; what waits is not sent."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def submit(self, body: object, url: str | None = None) -> None:
        """Queue one body; too many waiting and it is dropped."""
        with self._changed:
            self._put(0.0, 0, body, url)

    def wait_for_room(self) -> None:
        """Wait until the queue takes another body."""
        with self._changed:
            self._changed.wait_for(lambda: not self._full())

    def join(self) -> None:
        """Wait until nothing is waiting or in flight."""
        with self._changed:
            self._changed.wait_for(lambda: not self._queue and not self._in_flight)

    def post(self, body: object, url: str | None = None) -> Response:
        """Post one body at once and return the answer; no resend.

        :raises OSError: no connection, or no answer in time
        :raises ValueError: there is no URL to post to
        """
        with self._changed:
            self._count_post(body)
        try:
            response = self._request(body, url)
        except OSError:
            with self._changed:
                self.report.failed += 1
            raise
        with self._changed:
            if not self._count_answer(response):
                self.report.failed += 1
        return response

    def _full(self) -> bool:
        return self._rules.waiting is not None and len(self._queue) >= self._rules.waiting

    def _put(self, due: float, tries: int, body: object, url: str | None) -> None:
        if self._full():
            self.report.dropped += 1
        else:
            heapq.heappush(self._queue, (due, next(self._order), tries, body, url))
            self._changed.notify_all()

    def _take(self) -> tuple[int, object, str | None] | None:
        """The next body that is due, after its tries so far; ``None`` once it is time to stop."""
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                if self._queue and self._queue[0][0] <= now:
                    _due, _order, tries, body, url = heapq.heappop(self._queue)
                    self._in_flight += 1
                    self._changed.notify_all()
                    return tries, body, url
                self._changed.wait(self._queue[0][0] - now if self._queue else None)
        return None

    def _work(self) -> None:
        while taken := self._take():
            tries, body, url = taken
            with self._changed:
                if tries:
                    self.report.resent += 1
                else:
                    self._count_post(body)
            try:
                response = self._request(body, url)
            except OSError:
                response = None
            with self._changed:
                self._in_flight -= 1
                if not response or not self._count_answer(response):
                    if tries < self._rules.resends:
                        self._put(time.monotonic() + self._rules.pause, tries + 1, body, url)
                    else:
                        self._give_up(url)
                self._changed.notify_all()

    def _give_up(self, url: str | None) -> None:
        self.report.failed += 1
        if url and self.on_failure:
            self.on_failure(url)

    def _request(self, body: object, own_url: str | None) -> Response:
        target = own_url or self.url
        if not target:
            raise ValueError("the provider has no webhook URL")
        url = urlsplit(target)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        if url.username:
            credentials = f"{unquote(url.username)}:{unquote(url.password or '')}"
            headers["Authorization"] = f"Basic {b64encode(credentials.encode()).decode()}"
        started = time.monotonic()
        connection = HTTPConnection(url.hostname or "", url.port, timeout=_TIMEOUT)
        try:
            connection.request(
                "POST",
                url.path + (f"?{url.query}" if url.query else ""),
                body=json.dumps(body).encode(),
                headers=headers,
            )
            answer = connection.getresponse()
            return Response(answer.status, answer.read(), time.monotonic() - started)
        except HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def _count_post(self, body: object) -> None:
        self.report.posted += 1
        self.report.events += len(body) if isinstance(body, list) else 1

    def _count_answer(self, response: Response) -> bool:
        """Count an answer; false if the notification failed by it."""
        self.report.latencies.append(response.seconds)
        slow = response.seconds > _SLOW
        self.report.slow += slow
        if slow and self._rules.slow_is_discarded:
            self.report.discarded += 1
            return True
        good = response.status in self._rules.accepted
        self.report.answered += good
        return good
