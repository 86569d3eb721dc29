"""The addon as a package that can be imported without Odoo: its `__init__` isn't run."""

from dev.fuzz import addon as addon
