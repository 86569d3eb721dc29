# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is logged while the database is away."""

import time

_INTERVAL = 60.0  # seconds


class Outage:
    """Logs that something fails: at once, then every minute; and that it works again.

    Used by one thread.

    :param logging.Logger logger: where to
    :param str what: what doesn't work, as the beginning of a sentence: "The spool can't be read"
    """

    def __init__(self, logger, what):
        self._logger = logger
        self._what = what
        self._failures = 0
        self._next_report = 0.0

    def failed(self, error):
        """Count a failure.

        Only the first line of the error is logged: the others quote what somebody posted.
        """
        self._failures += 1
        if time.monotonic() >= self._next_report:
            self._next_report = time.monotonic() + _INTERVAL
            cause = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            self._logger.warning("%s (%s times): %s", self._what, self._failures, cause)

    def is_over(self):
        """Note that it works."""
        if self._failures:
            self._logger.info("It works again, after %s failures: %s", self._failures, self._what)
            self._failures = 0
            self._next_report = 0.0
