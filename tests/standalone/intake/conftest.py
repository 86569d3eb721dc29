"""The addon as a package that can be imported without Odoo: its `__init__` isn't run."""

import sys
from pathlib import Path
from types import ModuleType

addon = ModuleType("addon")
addon.__path__ = [str(Path(__file__).parents[3])]
sys.modules["addon"] = addon
