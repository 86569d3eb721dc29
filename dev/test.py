"""`make test`: all tests, in several runs of pytest, some beside each other.

The standalone tests must work without Odoo, and Odoo's need it imported before
anything else, so they cannot share a process. Many tests wait for most of their time.
"""

import os
import signal
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from xml.etree import ElementTree

from dev.console import say
from dev.databases import drop_database, fresh_database, installed_database
from dev.locks import exclusive
from dev.odoo import configuration
from dev.paths import LOGS, ODOO_HOME, ROOT, STATE, VENV_PYTHON, addon_path
from dev.postgres import Server, postgres
from dev.processes import run_as_command, scratch, spawn, terminate

_PYTEST = VENV_PYTHON.with_name("pytest")
_TESTS = ROOT / "tests"
_STANDALONE = _TESTS / "standalone"
# Of standalone tests, run by themselves
_FOLDERS = ("e2e", "webhook_server", "faults", "providers", "dns_check")
_SANDBOX = "sandbox"  # folder of Odoo's tests with the stand-ins of the providers
# All parts, those that take longest first, and those of a fast run
_PARTS = (
    *(_SANDBOX, "faults", "e2e", "webhook_server"),
    *("providers", "odoo", "dns_check", "standalone"),
)
_FAST_PARTS = ("odoo", "providers", "dns_check", "standalone")
# So many parts run beside each other. With more, a time limit passes before a test had its turn.
_BESIDE = 3
_RESULTS = STATE / "results"
_NOTHING_COLLECTED = 5
_SLOW = 5  # seconds from which a test is named
_ENDED = object()
# A word in the reason for which a test is skipped → what it needs
_NEEDED = {"chrom": "Chromium", "nginx": "nginx", "oca-tests": "make oca-tests"}


@dataclass
class Totals:
    """What the runs of pytest add up to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    left_out: list[str] = field(default_factory=list)  # what needs something that isn't installed

    def add(self, report: Path) -> None:
        """Add the results of a JUnit report."""
        # Case by case: the sums in the report count subtests as tests of their own.
        for case in ElementTree.parse(report).iter("testcase"):
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif skipped is None:
                self.passed += 1
            else:
                self.skipped += 1
                reason = skipped.get("message", "")
                needed = [name for word, name in _NEEDED.items() if word in reason.lower()]
                if needed:
                    name = f"{case.get('classname')}.{case.get('name')}"
                    self.left_out.append(f"LEFT OUT (needs {needed[0]}) {name}: {reason}")

    def __str__(self) -> str:
        text = f"{self.passed} passed, {self.failed} failed"
        return f"{text}, {self.skipped} skipped" if self.skipped else text


def main(arguments: list[str]) -> int:
    """Run the tests, or those that `--fast` leaves; return 0 if none failed."""
    with (
        exclusive("test", "another `make test` runs in this checkout"),
        postgres() as pg,
    ):
        is_fast = arguments[:1] == ["--fast"]
        return _run_all(pg, arguments[is_fast:], is_fast)


def _run_all(pg: Server, arguments: list[str], is_fast: bool) -> int:
    options, standalone, odoo = _routed(arguments)
    if is_fast:
        options += ["-m", "not slow"]
    totals = Totals()
    installed_database(pg)  # first, so that an addon that does not install is told at once
    _RESULTS.mkdir(parents=True, exist_ok=True)
    if standalone or odoo:
        statuses = []
        if standalone:
            statuses.append(_run_alone(_started("standalone", standalone + options, {}), totals))
        if odoo:
            statuses.append(_run_alone(_odoo(pg, "odoo", odoo + options), totals))
    else:
        statuses = _run_parts(pg, _FAST_PARTS if is_fast else _PARTS, options, totals)
    for line in totals.left_out:
        say(line)
    if arguments and _NOTHING_COLLECTED in statuses and set(statuses) != {_NOTHING_COLLECTED}:
        statuses = [status for status in statuses if status != _NOTHING_COLLECTED]
    say(str(totals))
    return max(statuses)


def _run_alone(started: AbstractContextManager["_Run"], totals: Totals) -> int:
    with started as run:
        run.process.wait()
        return run.result(totals)


def _run_parts(pg: Server, names: Sequence[str], options: list[str], totals: Totals) -> list[int]:
    statuses: list[int] = []
    waiting = iter(names)  # shared: who is done takes the next part
    going = [_runner(pg, waiting, options, totals, statuses) for _index in range(_BESIDE)]
    try:
        while going:
            going = [runner for runner in going if next(runner, _ENDED) is not _ENDED]
            time.sleep(0.2)
    finally:
        for runner in going:
            runner.close()
    return statuses


def _runner(
    pg: Server, waiting: Iterator[str], options: list[str], totals: Totals, statuses: list[int]
) -> Generator[None, None, None]:
    """Run parts that are waiting, one after another; yield as long as they go on."""
    for name in waiting:
        log = LOGS / f"tests-{name}.log"
        with _part(pg, name, options, log) as run:
            say(f"• Tests of {name} (log: {log})")
            while run.process.poll() is None:
                yield
            say(f"• Tests of {name} have ended")
            print(log.read_text(encoding="utf-8", errors="replace"), flush=True)
            statuses.append(run.result(totals))


def _part(pg: Server, name: str, options: list[str], log: Path) -> AbstractContextManager["_Run"]:
    odoo = addon_path() / "tests"
    if name == "odoo":
        return _odoo(pg, name, [str(odoo), f"--ignore={odoo / _SANDBOX}", *options], log)
    if name == _SANDBOX:
        return _odoo(pg, name, [str(odoo / _SANDBOX), *options], log)
    if name in _FOLDERS:
        return _started(name, [str(_STANDALONE / name), *options], {}, log)
    others = [f"--ignore={_STANDALONE / folder}" for folder in _FOLDERS]
    return _started(name, [str(_STANDALONE), *others, *options], {}, log)


@contextmanager
def _odoo(pg: Server, name: str, arguments: list[str], log: Path | None = None) -> Iterator["_Run"]:
    database = fresh_database(pg, f"test_{name}")
    # Under the addon's technical name: from it pytest-odoo derives the modules' names.
    own = [
        f"--config-file={ROOT / 'dev' / 'pytest-odoo.ini'}",
        f"--rootdir={addon_path().parent}",
        f"--ignore={addon_path() / 'tests' / 'standalone'}",
        f"--odoo-config={configuration()}",
        f"--odoo-database={database}",
        "--odoo-http",
        "-pdev.pytest_odoo_tests",
        # Shown with a test that fails: why a browser got an error is told nowhere else.
        "--odoo-log-level=error",
    ]
    env = {**pg.env(), "PYTHONPATH": f"{ODOO_HOME}{os.pathsep}{ROOT}"}
    try:
        with _started(name, [*own, *arguments], env, log) as run:
            yield run
    finally:
        drop_database(pg, database)


@dataclass(frozen=True)
class _Run:
    """A run of pytest that was started.

    :param report: its results, as JUnit writes them
    """

    name: str
    process: "Popen[bytes]"
    report: Path

    def result(self, totals: Totals) -> int:
        """Add the results of a run that has ended; return its exit status."""
        status: int = self.process.returncode
        if self.report.exists():
            totals.add(self.report)
        else:
            say(f"{self.name}: the run ended without a result (exit status {status}).")
            totals.failed += 1
        return abs(status)


@contextmanager
def _started(
    name: str, arguments: Sequence[str], env: dict[str, str], log: Path | None = None
) -> Iterator[_Run]:
    """Start a run of pytest; end it, if it still goes on, when the context ends."""
    report = _RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    outputs = [
        f"--junit-xml={report}",
        *("-o", f"cache_dir={STATE / 'pytest' / name}"),
        *("--durations=10", f"--durations-min={_SLOW}"),
    ]
    examples = {"HYPOTHESIS_STORAGE_DIRECTORY": str(STATE / "hypothesis")}
    with scratch() as temporary, ExitStack() as files:
        output = files.enter_context(open(log, "wb")) if log else None
        command = [str(_PYTEST), *arguments, *outputs]
        process = spawn(command, {**env, **examples, **temporary}, output)
        try:
            yield _Run(name, process, report)
        finally:
            terminate(process, signal.SIGINT)  # which pytest takes as a request to clean up


def _routed(arguments: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Sort pytest's arguments into options, standalone paths and Odoo paths."""
    options, standalone, odoo = [], [], []
    for argument in arguments:
        name, *selection = argument.split("::")
        path = Path(os.path.abspath(name))
        if argument.startswith("-") or not path.exists() or not path.is_relative_to(_TESTS):
            options.append(argument)
        elif path.is_relative_to(_STANDALONE):
            standalone.append(argument)
        else:
            inside = addon_path() / path.relative_to(ROOT)
            odoo.append("::".join([str(inside), *selection]))
    return options, standalone, odoo


if __name__ == "__main__":
    run_as_command(main)
