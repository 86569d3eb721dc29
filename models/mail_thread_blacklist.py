# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields, models


class MailBlackListMixin(models.AbstractModel):
    _inherit = "mail.thread.blacklist"

    # Odoo looks for the contacts of an address that bounces or unsubscribes: without an index
    # it reads all contacts each time.
    email_normalized = fields.Char(index="btree_not_null")
