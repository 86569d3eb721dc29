"""Odoo's SMS addons beside ours, and our tests of that; `make odoo-tests` runs theirs."""

from dev.databases import fresh_database
from dev.odoo import odoo_command
from dev.paths import ADDON, LOGS
from dev.peer_tests import run_tests
from dev.processes import run


def test_nothing_changes_for_sms(pg):
    # After ours: their views come upon what ours have changed.
    database = fresh_database(pg, "sms")
    install = ["--init=mass_mailing_sms", "--stop-after-init", "--no-http"]
    assert not run([*odoo_command(pg, database), *install], pg.env(), LOGS / "install-sms.log")
    outcome = run_tests(pg, database, "of SMS", f"/{ADDON}/tests/test_sms.py")
    assert outcome.started
    assert outcome.broken == set()
    assert outcome.failures + outcome.errors == 0
