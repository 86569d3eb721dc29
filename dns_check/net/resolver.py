# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Questions to the DNS: asked in parallel, each once in a run, all within one deadline."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from threading import Lock

from .answer import ERROR, NXDOMAIN, Answer, read
from .authority import Authorities
from .transport import (
    Question,
    Response,
    Server,
    Unanswered,
    ask_https,
    server_address,
    to_dns_name,
)
from .wire import Wire

# Threads for the questions of one domain. They are enough for all questions of a domain whose
# servers are dead, so that these time out together and not one after the other.
PARALLEL = 32


@dataclass(frozen=True)
class ResolverSettings:
    """Which servers to ask, and how long.

    :param nameservers: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`;
        without any, those of the system
    :param timeout: seconds to wait for an answer before the next try
    :param tries: the greatest number of tries for one question
    :param deadline: seconds after which the whole run ends; what isn't known then is `unknown`
    :param authoritative: ask the servers of each zone directly, without caches; `nameservers`
        are then used only to find them
    :param authoritative_port: the port of the zones' servers; another than 53 only in tests
    :param doh_url: ask this server by DNS over HTTPS (RFC 8484) instead of `nameservers`
    """

    nameservers: tuple[str, ...] = ()
    timeout: float = 1.5
    tries: int = 3
    deadline: float = 10.0
    authoritative: bool = False
    authoritative_port: int = 53
    doh_url: str | None = None

    def servers(self) -> list[Server]:
        """Return (address, port) of the name servers; [] if the system has none configured.

        :raises ValueError: one of `nameservers` isn't an address
        """
        if self.nameservers:
            return [server_address(text) for text in self.nameservers]
        import dns.exception
        import dns.resolver

        try:
            system = dns.resolver.Resolver()
        except dns.exception.DNSException:
            return []
        return [(address, 53) for address in system.nameservers if isinstance(address, str)]


class Resolver:
    """Asks the questions of one domain in one run. It is a context manager.

    Domains share no answers and no waiting threads. Otherwise the questions of a dead domain would
    delay those of another one.

    Answers are kept only during the run: who corrects a record and checks again must see the
    change.
    """

    def __init__(
        self,
        settings: ResolverSettings,
        until: float | None = None,
        parallel: int = PARALLEL,
        wire: Wire | None = None,
    ) -> None:
        """Begin; the deadline counts from now, unless `until` is given.

        :param until: `time.monotonic()` at which everything ends
        :param parallel: the number of threads for questions to the servers of a zone and over
            https; other questions need none
        :param wire: of the run; default: one of its own
        :raises ValueError: one of the name servers isn't an address
        """
        self.settings = settings
        self.until = until or time.monotonic() + settings.deadline
        self._servers = [] if settings.doh_url else settings.servers()
        self._authorities = Authorities(self) if settings.authoritative else None
        self._pool = ThreadPoolExecutor(parallel, thread_name_prefix="dns")
        self._wire = wire or Wire()
        self._answers: dict[tuple[str, str], Future[Answer]] = {}
        self._lock = Lock()

    def __enter__(self) -> Resolver:
        return self

    def __exit__(self, *_exception: object) -> None:
        # Don't wait: each thread ends by itself at the deadline.
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._wire.close()

    def submit(self, name: str, rdtype: str) -> Future[Answer]:
        """Ask a question, unless it was asked before; return a future of the answer.

        :param name: without final dot; an invalid name does not exist
        :param rdtype: TXT, SPF, A, AAAA, MX, CNAME, NS or PTR
        """
        name = name.lower()
        with self._lock:
            future = self._answers.get((name, rdtype))
            if future is None:
                future = self._answers[name, rdtype] = self._put(name, rdtype)
        return future

    def _put(self, name: str, rdtype: str) -> Future[Answer]:
        if self._authorities or self.settings.doh_url:
            try:
                return self._pool.submit(self._look_up, name, rdtype, self._authorities)
            except RuntimeError:  # closed
                return _known(Answer(name, rdtype, ERROR, error="deadline"))
        try:
            question = Question(to_dns_name(name), rdtype)
        except ValueError:
            return _known(Answer(name, rdtype, NXDOMAIN))
        future: Future[Answer] = Future()
        asked = self._wire.ask(question, self._servers, self.settings, self.until)
        asked.add_done_callback(lambda done: _pass_on(done, future, name, rdtype))
        return future

    def ask(self, name: str, rdtype: str) -> Answer:
        """Return the answer to a question; at the deadline it is an error."""
        future = self.submit(name, rdtype)
        try:
            return future.result(max(self.until - time.monotonic(), 0))
        except (FutureTimeoutError, CancelledError):
            return Answer(name.lower(), rdtype, ERROR, error="deadline")

    def ask_cache(self, name: str, rdtype: str) -> Answer:
        """Ask the name servers now, in this thread, even if the settings say `authoritative`.

        The answer may be an old one.
        """
        return self._look_up(name.lower(), rdtype, authorities=None)

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Ask several questions at the same time; return the answers in the same order.

        :param questions: (name, type) of each
        """
        questions = list(questions)
        for name, rdtype in questions:
            self.submit(name, rdtype)
        return [self.ask(name, rdtype) for name, rdtype in questions]

    def _look_up(self, name: str, rdtype: str, authorities: Authorities | None) -> Answer:
        try:
            question = Question(to_dns_name(name), rdtype)
        except ValueError:
            return Answer(name, rdtype, NXDOMAIN)
        try:
            if authorities is not None:
                return authorities.ask(name, rdtype)
            return self.ask_recursive(name, question)
        except Unanswered as error:
            return Answer(name, rdtype, ERROR, error=str(error))

    def ask_recursive(self, name: str, question: Question) -> Answer:
        """Ask the name servers now, in this thread.

        :raises Unanswered: they don't answer
        """
        if self.settings.doh_url:
            # Id 0, so that the same question can be cached (RFC 8484 4.1)
            message = question.message(0)
            seconds = self.settings.timeout * self.settings.tries
            response, size = ask_https(message, self.settings.doh_url, seconds, self.until)
        else:
            response, size = self.exchange(question, self._servers)
        return read(response, name, question.type, size)

    def exchange(self, question: Question, servers: Sequence[Server]) -> Response:
        """Ask these servers now, in this thread.

        :raises Unanswered: none of them answers
        """
        return self._wire.ask(question, servers, self.settings, self.until).result()


def _known(answer: Answer) -> Future[Answer]:
    """Return the future of an answer that is known without a question."""
    future: Future[Answer] = Future()
    future.set_result(answer)
    return future


def _pass_on(asked: Future[Response], future: Future[Answer], name: str, rdtype: str) -> None:
    """Set the result of a future to the answer in the response."""
    try:
        response, size = asked.result()
        future.set_result(read(response, name, rdtype, size))
    except Unanswered as error:
        future.set_result(Answer(name, rdtype, ERROR, error=str(error)))
    except Exception as error:  # noqa: BLE001 - the waiting thread must get it
        future.set_exception(error)
