# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Connections to PostgreSQL that are made again when they break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2.extensions import connection, cursor

# What `psycopg2.connect` takes, by name
Settings = Mapping[str, Any]

# A vanished database server is noticed within seconds, and not after the system's two hours.
_IMPATIENT = {
    "application_name": "mail_webhook_server",
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class ReconnectingConnection:
    """One connection, made when it is first used, and made again after an error.

    :param settings: as `psycopg2.connect` takes them
    :param autocommit: each statement is a transaction of its own, which takes one round trip
        instead of three; otherwise `use` commits at its end
    :param options: PostgreSQL's settings for this connection
    """

    def __init__(
        self,
        settings: Settings,
        autocommit: bool = False,
        options: Mapping[str, int] | None = None,
    ) -> None:
        flags = " ".join(f"-c {name}={value}" for name, value in (options or {}).items())
        self._settings = {**settings, **_IMPATIENT, "options": flags}
        self._autocommit = autocommit
        self._connection: connection | None = None

    @contextmanager
    def use(self) -> Iterator[cursor]:
        """Yield a cursor; after an error the connection is closed, and nothing is committed.

        :raises psycopg2.Error: no connection could be made, or a statement failed
        """
        if self._connection is None:
            self._connection = psycopg2.connect(**self._settings)
            self._connection.autocommit = self._autocommit
        try:
            with self._connection.cursor() as opened:
                yield opened
            if not self._autocommit:
                self._connection.commit()
        except BaseException:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether there is a connection. It may have broken since its last use."""
        return self._connection is not None

    def close(self) -> None:
        if self._connection is not None:
            opened, self._connection = self._connection, None
            opened.close()
