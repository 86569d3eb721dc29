"""Bodies posted to the controller and to the webhook server, and the rows that they must become."""

import http.client
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import psycopg2

_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; charset=utf-16",
    "\xff",
)
_ROUND = 2  # seconds, after which what is stored is looked at
# Seconds in which the webhook server must have handed on what it took; it should need one.
_PATIENCE = 30


class Wire:
    """Both ways in, of one database: round by round one of them, as the rows don't tell by which
    they came.

    :param given: the environment, with what `variables` makes
    """

    codes = ("aldeamo", "mailjet")

    def __init__(self, given: Mapping[str, str]) -> None:
        self._urls = {
            code: [urlsplit(url) for url in given[f"FUZZ_{code.upper()}"].split()]
            for code in self.codes
        }
        self._logs = [Path(path) for path in given["FUZZ_LOGS"].split()]
        self._connection = psycopg2.connect(dbname=given["FUZZ_DATABASE"])
        self._connection.autocommit = True
        self._expected: set[str] = set()
        self._way = 0
        seconds = float(given["FUZZ_SECONDS"])
        # The last round is looked at before the time is over: libFuzzer ends the process without
        # a word to Python.
        self._end = time.monotonic() + seconds - min(_ROUND, seconds / 2)
        self._begin_round()

    @staticmethod
    def variables(
        urls: Mapping[str, list[str]], logs: list[Path], database: str, seconds: int
    ) -> dict[str, str]:
        """Return the environment that the target's process needs."""
        return {
            **{f"FUZZ_{code.upper()}": " ".join(urls[code]) for code in urls},
            "FUZZ_LOGS": " ".join(str(log) for log in logs),
            "FUZZ_DATABASE": database,
            "FUZZ_SECONDS": str(seconds),
        }

    def post(self, code: str, body: bytes, fingerprints: set[str]) -> None:
        """Post a body to the way in whose round it is; near the end of the search to none.

        :raises AssertionError: not answered with 200, or one of the former bodies isn't stored
        """
        if self._expected and time.monotonic() > self._round_end:
            self._look()
            self._way = 1 - self._way
            self._begin_round()
        if time.monotonic() < self._end:
            self._send(self._urls[code][self._way], body)
            self._expected |= fingerprints

    def _begin_round(self) -> None:
        self._round_end = min(time.monotonic() + _ROUND, self._end)

    def _send(self, url: SplitResult, body: bytes) -> None:
        kind = _TYPES[len(body) % len(_TYPES)]
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
        connection.request("POST", url.path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, f"{answer.status} by port {url.port}"

    def _look(self) -> None:
        with self._connection.cursor() as cursor:
            self._await_empty_spool(cursor)
            cursor.execute(
                "SELECT fingerprint FROM unnest(%s) AS fingerprint EXCEPT"
                " SELECT fingerprint FROM mail_tracking",
                [list(self._expected)],
            )
            assert not cursor.fetchall(), "a body was acknowledged, and isn't stored"
            cursor.execute("DELETE FROM mail_tracking")
        self._expected.clear()
        for log in self._logs:
            text = log.read_bytes()
            assert b"Traceback" not in text, f"a traceback in {log}"
            assert b"\nFAKE" not in text, f"a forged line in {log}"

    def _await_empty_spool(self, cursor: Any) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            cursor.execute("SELECT count(*) FROM mail_tracking_spool")
            if cursor.fetchone() == (0,):
                return
            assert time.monotonic() < deadline, "a body stays in the spool"
            time.sleep(0.05)
