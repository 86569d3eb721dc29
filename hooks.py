# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .intake import spool


def uninstall_hook(env):
    """Remove the one table that isn't a model's."""
    env.cr.execute(spool.DROP)
