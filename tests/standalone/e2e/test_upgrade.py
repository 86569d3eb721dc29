"""The addon of the last release, in use, is upgraded to this one.

Before the first release, what is installed is this one, too: upgrading changes nothing.
"""

import json
import subprocess

import pytest
import requests
from inventory import inventory

from dev.databases import fresh_base_database, fresh_database
from dev.odoo import Odoo, odoo_command, upgrade
from dev.paths import ADDON, LOGS, ODOO_HOME, ROOT
from dev.processes import run
from dev.sql import execute
from lab.mailings import make_mailing, run_job

EVENT = {
    "type": "SMTP",
    "event": "bounce",
    "email": "ana@cliente.example",
    "timestamp": "2026-03-02 07:00:00",
}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """Return the folder of addons with the last release, or None."""
    describe = ["git", "describe", "--tags", "--abbrev=0", "--match=17.0.*"]
    tag = subprocess.run(describe, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    if not tag:
        return None
    folder = tmp_path_factory.mktemp("released")
    archive = ["git", "archive", f"--prefix={ADDON}/", f"--output={folder / 'it.tar'}", tag]
    subprocess.run(archive, cwd=ROOT, check=True)
    subprocess.run(["tar", "--extract", "--file=it.tar"], cwd=folder, check=True)
    return folder


def installed(pg, released):
    """Return a database with the last release, and the options of Odoo that has it."""
    if not released:
        return fresh_database(pg, "upgrade"), []
    database = fresh_base_database(pg, "upgrade")
    options = [f"--addons-path={ODOO_HOME / 'addons'},{released}"]
    install = [f"--init={ADDON}", "--stop-after-init", "--no-http"]
    log = LOGS / "install-released.log"
    assert run([*odoo_command(pg, database), *options, *install], pg.env(), log) == 0
    return database, options


def use(odoo):
    """Set up a server, and have it receive an event that has its effect."""
    values = {"name": "Aldeamo", "provider": "aldeamo", "smtp_host": "smtp.example"}
    server = odoo.rpc("ir.mail_server", "create", {**values, "smtp_user": "u", "smtp_pass": "p"})
    make_mailing(odoo, server, [EVENT["email"]], "List", "Hola", "<p>Hola</p>")
    [told] = odoo.rpc("ir.mail_server", "read", [server], ["webhook_url"])
    token = told["webhook_url"].rpartition("/")[2]
    for event in (EVENT, {**EVENT, "event": "complaint"}):
        url = f"{odoo.url}/mail_provider/{token}"
        requests.post(url, json.dumps(event).encode(), timeout=10).raise_for_status()
    run_job(odoo, "mail_mailjet_aldeamo.ir_cron_apply_mail_tracking")


def rows(pg, database):
    """Return what a user has made: server and events."""
    server = "SELECT name, provider, smtp_host, webhook_secret FROM ir_mail_server ORDER BY id"
    events = "SELECT event_type, state, recipient, occurred_at FROM mail_tracking ORDER BY id"
    return execute(pg, database, server), execute(pg, database, events)


def test_upgrading_the_last_release(pg, released):
    database, options = installed(pg, released)
    with Odoo(pg, database, extra=["--max-cron-threads=0", *options]) as odoo:
        use(odoo)
    before = rows(pg, database)
    assert len(before[1]) == 2
    upgrade(pg, database)
    log = (LOGS / f"upgrade-{database}.log").read_text()
    assert f"Loading module {ADDON}" in log
    assert " WARNING " not in log
    assert " ERROR " not in log
    assert rows(pg, database) == before
    fresh = inventory(pg, fresh_database(pg, "fresh"))
    assert inventory(pg, database) == {**fresh, "parameters": inventory(pg, database)["parameters"]}
