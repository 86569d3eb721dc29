# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Asking at once for everything that an SPF record leads to."""

from threading import Lock

from .record import COUNTED, is_spf, parse

# A valid record has at most 10 terms that ask the DNS; beyond this, one is being led on.
MAX_NAMES = 60


class Prefetch:
    """Follows the records that come in and puts the questions which they lead to.

    It judges nothing: walking and evaluating ask the same questions later and find the answers on
    their way. So these are plain sequential code and still take only as long as the longest chain.
    """

    def __init__(self, resolver):
        self._resolver = resolver
        self._seen = set()
        self._lock = Lock()

    def domain(self, name):
        """Ask for the record at `name` and all that it leads to."""
        if self._new(name):
            self._resolver.submit(name, "TXT").add_done_callback(lambda f: self._record(name, f))

    def terms(self, terms, domain):
        """Ask for what the terms of the record at `domain` lead to."""
        for term in terms:
            if term.name not in COUNTED or term.has_macros or term.name == "ptr":
                continue
            target = (term.target or domain).removesuffix(".").lower()
            if term.name in ("include", "redirect"):
                self.domain(target)
            elif self._new((term.name, target)):
                self._hosts(term.name, target)

    def _hosts(self, name, target):
        if name == "mx":
            self._resolver.submit(target, "MX").add_done_callback(self._mx)
        else:
            self._resolver.submit(target, "A")
            if name == "a":
                self._resolver.submit(target, "AAAA")

    def _new(self, key):
        with self._lock:
            if key in self._seen or len(self._seen) >= MAX_NAMES:
                return False
            self._seen.add(key)
            return True

    def _record(self, name, future):
        for text in _answer(future):
            if is_spf(text):
                self.terms(parse(text).effective, name)

    def _mx(self, future):
        for _preference, host in _answer(future):
            if host and self._new(("a", host)):
                self._hosts("a", host)


def _answer(future):
    return () if future.cancelled() else future.result().values
