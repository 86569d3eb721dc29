# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import sql


def uninstall_hook(env):
    """Remove what Odoo leaves: indexes on others' columns, reasons in use, settings, favourites."""
    # See `models/mailing_trace.py` and `models/mail_thread_blacklist.py`. Some models with a
    # blacklist have their own index of another kind.
    env.cr.execute(
        """
        SELECT indexname FROM pg_indexes
         WHERE schemaname = current_schema
           AND (indexname = 'mailing_trace__email_index'
                OR indexname = tablename || '__email_normalized_index'
                   AND indexdef LIKE '% USING btree %IS NOT NULL%')
        """
    )
    for (name,) in env.cr.fetchall():
        env.cr.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    # Odoo doesn't delete a reason that somebody was blocked for.
    ours = [("opt_out_reason_id.is_reported", "=", True)]
    for model in ("mail.blacklist", "mailing.subscription"):
        env[model].with_context(active_test=False).search(ours).opt_out_reason_id = False
    settings = [("key", "=like", "mail_mailjet_aldeamo.%")]
    env["ir.config_parameter"].search(settings).unlink()
    models = env.registry.models.values()
    names = [model._name for model in models if model._original_module == "mail_mailjet_aldeamo"]
    favourites = env["ir.filters"].with_context(active_test=False)
    favourites.search([("model_id", "in", names)]).unlink()
