"""Bodies posted to the controller and to the intake, and the rows that they must become."""

import http.client
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; charset=utf-16",
    "\xff",
)
_ROUND = 200  # bodies, before what is stored is looked at


class Wire:
    """Both ways in, of one database.

    :param variables: of the environment, as `variables` makes them
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
        self._posted = 0

    @staticmethod
    def variables(urls: Mapping[str, list[str]], logs: list[Path], database: str) -> dict[str, str]:
        """Return the environment that the target's process needs."""
        return {
            **{f"FUZZ_{code.upper()}": " ".join(urls[code]) for code in urls},
            "FUZZ_LOGS": " ".join(str(log) for log in logs),
            "FUZZ_DATABASE": database,
        }

    def post(self, code: str, body: bytes, fingerprints: set[str]) -> None:
        """Post a body both ways.

        :raises AssertionError: not answered with 200, or one of the former bodies isn't stored
        """
        self._posted += 1
        kind = _TYPES[len(body) % len(_TYPES)]
        for url in self._urls[code]:
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
            connection.request("POST", url.path, body, {"Content-Type": kind})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            assert answer.status == 200, f"{answer.status} by port {url.port}"
        self._expected |= fingerprints
        if self._posted % _ROUND == 0:
            self._look()

    def _look(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT fingerprint FROM unnest(%s) AS fingerprint EXCEPT"
                " SELECT fingerprint FROM mail_tracking",
                [list(self._expected)],
            )
            assert not cursor.fetchall(), "a body was acknowledged, and isn't stored"
            # By the intake a second time, unless that refuses what the controller has taken.
            cursor.execute(
                "SELECT count(*) FROM mail_tracking_spool WHERE received_at < now() AT"
                " TIME ZONE 'UTC' - interval '30 seconds'"
            )
            assert cursor.fetchone() == (0,), "a body stays in the intake's spool"
            cursor.execute("DELETE FROM mail_tracking")
        self._expected.clear()
        for log in self._logs:
            text = log.read_bytes()
            assert b"Traceback" not in text, f"a traceback in {log}"
            assert b"\nFAKE" not in text, f"a forged line in {log}"
