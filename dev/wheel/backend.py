"""What `pip wheel .` calls (PEP 517): whool, as OCA uses it, on a copy of the addon.

whool names an addon after its folder, and takes all that git knows. But a checkout may be called
anything. The copy has the addon's technical name, and holds what `.gitattributes` leaves in.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from whool import buildapi

_ADDON = "mail_mailjet_aldeamo"
_LEFT_OUT = shutil.ignore_patterns(
    *("CONTRIBUTING.rst", "Makefile", "dev", "dist", "docs", "lab", "tests", "__pycache__", ".*")
)


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel into the folder; return its file name."""
    checkout = Path.cwd()
    with tempfile.TemporaryDirectory() as temporary:
        addon = Path(temporary) / _ADDON
        shutil.copytree(checkout, addon, ignore=_LEFT_OUT)
        os.chdir(addon)
        try:
            return buildapi.build_wheel(wheel_directory, config_settings)
        finally:
            os.chdir(checkout)
