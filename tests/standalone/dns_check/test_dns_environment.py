"""Where the checks must work, and what they may need."""

import json
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest

from dev.paths import STATE
from lab.sandbox.dns import DnsServer

ROOT = Path(__file__).parents[3]
ZONES = {
    "a.example": [{"TXT": "v=spf1 include:b.example ~all"}, {"MX": [10, "mx.a.example"]}],
    "b.example": [{"TXT": "v=spf1 ip4:192.0.2.0/24 -all"}],
    "mx.a.example": [{"A": "192.0.2.1"}],
    "_dmarc.a.example": [{"TXT": "v=DMARC1; p=reject; rua=mailto:x@a.example"}],
}
CHECK = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import dns_check
started = time.monotonic()
settings = dns_check.ResolverSettings((sys.argv[2],))
results = dns_check.check("a.example", dns_check.Expectations(spf="b.example"), settings)
seconds = time.monotonic() - started
print(json.dumps([{r.name: r.status for r in results}, seconds]))
"""
GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent, threading
ticks = []
def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.01)
gevent.spawn(tick)
{check}
# Other greenlets ran on while it waited.
assert len(ticks) > 5, len(ticks)
"""
FORK = """
import os, sys
sys.path.insert(0, sys.argv[1])
import dns_check
dns_check.check("a.example", None, dns_check.ResolverSettings((sys.argv[2],)))
if os.fork():
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
{check}
"""


@pytest.fixture(scope="module")
def server():
    with DnsServer(ZONES, latency=0.05) as server:
        yield server


@pytest.mark.parametrize(
    "program",
    [CHECK, GEVENT.format(check=CHECK), FORK.format(check=CHECK)],
    ids=["threaded", "gevent", "prefork"],
)
def test_kinds_of_process(server, program):
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(ROOT), server.address],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    statuses, seconds = json.loads(result.stdout)
    right = ("spf", "spf_esp", "dmarc", "mx")
    assert {statuses[name] for name in right} == {"ok"}
    # Three rounds of 50 ms and the imports; one after the other it would be over a second.
    assert seconds < 0.9


def test_imports_nothing_else():
    """Of itself only the standard library; dnspython, cryptography and requests when needed."""
    program = (
        "import sys; before = set(sys.modules); import dns_check; "
        "print(*sorted({n.split('.')[0] for n in set(sys.modules) - before}))"
    )
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}",
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    names = set(result.stdout.split())
    assert names - set(sys.stdlib_module_names) == {"dns_check"}
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "dns_check").rglob("*.py")
    )
    imported = set(re.findall(r"^\s*(?:import|from)\s+(\w+)", sources, re.MULTILINE))
    allowed = {"dns", "cryptography", "requests", "idna"}  # idna is what requests needs
    assert imported - set(sys.stdlib_module_names) == allowed


@pytest.mark.parametrize(
    ("name", "needs"), [("dnspython", []), ("ua-parser", ["ua-parser-builtins"])]
)
def test_what_is_needed_needs_nothing(name, needs):
    """Without extras, it can't change any version that Odoo pins."""
    unconditional = [need for need in requires(name) or [] if "extra ==" not in need]
    assert unconditional == needs
    for need in needs:
        assert requires(need) is None


@pytest.mark.parametrize(
    ("name", "installed"),
    [
        ("dnspython>=2.6.1", {"dnspython"}),
        ("ua-parser>=1.0", {"ua-parser", "ua-parser-builtins"}),
    ],
)
def test_installing_it_changes_no_version_that_odoo_pins(name, installed):
    """Under Odoo's pins pip would install it and its data, and nothing else."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--dry-run"]
    command += ["--quiet", "--ignore-installed", "--report", "-", name]
    command += ["-c", str(STATE / "odoo-requirements.txt")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert "ResolutionImpossible" not in result.stderr, result.stderr
    if result.returncode:
        pytest.skip(f"pip cannot resolve without its index: {result.stderr}")
    report = json.loads(result.stdout)
    assert {item["metadata"]["name"] for item in report["install"]} == installed
