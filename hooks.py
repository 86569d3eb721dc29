# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def uninstall_hook(env):
    """Remove what Odoo doesn't know to be this addon's: the settings that somebody has saved."""
    settings = [("key", "=like", "mail_mailjet_aldeamo.%")]
    env["ir.config_parameter"].search(settings).unlink()
