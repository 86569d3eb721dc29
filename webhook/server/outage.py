# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is logged while the database can't be reached."""

from __future__ import annotations

import logging
import time

_INTERVAL = 60.0  # seconds


class Outage:
    """Logs that something fails: immediately, then every minute; and that it works again.

    For use in one thread.

    :param what: what doesn't work, as the beginning of a sentence: "The spool can't be read"
    """

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self._logger = logger
        self._what = what
        self._failures = 0
        self._next_report = 0.0

    def failed(self, error: Exception) -> None:
        """Count a failure.

        Only the first line of the error is logged: the other lines quote the posted body.
        """
        self._failures += 1
        if time.monotonic() >= self._next_report:
            self._next_report = time.monotonic() + _INTERVAL
            cause = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            self._logger.warning("%s (%s times): %s", self._what, self._failures, cause)

    def is_over(self) -> None:
        """Note that it works, and log this if it had failed."""
        if self._failures:
            self._logger.info("It works again, after %s failures: %s", self._failures, self._what)
            self._failures = 0
            self._next_report = 0.0
