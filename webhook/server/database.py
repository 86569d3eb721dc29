# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Connections to PostgreSQL that are made anew when they break."""

from contextlib import contextmanager

import psycopg2

# A server that vanishes without a word is noticed within seconds, not after the system's two hours.
_IMPATIENT = {
    "application_name": "mail_intake",
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Link:
    """One connection, made when it is first used, and made anew after an error.

    :param dict settings: as `psycopg2.connect` takes them
    :param autocommit: each statement is a transaction, at the cost of one round trip instead of
        three; otherwise `use` commits at its end
    :param dict options: PostgreSQL's settings for this connection
    """

    def __init__(self, settings, autocommit=False, options=None):
        flags = " ".join(f"-c {name}={value}" for name, value in (options or {}).items())
        self._settings = {**settings, **_IMPATIENT, "options": flags}
        self._autocommit = autocommit
        self._connection = None

    @contextmanager
    def use(self):
        """Yield a cursor; after an error the connection is closed, and nothing is committed.

        :raises psycopg2.Error: there is no connection to be had, or what was done failed
        """
        if self._connection is None:
            self._connection = psycopg2.connect(**self._settings)
            self._connection.autocommit = self._autocommit
        try:
            with self._connection.cursor() as cursor:
                yield cursor
            if not self._autocommit:
                self._connection.commit()
        except BaseException:
            self.close()
            raise

    @property
    def is_open(self):
        """Whether there is a connection, which may have broken meanwhile."""
        return self._connection is not None

    def close(self):
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()
