"""`make test`: all tests, in several runs of pytest.

The standalone tests must work without Odoo, and Odoo's need it imported before
anything else, so they cannot share a process. Two folders of standalone tests run
beside all others: for most of their time they wait.
"""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
_BESIDE = ("e2e", "faults")  # folders
_RESULTS = STATE / "results"
_NOTHING_COLLECTED = 5
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
    """Run the tests; return 0 if none failed."""
    with (
        exclusive("test", "another `make test` runs in this checkout"),
        postgres() as pg,
    ):
        return _run_all(pg, arguments)


def _run_all(pg: Server, arguments: list[str]) -> int:
    options, standalone, odoo = _routed(arguments)
    totals = Totals()
    installed_database(pg)  # first, so that an addon that does not install is told at once
    _RESULTS.mkdir(parents=True, exist_ok=True)
    if standalone or odoo:
        statuses = [_run_standalone(standalone, options, totals)] if standalone else []
        if odoo:
            statuses.append(_run_odoo(pg, odoo, options, totals))
    else:
        statuses = _run_everything(pg, options, totals)
    for line in totals.left_out:
        say(line)
    if arguments and _NOTHING_COLLECTED in statuses and set(statuses) != {_NOTHING_COLLECTED}:
        statuses = [status for status in statuses if status != _NOTHING_COLLECTED]
    say(str(totals))
    return max(statuses)


def _run_everything(pg: Server, options: list[str], totals: Totals) -> list[int]:
    with ExitStack() as running:
        beside = []
        for name in _BESIDE:
            arguments = [str(_STANDALONE / name), *options]
            log = LOGS / f"tests-{name}.log"
            beside.append(running.enter_context(_started(name, arguments, {}, log)))
            say(f"• Standalone tests of {name}, beside all others (log: {log})")
        others = [f"--ignore={_STANDALONE / name}" for name in _BESIDE]
        statuses = [
            _run_standalone([str(_STANDALONE), *others], options, totals),
            _run_odoo(pg, [], options, totals),
        ]
        for run in beside:
            say(f"• Standalone tests of {run.name}")
            statuses.append(run.wait(totals))
    return statuses


def _run_standalone(paths: list[str], options: list[str], totals: Totals) -> int:
    say("• Standalone tests")
    with _started("standalone", [*paths, *options], {}) as run:
        return run.wait(totals)


def _run_odoo(pg: Server, paths: list[str], options: list[str], totals: Totals) -> int:
    say("• Odoo's tests of the addon")
    database = fresh_database(pg, "test")
    # Under the addon's technical name: from it pytest-odoo derives the modules' names.
    tests = addon_path() / "tests"
    arguments = [
        f"--config-file={ROOT / 'dev' / 'pytest-odoo.ini'}",
        f"--rootdir={addon_path().parent}",
        f"--ignore={tests / 'standalone'}",
        f"--odoo-config={configuration()}",
        f"--odoo-database={database}",
        "--odoo-http",
        "-pdev.pytest_statics",
        # Shown with a test that fails: why a browser got an error is told nowhere else.
        "--odoo-log-level=error",
        *(paths or [str(tests)]),
        *options,
    ]
    env = {**pg.env(), "PYTHONPATH": f"{ODOO_HOME}{os.pathsep}{ROOT}"}
    try:
        with _started("odoo", arguments, env) as run:
            return run.wait(totals)
    finally:
        drop_database(pg, database)


@dataclass(frozen=True)
class _Run:
    """A run of pytest that was started.

    Attributes:
        log: what it prints, where that isn't the console.
        report: its results, as JUnit writes them.
    """

    name: str
    process: "Popen[bytes]"
    log: Path | None
    report: Path

    def wait(self, totals: Totals) -> int:
        """Wait for its end, showing its log; return its exit status."""
        if self.log:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                ended = False
                while not ended:
                    ended = self.process.poll() is not None
                    print(log.read(), end="", flush=True)
                    time.sleep(0.2)
        status = self.process.wait()
        if self.report.exists():
            totals.add(self.report)
        else:
            say(f"The {self.name} run ended without a result (exit status {status}).")
            totals.failed += 1
        return abs(status)


@contextmanager
def _started(
    name: str, arguments: Sequence[str], env: dict[str, str], log: Path | None = None
) -> Iterator[_Run]:
    """Start a run of pytest; end it, if it still goes on, when the context ends."""
    report = _RESULTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    outputs = [f"--junit-xml={report}", "-o", f"cache_dir={STATE / 'pytest' / name}"]
    examples = {"HYPOTHESIS_STORAGE_DIRECTORY": str(STATE / "hypothesis")}
    with scratch() as temporary, ExitStack() as files:
        output = files.enter_context(open(log, "wb")) if log else None
        command = [str(_PYTEST), *arguments, *outputs]
        process = spawn(command, {**env, **examples, **temporary}, output)
        try:
            yield _Run(name, process, log, report)
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
