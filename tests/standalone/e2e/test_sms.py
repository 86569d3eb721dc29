"""Odoo's SMS addons, installed beside ours: their tests, and ours of them."""

from dev.databases import fresh_database
from dev.odoo import odoo_command
from dev.paths import ADDON, LOGS
from dev.peer_tests import run_tests
from dev.processes import run


def test_nothing_changes_for_sms(pg):
    # After ours: their views come upon what ours have changed. `make odoo-tests` has it the
    # other way round.
    database = fresh_database(pg, "sms")
    install = ["--init=mass_mailing_sms", "--stop-after-init", "--no-http"]
    assert not run([*odoo_command(pg, database), *install], pg.env(), LOGS / "install-sms.log")
    tags = f"/{ADDON}/tests/test_sms.py,/mass_mailing_sms"
    outcome = run_tests(pg, database, "of SMS", tags)
    addons = {name.partition(":")[0].partition(".")[0] for name in outcome.started}
    assert addons == {ADDON, "mass_mailing_sms"}
    assert outcome.broken == set()
    assert outcome.failures + outcome.errors == 0
