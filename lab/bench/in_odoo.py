"""Measuring inside of Odoo: in a process that has it, on a database of its own."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dev.console import Stop, tail
from dev.locks import exclusive
from dev.odoo import odoo_command
from dev.paths import ODOO_HOME, STATE, VENV_PYTHON
from dev.postgres import OwnServer, Server
from dev.processes import run
from lab.bench import services

# Set only in the process that measures: how to start Odoo.
_OPTIONS = "DEV_BENCH_ODOO_OPTIONS"


def measured(module: str, arguments: Sequence[str], measure: Callable[[], None]) -> int:
    """Run `python -m module` again, with Odoo and a fresh database: there, call `measure`.

    Odoo must be imported before anything else, and knows its database from its options.
    """
    if _OPTIONS in os.environ:
        measure()
        return 0
    with (
        exclusive("bench", "a benchmark runs in this checkout"),
        OwnServer("bench") as own,
        services.database(own.server, "inside") as database,
    ):
        command = [str(VENV_PYTHON), "-m", module, *arguments]
        return run(command, _environment(own.server, database))


def results(pg: Server, database: str, module: str, *arguments: object) -> list[dict[str, Any]]:
    """Run `python -m module` with Odoo and this database; return the JSON objects it printed."""
    STATE.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=STATE, prefix="in-odoo-") as output:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        if run(command, _environment(pg, database), Path(output.name)):
            raise Stop(f"{module} failed:\n{tail(Path(output.name))}")
        output.seek(0)
        return [json.loads(line) for line in output.read().splitlines() if line.startswith(b"{")]


def _environment(pg: Server, database: str) -> dict[str, str]:
    """Return the variables that have such a process measure in this database."""
    command = odoo_command(pg, database)[2:]
    return {**pg.env(), "PYTHONPATH": str(ODOO_HOME), _OPTIONS: json.dumps(command)}


@contextmanager
def environment() -> Iterator[Any]:
    """Yield an environment of Odoo's; its cursor commits."""
    import odoo

    odoo.tools.config.parse_config([*json.loads(os.environ[_OPTIONS]), "--log-level=warn"])
    registry = odoo.registry(odoo.tools.config["db_name"])
    with registry.cursor() as cr:
        yield odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})


class Stopwatch:
    """Time that passes, and time that the processor works for us: on a machine that others use
    too, only the latter says how fast the code is.
    """

    def __init__(self, env: Any) -> None:
        env.cr.execute("SELECT pg_backend_pid()")
        self._backend = Path(f"/proc/{env.cr.fetchone()[0]}/stat")
        env.cr.commit()
        self._start = time.perf_counter()
        self._start_cpu = self._cpu()

    def seconds(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._start

    def rates(self, count: int) -> dict[str, int]:
        """Return how many of `count` were done a second; and a second of work of this process and
        its connection's server process, if that runs on this machine.
        """
        rates = {"per_second": round(count / self.seconds())}
        if self._backend.exists():
            rates["per_cpu_second"] = round(count / (self._cpu() - self._start_cpu))
        return rates

    def _cpu(self) -> float:
        if not self._backend.exists():
            return 0
        ticks = self._backend.read_text().rpartition(")")[2].split()[11:13]
        return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
