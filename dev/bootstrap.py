"""Set-up, and then the command asked for: `python -m dev.bootstrap MODULE [ARGUMENT…]`.

Runs on the system's Python with nothing but its standard library.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from dev.console import Stop, say, step, tail
from dev.locks import exclusive
from dev.paths import LOGS, ODOO_HOME, ROOT, STATE, VENV_PYTHON

_ODOO_SOURCE = "https://github.com/odoo/odoo.git"
_ODOO_BRANCH = "17.0"

# Odoo 17 pins a gevent whose zope.interface older versions of setuptools cannot load,
# and libraries that need pkg_resources, which newer ones dropped.
_SETUPTOOLS = "setuptools==80.9.0"

_REQUIREMENTS = (
    ROOT / "requirements.txt",
    ROOT / "requirements-webhook-server.txt",
    ROOT / "dev" / "requirements.txt",
)


def main(module: str, *arguments: str) -> None:
    """Set everything up, then become `python -m module` in the virtual environment."""
    with exclusive("setup", "another command is setting up this checkout"):
        _ensure_odoo()
        _ensure_environment()
    os.chdir(ROOT)
    # Python is to keep its bytecode: otherwise each Odoo that starts compiles the addon anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", module, *arguments])


def _ensure_odoo() -> None:
    if (ODOO_HOME / "odoo-bin").is_file():
        return
    if ODOO_HOME.exists() and any(ODOO_HOME.iterdir()):
        raise Stop(_odoo_missing(f"{ODOO_HOME} exists, but Odoo is not in it."))
    partial = ODOO_HOME.with_name(f"{ODOO_HOME.name}.part-{os.getpid()}")
    say(f"• Odoo {_ODOO_BRANCH} → {ODOO_HOME} (about 1 GB, once)")
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["git", "clone", "--depth", "1", "--branch", _ODOO_BRANCH, "--progress",
             _ODOO_SOURCE, str(partial)],
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            check=True,
        )  # fmt: skip
        # Renamed when complete, so that an interrupted clone is never taken for Odoo.
        if ODOO_HOME.exists():
            ODOO_HOME.rmdir()
        partial.rename(ODOO_HOME)
    except (OSError, subprocess.CalledProcessError) as error:
        if (ODOO_HOME / "odoo-bin").is_file():  # another checkout was faster
            return
        reason = f"git ended with {error.returncode}" if hasattr(error, "returncode") else error
        raise Stop(_odoo_missing(f"Odoo could not be cloned ({reason}).")) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _odoo_missing(reason: str) -> str:
    return (
        f"{reason}\n"
        f"Fill the folder with Odoo's branch {_ODOO_BRANCH}, for instance with\n"
        f"    git clone --depth 1 --branch {_ODOO_BRANCH} {_ODOO_SOURCE} {ODOO_HOME}\n"
        "or set ODOO_HOME to a folder that has it; then run the command again."
    )


def _ensure_environment() -> None:
    odoo_requirements = _odoo_requirements()
    digest = hashlib.sha256(
        "\n".join(
            [sys.version, str(ODOO_HOME), str(ROOT), _SETUPTOOLS, odoo_requirements]
            + [path.read_text() for path in _REQUIREMENTS]
        ).encode()
    ).hexdigest()
    stamp = VENV_PYTHON.parent.parent / "stamp"
    if VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    shutil.rmtree(stamp.parent, ignore_errors=True)
    pins = STATE / "odoo-requirements.txt"
    pins.write_text(odoo_requirements)
    log = LOGS / "setup.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install"]
    with step("Virtual environment"):
        _execute([sys.executable, "-m", "venv", str(stamp.parent)], log)
        _execute([*pip, _SETUPTOOLS, "wheel"], log)
    with step("Odoo's requirements"):
        _execute([*pip, "-r", str(pins)], log)
    with step("The addon's and the developer's requirements"):
        wanted = [argument for path in _REQUIREMENTS for argument in ("-r", str(path))]
        _execute([*pip, *wanted, "-c", str(pins)], log)
    stamp.write_text(digest)


def _odoo_requirements() -> str:
    """Return Odoo's requirements without those that need a compiler.

    psycopg2 has a binary twin, gevent 21.8 (for Python 3.10) a successor with wheels;
    python-ldap serves only the auth_ldap addon.
    """
    lines = (ODOO_HOME / "requirements.txt").read_text().splitlines()
    return "".join(
        re.sub(r"^psycopg2\b", "psycopg2-binary", line).replace("gevent==21.8.0", "gevent==21.12.0")
        + "\n"
        for line in lines
        if not line.startswith("python-ldap")
    )


def _execute(command: list[str], log: Path) -> None:
    with open(log, "ab") as output:
        status = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        ).returncode
    if status:
        raise Stop(f"Set-up failed (all of it: {log}):\n{tail(log)}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
