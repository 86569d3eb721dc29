"""Copies of a database that Odoo's own commands make harmless."""

import sys

import pytest
import requests

from dev import sql
from dev.databases import drop_database, fresh_database, full_name
from dev.odoo import Odoo, configuration, odoo_command
from dev.paths import LOGS, ODOO_HOME
from dev.processes import run
from lab.sandbox import Sandbox

SECRETS = (
    *("smtp_pass", "api_key", "webhook_secret", "webhook_secret_previous", "webhook_user"),
    *("webhook_password", "webhook_user_previous", "webhook_password_previous"),
)
DUMMY = "neutralization - disable emails"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def original(pg, sandbox):
    """A database that sends and takes events, with all of its servers' secrets set."""
    database = fresh_database(pg, "original")
    servers = []
    with Odoo(pg, database) as odoo:
        for code in ("mailjet", "aldeamo"):
            account = getattr(sandbox, code)
            values = {"name": code, "provider": code, "transport": "api", "smtp_port": 2525}
            values |= {"api_url": account.api_url, "api_key": getattr(account, "api_key", "x")}
            values |= {"smtp_user": account.user, "smtp_pass": account.password}
            servers.append(odoo.rpc("ir.mail_server", "create", values))
        assignments = ", ".join(f"{name} = coalesce({name}, 'secret')" for name in SECRETS)
        sql.execute(pg, database, f"UPDATE ir_mail_server SET {assignments}")
        paths = sql.execute(pg, database, "SELECT id || '-' || webhook_secret FROM ir_mail_server")
    yield database, [f"/mail_provider/{path}" for (path,) in paths]
    drop_database(pg, database)


def neutralize(pg, database):
    """`odoo-bin db duplicate`, and `odoo-bin neutralize` afterwards."""
    copy = duplicate(pg, database, "neutralized")
    command = odoo_command(pg, copy, "neutralize")
    log = LOGS / "neutralize.log"
    assert run(command, pg.env(), log) == 0, log.read_text()
    return copy


def duplicate_neutralized(pg, database):
    """`odoo-bin db duplicate -n`."""
    return duplicate(pg, database, "duplicated", "-n")


def duplicate(pg, database, name, *options):
    copy = full_name(pg, name)
    drop_database(pg, copy)
    command = [
        *(sys.executable, str(ODOO_HOME / "odoo-bin"), "db", f"--config={configuration()}"),
        *(f"--db_host={pg.host}", f"--db_port={pg.port}", f"--db_user={pg.user}"),
        *("duplicate", *options, database, copy),
    ]
    log = LOGS / "duplicate.log"
    assert run(command, pg.env(), log) == 0, log.read_text()
    return copy


@pytest.mark.parametrize("make_copy", [neutralize, duplicate_neutralized])
def test_copy_is_harmless(pg, sandbox, original, make_copy):
    database, webhooks = original
    copy = make_copy(pg, database)
    try:
        columns = ", ".join(SECRETS)
        rows = sql.execute(pg, copy, f"SELECT name, active, {columns} FROM ir_mail_server")
        assert [row[0] for row in rows if row[1]] == [DUMMY]
        for _name, _active, *secrets in rows:
            assert not any(secrets)
        with Odoo(pg, copy, env={"REQUESTS_CA_BUNDLE": sandbox.ca_bundle}) as odoo:
            for path in webhooks:
                assert requests.post(odoo.url + path, json=[], timeout=30).status_code == 404
            values = {"email_from": "ventas@empresa.example", "email_to": "ana@cliente.example"}
            mails = [odoo.rpc("mail.mail", "create", {**values, "body_html": "<p>Hola</p>"})]
            for server in odoo.rpc("ir.mail_server", "search", [("active", "=", False)]):
                more = {**values, "body_html": "<p>Hola</p>", "mail_server_id": server}
                mails.append(odoo.rpc("mail.mail", "create", more))
            odoo.rpc("mail.mail", "send", mails)
        assert not sandbox.mailjet.received
        assert not sandbox.aldeamo.received
        assert not sandbox.mailjet.api.calls
        assert not sandbox.aldeamo.api.calls
    finally:
        drop_database(pg, copy)
