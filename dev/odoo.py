"""Odoo as a child process."""

import socket
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import requests

from dev.console import Stop, tail
from dev.paths import ADDON, DATA, LOGS, ODOO_HOME, STATE, addons_path
from dev.postgres import Server
from dev.processes import run
from dev.service import Service


def configuration() -> Path:
    """Write the settings common to all databases; return the file.

    Always naming a file keeps the developer's own ~/.odoorc out.
    """
    path = STATE / "odoo.conf"
    text = f"""[options]
addons_path = {addons_path()}
data_dir = {DATA}
http_interface = 127.0.0.1
list_db = False
max_cron_threads = 1
screencasts =
screenshots = {STATE / "screenshots"}
"""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        partial.write_text(text)
        partial.rename(path)
    return path


def odoo_command(pg: Server, database: str, command: str | None = None) -> list[str]:
    """Return the `odoo-bin` command for a database; append more options to it.

    `command` is one of odoo-bin's own or of an addon's, instead of the server.
    PGPASSWORD is not in it, as anybody may read a command line: pass `pg.env()` along.
    """
    return [
        sys.executable,
        str(ODOO_HOME / "odoo-bin"),
        # odoo-bin looks for an addon's commands before it reads the configuration.
        *([f"--addons-path={addons_path()}", command] if command else []),
        f"--config={configuration()}",
        f"--db_host={pg.host}",
        f"--db_port={pg.port}",
        f"--db_user={pg.user}",
        f"--database={database}",
        "--no-database-list",
    ]


def upgrade(pg: Server, database: str) -> None:
    """Upgrade the addon in a database, in an Odoo of its own.

    :raises Stop: the upgrade failed, with the end of its log
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"upgrade-{database}.log"
    options = [f"--update={ADDON}", "--stop-after-init", "--no-http"]
    if run([*odoo_command(pg, database), *options], pg.env(), log):
        raise Stop(f"The upgrade failed (log: {log}):\n{tail(log)}")


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RpcError(Exception):
    """A method that was called raised an exception, whose traceback this is."""


class Odoo(Service):
    """A running Odoo; a context manager.

    :ivar database: the database that it serves
    """

    NAME = "Odoo"
    STARTUP = 60

    def __init__(
        self,
        pg: Server,
        database: str,
        workers: int = 2,
        extra: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.database = database
        self._workers = workers
        self._session: requests.Session | None = None
        port = free_port()
        command = [
            *odoo_command(pg, database),
            f"--http-port={port}",
            f"--gevent-port={free_port()}",
            f"--workers={workers}",
            *extra,
        ]
        super().__init__(port, database, command, {**pg.env(), **(env or {})})

    def rpc(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a model's method as admin, as the web client does.

        XML-RPC would check the password at each call, which takes half a second of the processor.

        :raises RpcError: the method raised
        """
        if self._session is None:
            session = requests.Session()
            values = {"db": self.database, "login": "admin", "password": "admin"}
            self._call(session, "/web/session/authenticate", values)
            self._session = session
        call = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._call(self._session, "/web/dataset/call_kw", call)

    def _call(self, session: requests.Session, path: str, values: Mapping[str, Any]) -> Any:
        answer = session.post(self.url + path, json={"jsonrpc": "2.0", "params": values})
        answer.raise_for_status()
        body = answer.json()
        if "error" in body:
            raise RpcError(body["error"]["data"]["debug"])
        return body.get("result")

    def is_healthy(self) -> bool:
        """Tell whether it answers."""
        with suppress(OSError, HTTPException):  # it takes no connections yet
            self._get("/web/health")
            return True
        return False

    def _warm_up(self) -> None:
        """Make every worker load the registry, which takes seconds, before anything is timed."""
        # Without workers all are threads of one process. CPython 3.11 at times can't compile two
        # templates at once there ("AST constructor recursion depth mismatch"). One request will do.
        requests = 4 * self._workers or 1
        with ThreadPoolExecutor(requests) as pool:
            list(pool.map(self._get, ["/web/login"] * requests))

    def _get(self, path: str) -> None:
        with urllib.request.urlopen(self.url + path, timeout=self.STARTUP) as answer:
            answer.read()
