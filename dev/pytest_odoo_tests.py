"""A plugin of pytest's for Odoo's tests.

It knows Odoo's tag `slow`, and does once what a browser's tests would repeat or stumble over.

Odoo reads its manifests at its first request, and the first two of a browser come at once.
Python 3.11, up to 3.11.7, fails with "SystemError: AST constructor recursion depth mismatch"
when two threads parse at the same time and garbage collection runs Python code, as hypothesis
has it do (https://github.com/python/cpython/pull/113035).

Tests make hundreds of users, and to hash a password takes half a second of the processor.

A test rolls back the bundles of scripts and styles that its browser asked for, and the next one
would compile them again: fifteen seconds of the processor each time.
"""

import pytest

from odoo import SUPERUSER_ID, api
from odoo.http import root
from odoo.modules.registry import Registry
from odoo.tests.common import HttpCase, get_db_name

from odoo.addons.base.models import res_users

_BUNDLES = ("web.assets_web", "web.assets_frontend", "web.assets_frontend_lazy", "web.assets_tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what Odoo's `tagged` calls slow."""
    for item in items:
        if "slow" in getattr(getattr(item, "cls", None), "test_tags", ()):
            item.add_marker("slow")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Prepare for browsers once Odoo knows its addons, before the first test."""
    res_users.MIN_ROUNDS = 1000
    len(root.statics)
    is_fast = session.config.option.markexpr == "not slow"  # then no test needs a browser
    if not is_fast and any(
        issubclass(getattr(item, "cls", object), HttpCase) for item in session.items
    ):
        with Registry(get_db_name()).cursor() as cr:
            views = api.Environment(cr, SUPERUSER_ID, {})["ir.qweb"]
            for name in _BUNDLES:
                bundle = views._get_asset_bundle(name)
                bundle.js()
                bundle.css()
