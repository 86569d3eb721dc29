"""`make fuzz`: search each target for so many seconds, side by side and at low priority."""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from dev.console import Stop, say, step, tail
from dev.databases import fresh_database
from dev.locks import exclusive
from dev.odoo import Odoo
from dev.paths import LOGS, ROOT, STATE
from dev.postgres import postgres
from dev.processes import run_as_command, spawn, terminate
from dev.webhook_server import WebhookServer
from lab.fuzz import hostile
from lab.fuzz.wire import Wire

_TARGETS = ("mailjet", "aldeamo", "http", "wire")
_HOME = STATE / "fuzz"
_SITE = _HOME / "site"
_FIXTURES = ROOT / "tests" / "fixtures"
_SEEDS = {
    "mailjet": [_FIXTURES / "mailjet", _FIXTURES / "fuzz" / "body"],
    "aldeamo": [_FIXTURES / "aldeamo", _FIXTURES / "fuzz" / "body"],
    "http": [_FIXTURES / "fuzz" / "http"],
    "wire": [_FIXTURES / "aldeamo", _FIXTURES / "mailjet", _FIXTURES / "fuzz" / "body"],
}


def main(arguments: list[str]) -> int:
    """Search; return 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m lab.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", default=_TARGETS, metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args(arguments)
    if unknown := set(options.targets) - set(_TARGETS):
        parser.error(f"no target: {', '.join(unknown)}; there are {', '.join(_TARGETS)}")
    os.nice(15)
    with ExitStack() as running:
        for name in options.targets:
            running.enter_context(exclusive(f"fuzz-{name}", f"{name} is being searched"))
        with exclusive("fuzz-install", "the fuzzer is being installed"):
            _install()
        env = _wire(running, options.seconds) if "wire" in options.targets else {}
        with step(f"Searching {', '.join(options.targets)} for {options.seconds} s"):
            searches = {
                name: running.enter_context(_Search(name, options.seconds, env))
                for name in options.targets
            }
            results = [search.result() for search in searches.values()]
    for result in results:
        say(result.line)
    return 0 if all(result.is_good for result in results) else 1


def _install() -> None:
    """Install the fuzzer in a folder of its own: nothing else is to come to depend on it."""
    requirements = Path(__file__).with_name("requirements.txt")
    wanted = requirements.read_text()
    stamp = _SITE / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(_SITE, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    with step("The fuzzer"):
        if subprocess.run([*command, "-q", "--target", _SITE, "-r", requirements]).returncode:
            raise Stop(
                "The fuzzer can't be installed; pip says above why. The tests search as well, "
                "blindly: make test ARGS=tests/standalone/providers/test_hostile_bodies.py"
            )
    stamp.write_text(wanted)


def _wire(running: ExitStack, seconds: int) -> Mapping[str, str]:
    """Start both ways in; return the variables by which the target finds them."""
    pg = running.enter_context(postgres())
    database = fresh_database(pg, "fuzz")
    odoo = running.enter_context(Odoo(pg, database, extra=["--max-cron-threads=0"]))
    urls: dict[str, list[str]] = {}
    paths = {}
    for code in Wire.codes:
        values = {"name": code, "provider": code, "smtp_host": "127.0.0.1", "smtp_port": 2525}
        server = odoo.rpc("ir.mail_server", "create", values)
        [read] = odoo.rpc("ir.mail_server", "read", [server], ["webhook_url"])
        paths[code] = "/mail_provider/" + read["webhook_url"].rpartition("/")[2]
    webhook_server = running.enter_context(WebhookServer(pg, database))
    for code, path in paths.items():
        urls[code] = [odoo.url + path, webhook_server.url + path]
    logs = [odoo.log_path, webhook_server.log_path]
    return {**pg.env(), **Wire.variables(urls, logs, database, seconds)}


class _Search:
    """A target's process; a context manager.

    :ivar is_good: whether it found nothing
    :ivar line: what to tell of it
    """

    def __init__(self, name: str, seconds: int, env: Mapping[str, str]) -> None:
        self.name = name
        self.is_good = False
        self.line = ""
        corpus = _HOME / "corpus" / name
        self._findings = _HOME / "findings" / name
        for folder in (corpus, self._findings):
            folder.mkdir(parents=True, exist_ok=True)
        words = _HOME / "words"
        words.write_text(hostile.dictionary())
        LOGS.mkdir(parents=True, exist_ok=True)
        self._log = LOGS / f"fuzz-{name}.log"
        self._env = {**env, "PYTHONPATH": f"{_SITE}{os.pathsep}{ROOT}"}
        self._command = [
            *(sys.executable, "-m", "lab.fuzz.target", name),
            *(str(folder) for folder in (corpus, *_SEEDS[name]) if folder.exists()),
            f"-max_total_time={seconds}",
            "-print_final_stats=1",
            "-max_len=8192",
            "-timeout=20",
            "-rss_limit_mb=2048",
            f"-dict={words}",
            f"-artifact_prefix={self._findings}/",
        ]

    def __enter__(self) -> "_Search":
        with open(self._log, "wb") as log:
            self._process = spawn(self._command, self._env, log)
        return self

    def __exit__(self, *_error: object) -> None:
        terminate(self._process)

    def result(self) -> "_Search":
        """Wait for its end."""
        status = self._process.wait()
        self.is_good = status == 0
        log = self._log.read_text(errors="replace")
        number = re.search(r"number_of_executed_units:\s*(\d+)", log)
        features = re.findall(r"ft: (\d+) corp: (\d+)", log)
        self.line = f"{'✓' if self.is_good else '✗'} {self.name:<8}"
        if number:
            self.line += f" {int(number[1]):>10} executions"
        if features:
            self.line += f", {features[-1][0]} features in {features[-1][1]} inputs"
        if not self.is_good:
            self.line += f"\n{tail(self._log)}\nThe input is in {self._findings}"
        return self


if __name__ == "__main__":
    run_as_command(main)
