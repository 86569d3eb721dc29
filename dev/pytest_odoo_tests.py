"""A plugin of pytest's for Odoo's tests.

It knows Odoo's tag `slow`, and has Odoo read its manifests before a browser asks for them.

Odoo reads them at its first request, and the first two of a browser come at once. Python
3.11, up to 3.11.7, fails with "SystemError: AST constructor recursion depth mismatch" when
two threads parse at the same time and garbage collection runs Python code, as hypothesis
has it do (https://github.com/python/cpython/pull/113035).
"""

import pytest

from odoo.http import root


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what Odoo's `tagged` calls slow."""
    for item in items:
        if "slow" in getattr(getattr(item, "cls", None), "test_tags", ()):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """Read them once Odoo knows its addons, before the first test."""
    len(root.statics)
