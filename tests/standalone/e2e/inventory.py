"""What a database holds besides its rows."""

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
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal",
    "types": "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace",
    "extensions": "SELECT extname FROM pg_extension",
    # Saving the settings also makes some of Odoo's.
    "parameters": f"SELECT key FROM ir_config_parameter WHERE key LIKE '{ADDON}%'",
    "models": "SELECT model FROM ir_model",
    "actions": "SELECT name->>'en_US' FROM ir_actions",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "views": "SELECT model || ' ' || name FROM ir_ui_view",
    "jobs": "SELECT cron_name FROM ir_cron",
    "favourites": "SELECT name FROM ir_filters",
    "reasons": "SELECT name->>'en_US' FROM mailing_subscription_optout",
    "names": f"SELECT name FROM ir_model_data WHERE module = '{ADDON}'",
}


def inventory(pg, database):
    """Return kind → the names of what there is of it."""
    return {
        what: {name for (name,) in execute(pg, database, query)} for what, query in QUERIES.items()
    }
