# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asks in advance for everything that an SPF record leads to."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from threading import Lock

from ..net.answer import Answer
from ..net.resolver import Resolver
from .record import COUNTED, Term, is_spf, parse

# A valid record has at most 10 terms that ask the DNS. With more than this, a zone is hostile.
MAX_NAMES = 60


class Prefetch:
    """Reads the records as they arrive and asks the questions to which they lead.

    Walking and evaluating ask the same questions later, one after the other, and find the answers
    already there. So they take only as long as the longest chain of questions.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._seen: set[str | tuple[str, str]] = set()
        self._lock = Lock()

    def domain(self, name: str) -> None:
        """Ask for the record at `name` and for all that it leads to."""
        if self._new(name):
            self._resolver.submit(name, "TXT").add_done_callback(lambda f: self._record(name, f))

    def terms(self, terms: Iterable[Term], domain: str) -> None:
        """Ask for all that the terms of the record at `domain` lead to."""
        for term in terms:
            if term.name not in COUNTED or term.has_macros or term.name == "ptr":
                continue
            target = (term.target or domain).removesuffix(".").lower()
            if term.name in ("include", "redirect"):
                self.domain(target)
            elif self._new((term.name, target)):
                self._hosts(term.name, target)

    def _hosts(self, name: str, target: str) -> None:
        if name == "mx":
            self._resolver.submit(target, "MX").add_done_callback(self._mx)
        else:
            self._resolver.submit(target, "A")
            if name == "a":
                self._resolver.submit(target, "AAAA")

    def _new(self, key: str | tuple[str, str]) -> bool:
        with self._lock:
            if key in self._seen or len(self._seen) >= MAX_NAMES:
                return False
            self._seen.add(key)
            return True

    def _record(self, name: str, future: Future[Answer]) -> None:
        for text in () if future.cancelled() else future.result().values:
            if is_spf(text):
                self.terms(parse(text).effective, name)

    def _mx(self, future: Future[Answer]) -> None:
        for _preference, host in () if future.cancelled() else future.result().exchanges:
            if host and self._new(("a", host)):
                self._hosts("a", host)
