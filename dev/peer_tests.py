"""`make odoo-tests`: does the addon break what Odoo itself tests?

Runs Odoo's own tests of mail sending twice, without and with the addon installed, and
compares. Some of them fail on a plain Odoo too, on this or that machine; what counts is
the difference.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from dev.console import Stop, say, step, tail
from dev.databases import drop_database, fresh_tests_database
from dev.odoo import free_port, odoo_command
from dev.paths import LOGS, ODOO_HOME, addons_path
from dev.postgres import Server, postgres
from dev.processes import run_as_command, scratch, spawn, terminate

_TEST_ADDONS = ("test_mail", "test_mail_sms", "test_mass_mailing", "mass_mailing_sms")
_TAGS = "/base:TestIrMailServer,/mail,/mass_mailing,/sms," + ",".join(
    f"/{name}" for name in _TEST_ADDONS
)

_STARTED = re.compile(r" INFO \S+ odoo\.addons\.(\S+): Starting (\S+) \.\.\. *$", re.MULTILINE)
_FAILED = re.compile(r" ERROR \S+ odoo\.addons\.(\S+): (FAIL|ERROR): (.+?) *$", re.MULTILINE)
_SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")


@dataclass(frozen=True)
class Outcome:
    """What one run of Odoo's tests came to."""

    tests: int
    failures: int
    errors: int
    started: frozenset[str]
    broken: frozenset[str]


def main(_arguments: list[str]) -> int:
    """Compare the two runs; return 0 if the addon changes nothing."""
    with postgres() as pg:
        outcomes = []
        for ours, word in ((False, "without"), (True, "with")):
            database = fresh_tests_database(pg, f"peer_{word}", _TEST_ADDONS, ours)
            outcomes.append(run_tests(pg, database, f"{word} the addon", _TAGS))
    return 0 if compare(*outcomes) else 1


def compare(without: Outcome, with_addon: Outcome) -> bool:
    """Tell the developer how the runs differ; return whether the addon breaks nothing."""
    say(f"{'':18}{'tests':>8}{'failures':>10}{'errors':>8}")
    for name, outcome in (("without the addon", without), ("with the addon", with_addon)):
        say(f"{name:18}{outcome.tests:>8}{outcome.failures:>10}{outcome.errors:>8}")
    differences = [
        *_listed("runs only without the addon", without.started - with_addon.started),
        *_listed("runs only with the addon", with_addon.started - without.started),
        *_listed("fails only without the addon", without.broken - with_addon.broken),
        *_listed("fails only with the addon", with_addon.broken - without.broken),
        *_listed("fails in both", without.broken & with_addon.broken),
    ]
    for line in differences:
        say(line)
    same = without.started == with_addon.started and with_addon.broken <= without.broken
    say("The addon breaks none of them." if same else "The addon makes a difference.")
    return same


def run_tests(
    pg: Server, database: str, label: str, tags: str, folder: Path | None = None
) -> Outcome:
    """Run tests on a database and drop it.

    `folder` has more addons; beside its part for Odoo is one for Python.

    :raises Stop: they did not run to their end, with the end of Odoo's log
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{database}.log"
    command = odoo_command(pg, database)
    command[1:2] = ["-m", "dev.late_tests"]
    command += [
        f"--http-port={free_port()}",
        f"--test-tags={tags}",
        "--stop-after-init",
        "--workers=0",
    ]
    python_path = [ODOO_HOME]
    if folder:
        command.append(f"--addons-path={addons_path()},{folder}")
        python_path.append(folder.parent.parent)
    env = {**pg.env(), "PYTHONPATH": os.pathsep.join(map(str, python_path))}
    with (
        step(f"Tests {label} (log: {path})"),
        scratch() as temporary,
        open(path, "wb") as log,
    ):
        process = spawn(command, {**env, **temporary}, log)
        try:
            process.wait()
        finally:
            terminate(process)
    drop_database(pg, database)
    return _read(path)


def _read(path: Path) -> Outcome:
    text = path.read_text(encoding="utf-8", errors="replace")
    summary = _SUMMARY.search(text)
    if summary is None:
        raise Stop(f"Odoo's tests did not run to their end (log: {path}):\n{tail(path)}")
    failures, errors, tests = map(int, summary.groups())
    return Outcome(
        tests=tests,
        failures=failures,
        errors=errors,
        started=frozenset(f"{module}: {name}" for module, name in _STARTED.findall(text)),
        broken=frozenset(f"{module}: {name}" for module, _kind, name in _FAILED.findall(text)),
    )


def _listed(reason: str, names: frozenset[str]) -> list[str]:
    return [f"{reason}: {name}" for name in sorted(names)]


if __name__ == "__main__":
    run_as_command(main)
