"""What is left of the addon in a database after it has been uninstalled: nothing."""

from inventory import QUERIES, inventory

from dev.databases import fresh_base_database, fresh_database
from dev.odoo import Odoo
from dev.paths import ADDON
from dev.sql import execute
from lab.campaign import Campaign
from lab.sandbox import Sandbox, Step
from lab.sandbox.script import Journey, Script

SETTINGS = {
    "mail_tracking_retention_days": 90,
    "mail_tracking_retention_reading_days": 30,
    "mail_tracking_retention_failure_days": 60,
    "mail_dns_resolver": "nameserver",
    "mail_dns_nameserver": "127.0.0.1",
    "mail_dns_port": 5353,
    "mail_dns_authoritative": True,
}


def use(odoo):
    """Have it write into all that it has, and into what is Odoo's: mails and events, a stop with
    its activities, a blocked address, a favourite."""
    settings = odoo.rpc("res.config.settings", "create", SETTINGS)
    odoo.rpc("res.config.settings", "execute", [settings])
    odoo.rpc("ir.filters", "create", {"name": "Mine", "model_id": "mail.delivery"})
    with Sandbox() as sandbox:
        campaign = Campaign(odoo, sandbox.aldeamo)
        campaign.send()
        sandbox.aldeamo.script = Script([Journey(1, (Step.DELIVERED, Step.COMPLAINED), ())])
        sandbox.aldeamo.play()
        blocked = [("email", "in", campaign.emails)]
        campaign.wait(lambda: odoo.rpc("mail.blacklist", "search", blocked))
        stopped = Campaign(odoo, sandbox.aldeamo, smtp_pass="wrong")
        odoo.rpc("mailing.mailing", "action_launch", [stopped.mailing])
        activities = [("res_model", "=", "mail.provider.stop")]
        campaign.wait(lambda: odoo.rpc("mail.activity", "search", activities))


def test_uninstalling_leaves_nothing(pg):
    never = inventory(pg, fresh_base_database(pg, "never"))
    database = fresh_database(pg, "uninstall")
    with Odoo(pg, database) as odoo:
        use(odoo)
        installed = inventory(pg, database)
        assert len(installed["parameters"] - never["parameters"]) >= len(SETTINGS)
        [module] = odoo.rpc("ir.module.module", "search", [("name", "=", ADDON)])
        odoo.rpc("ir.module.module", "button_immediate_uninstall", [module])
        # Odoo goes on: the mailing that was stopped leaves by Odoo's own means, or fails.
        odoo.rpc("mailing.mailing", "search_read", [], ["subject", "state", "sent"])
        odoo.rpc("ir.mail_server", "search_read", [], ["name", "smtp_host"])
    left = inventory(pg, database)
    assert {what: left[what] - never[what] for what in QUERIES} == {what: set() for what in QUERIES}


def test_no_table_is_an_orphan(pg):
    """OCA's `database_cleanup` offers to delete the tables that no model knows."""
    database = fresh_database(pg, "orphans")
    base = fresh_base_database(pg, "never")
    tables = """
        SELECT table_name FROM information_schema.tables
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
    """
    added = set(execute(pg, database, tables)) - set(execute(pg, base, tables))
    with Odoo(pg, database, extra=["--max-cron-threads=0"]) as odoo:
        models = {values["model"] for values in odoo.rpc("ir.model", "search_read", [], ["model"])}
        relations = odoo.rpc(
            "ir.model.fields", "search_read", [("relation_table", "!=", False)], ["relation_table"]
        )
    known = {model.replace(".", "_") for model in models}
    known |= {values["relation_table"] for values in relations}
    assert {table for (table,) in added} - known == set()
