"""What is left of the addon in a database after it has been uninstalled: nothing."""

from dev.databases import fresh_base_database, fresh_database
from dev.odoo import Odoo
from dev.paths import ADDON
from dev.sql import execute

# Whatever PostgreSQL holds, and what Odoo keeps by a name.
QUERIES = {
    "relations": """
        SELECT relkind::text || ' ' || relname FROM pg_class
         WHERE relnamespace = 'public'::regnamespace
    """,
    "columns": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text || ' ' || conname FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
    """,
    # Saving the settings also makes some of Odoo's.
    "parameters": f"SELECT key FROM ir_config_parameter WHERE key LIKE '{ADDON}%'",
    "models": "SELECT model FROM ir_model",
    "actions": "SELECT name->>'en_US' FROM ir_actions",
    "jobs": "SELECT cron_name FROM ir_cron",
    "names": f"SELECT name FROM ir_model_data WHERE module = '{ADDON}'",
}
SETTINGS = {
    "mail_tracking_retention_days": 90,
    "mail_tracking_retention_reading_days": 30,
    "mail_tracking_retention_failure_days": 60,
    "mail_dns_resolver": "nameserver",
    "mail_dns_nameserver": "127.0.0.1",
    "mail_dns_port": 5353,
    "mail_dns_authoritative": True,
}


def inventory(pg, database):
    return {
        what: {name for (name,) in execute(pg, database, query)} for what, query in QUERIES.items()
    }


def test_uninstalling_leaves_nothing(pg):
    never = inventory(pg, fresh_base_database(pg, "never"))
    database = fresh_database(pg, "uninstall")
    with Odoo(pg, database, extra=["--max-cron-threads=0"]) as odoo:
        settings = odoo.rpc("res.config.settings", "create", SETTINGS)
        odoo.rpc("res.config.settings", "execute", [settings])
        installed = inventory(pg, database)
        assert len(installed["parameters"] - never["parameters"]) >= len(SETTINGS)
        [module] = odoo.rpc("ir.module.module", "search", [("name", "=", ADDON)])
        odoo.rpc("ir.module.module", "button_immediate_uninstall", [module])
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
