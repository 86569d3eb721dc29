"""The addon as a package that can be imported without Odoo: its `__init__` isn't run."""

from lab.fuzz import addon as addon
