"""`make dns-bench`: the DNS checks timed beside checkdmarc, at 50 ms an answer, nothing cached.

checkdmarc has an environment of its own: in Odoo's it would break pyOpenSSL. It does less: no DKIM,
no ownership, no evaluation for the provider; and here only the record lookups of MX, MTA-STS, TLS
reports and BIMI.
"""

import json
import socket
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from dev.console import Stop, say, step
from dev.odoo import free_port
from dev.paths import ROOT, STATE
from dev.processes import run_as_command, spawn, terminate
from dns_check import CHECKS, Expectations, ResolverSettings, check, check_domains
from providers import PROVIDERS
from providers.dns import ManualDnsSettings

_PEER = "checkdmarc==6.0.4"
_PEER_HOME = STATE / "checkdmarc"
_LATENCY = 0.05
_ROUNDS = 7
# domain → milliseconds that are allowed
_BUDGETS = {"common.example": 220, "news.nested.example": 340}
_DEAD = "common.example"
# A domain beside others whose DNS is dead: at most so many times as long as alone
_BESIDE = ("dead1.example", "dead2.example", "dead3.example", "dead4.example")
_RATIO = 1.3
_DEADLINE = 10_000

_PEER_PROGRAM = """
import gc, json, logging, sys, time
logging.disable(logging.CRITICAL)
import dns.resolver
from expiringdict import ExpiringDict
from checkdmarc import bimi, dmarc, mta_sts, smtp, smtp_tls_reporting, spf
domain, host, port, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = [host], port
resolver.timeout = 1.0
CHECKS = (
    spf.check_spf, dmarc.check_dmarc, smtp.get_mx_record_set, mta_sts.query_mta_sts_record,
    smtp_tls_reporting.query_smtp_tls_reporting_record, bimi.query_bimi_record,
)
seconds = []
for _round in range(rounds):
    for cache in [item for item in gc.get_objects() if isinstance(item, ExpiringDict)]:
        cache.clear()
    started = time.monotonic()
    for check in CHECKS:
        try:
            check(domain, resolver=resolver)
        except Exception:
            pass  # each check raises classes of its own for what it finds missing
    seconds.append(time.monotonic() - started)
print(json.dumps(seconds))
"""


def main(_arguments: list[str]) -> int:
    """Measure and print; return 0 if every time is within its budget.

    The median of several rounds counts. Leave the machine alone: on a busy one it says little.
    """
    results = measured(_BUDGETS, _ROUNDS)
    say(f"{'':24}{'ours':>10}{'allowed':>10}{'checkdmarc':>12}{'ratio':>8}")
    good = True
    for domain, (ours, theirs) in results.items():
        good &= _compare(domain, ours, theirs, _BUDGETS[domain])
    good &= _compare_beside_dead_ones()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        ours, theirs = (time(_DEAD, address, 1) for time in (_ours, _theirs))
        good &= _compare("everything dead", ours, theirs, _DEADLINE)
    return 0 if good else 1


def measured(domains: Iterable[str], rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """Return the seconds of each round for each domain: of our checks, and of checkdmarc."""
    _ensure_peer()
    with _server() as address:
        _ours("warm-up.example", address, 1)  # imports the modules that are imported on first use
        return {
            domain: (_ours(domain, address, rounds), _theirs(domain, address, rounds))
            for domain in domains
        }


def _compare_beside_dead_ones() -> bool:
    with _server() as address:
        _ours("warm-up.example", address, 1)
        alone, beside = (
            statistics.median(beside_dead_ones(address, others, _ROUNDS)) * 1000
            for others in ((), _BESIDE)
        )
    line = f"{'beside 4 dead domains':24}{beside:>7.0f} ms{alone * _RATIO:>7.0f} ms"
    say(f"{line}  ({beside / alone:.2f} × its {alone:.0f} ms alone)")
    return beside <= alone * _RATIO


def beside_dead_ones(address: str, others: Iterable[str], rounds: int) -> list[float]:
    """Return the seconds of each round until all is known of a right domain.

    :param others: what is checked in the same run
    """
    expectations = _expectations()
    seconds = []
    for _round in range(rounds):
        started = time.monotonic()
        left = len(CHECKS)
        run = check_domains(
            dict.fromkeys((*others, _DEAD), expectations), ResolverSettings((address,))
        )
        for domain, _result in run:
            left -= domain == _DEAD
            if domain == _DEAD and not left:
                seconds.append(time.monotonic() - started)
        # The round lasts until the dead ones end, too: they must not run beside the next round.
    return seconds


def _compare(label: str, our_rounds: list[float], their_rounds: list[float], budget: int) -> bool:
    ours, theirs = (statistics.median(rounds) * 1000 for rounds in (our_rounds, their_rounds))
    ratio = f"{theirs / ours:.1f} ×"
    say(f"{label:24}{ours:>7.0f} ms{budget:>7} ms{theirs:>9.0f} ms{ratio:>8}")
    return ours <= budget


def _expectations() -> Expectations:
    entered = ManualDnsSettings(token="token", token_host="mailjet._token")
    return Expectations.from_dict(PROVIDERS["mailjet"].dns_expectations(entered))


def _ours(domain: str, address: str, rounds: int) -> list[float]:
    expectations = _expectations()
    settings = ResolverSettings((address,))
    seconds = []
    for _round in range(rounds):
        started = time.monotonic()
        check(domain, expectations, settings)
        seconds.append(time.monotonic() - started)
    return seconds


def _theirs(domain: str, address: str, rounds: int) -> list[float]:
    host, port = address.split(":")
    python = str(_PEER_HOME / "bin" / "python")
    command = [python, "-c", _PEER_PROGRAM, domain, host, port, str(rounds)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise Stop(f"checkdmarc failed:\n{result.stderr}")
    seconds: list[float] = json.loads(result.stdout)
    return seconds


def _ensure_peer() -> None:
    stamp = _PEER_HOME / "stamp"
    if stamp.exists() and stamp.read_text() == _PEER:
        return
    with step(_PEER):
        venv.create(_PEER_HOME, clear=True, with_pip=True)
        command = [str(_PEER_HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", _PEER]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            raise Stop(f"{_PEER} could not be installed:\n{result.stderr}")
    stamp.write_text(_PEER)


@contextmanager
def _server() -> Iterator[str]:
    """Yield the address of a DNS server in a process of its own: it must not share our one."""
    port = free_port()
    zones = str(ROOT / "lab" / "dns_benchmark.yaml")
    options = [f"--port={port}", f"--latency={_LATENCY}"]
    command = [sys.executable, "-m", "lab.sandbox.dns", zones, *options]
    with open(STATE / "dns-bench.log", "wb") as log:
        process = spawn(command, output=log)
    try:
        _await_server(port)
        yield f"127.0.0.1:{port}"
    finally:
        terminate(process)


def _await_server(port: int) -> None:
    for _attempt in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Stop("The DNS server did not start.")


if __name__ == "__main__":
    run_as_command(main)
