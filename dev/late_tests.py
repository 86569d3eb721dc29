"""odoo-bin that runs all tests after loading, those meant for installation too.

Odoo runs an addon's `at_install` tests before it loads the addons that depend on it,
so they would never see ours. Run as `python -m dev.late_tests` with Odoo on PYTHONPATH.
"""

from collections.abc import Iterable

import odoo
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

_make_suite = loader.make_suite


def _late_suite(module_names: Iterable[str], position: str = "at_install") -> OdooSuite:
    if position == "at_install":
        return OdooSuite()
    names = list(module_names)
    return OdooSuite([*_make_suite(names, "at_install"), *_make_suite(names, "post_install")])


if __name__ == "__main__":
    loader.make_suite = _late_suite
    odoo.cli.main()
