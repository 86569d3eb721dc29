"""The lowest versions that the addon accepts, tried with exactly those.

dnspython before 2.6.1 believes forged answers (CVE-2023-29483).
"""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dev.paths import ROOT

HERE = Path(__file__).parent
MANIFEST = ast.literal_eval((ROOT / "__manifest__.py").read_text())
ACCEPTED = sorted(MANIFEST["external_dependencies"]["python"])
LOWEST = [name.replace(">=", "==") for name in ACCEPTED if ">=" in name]
# The quickest tests that use all of each.
TESTS = ["dns_check/test_dns_resolver.py", "dns_check/test_rows_spf.py", "user_agents"]


def test_requirements_name_the_same():
    assert sorted((ROOT / "requirements.txt").read_text().split()) == ACCEPTED


def test_odoo_decides_about_all_others():
    """Their tests run with the versions that Odoo pins."""
    assert [name for name in ACCEPTED if not re.search(">=", name)] == ["requests"]


@pytest.mark.slow
def test_lowest_versions(tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    options = ["--quiet", "--no-deps", f"--target={tmp_path}"]
    installed = subprocess.run([*pip, *options, *LOWEST], capture_output=True, text=True)
    if installed.returncode:
        pytest.skip(f"pip can't install them without its index: {installed.stderr}")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
    done = subprocess.run(command, cwd=HERE, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    where = [sys.executable, "-c", "import dns, ua_parser; print(dns.__file__, ua_parser.__file__)"]
    used = subprocess.run(where, env=env, capture_output=True, text=True, check=True).stdout
    assert used.count(str(tmp_path)) == 2
