"""The folders of the checkout, of what is made in it, and of Odoo."""

import os
from contextlib import suppress
from pathlib import Path

ADDON = "mail_mailjet_aldeamo"

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, which is the addon's folder."""

STATE = ROOT / ".dev"
"""Everything generated; ignored by git, removed by `make clean`."""

LOGS = STATE / "log"
DATA = STATE / "data"
"""Odoo's data folder (file store and sessions)."""

VENV_PYTHON = STATE / "venv" / "bin" / "python"

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
ODOO_HOME = Path(os.environ.get("ODOO_HOME") or _CACHE / "odoo" / "17.0").expanduser().absolute()
"""Odoo's source tree."""


def addon_path() -> Path:
    """Return the addon's folder under its technical name.

    Odoo names an addon after its folder, and a checkout may be called anything. Its entries are
    links, not the folder: Odoo walks through an addon, say to export its terms, and would find
    the virtual environment in it, and the link itself, again and again.
    """
    folder = STATE / "addons" / ADDON
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {
        path.name
        for path in ROOT.iterdir()
        if path.name[0] != "." and path.name not in ("dev", "lab", "__pycache__")
    }
    for entry in folder.iterdir():
        # Python leaves its bytecode there, in a folder.
        if entry.is_symlink() and entry.name not in wanted:
            entry.unlink(missing_ok=True)
    for name in wanted:
        with suppress(FileExistsError):
            (folder / name).symlink_to(os.path.relpath(ROOT / name, folder))
    return folder


def addons_path() -> str:
    """Return the value of Odoo's `addons_path` setting."""
    return ",".join(str(path) for path in (ODOO_HOME / "addons", addon_path().parent))
