# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

BASE_URL = "web.base.url"


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    def write(self, vals):
        """When Odoo's address changes, note it: the providers still have URLs with the old one."""
        parameter = self.filtered(lambda parameter: parameter.key == BASE_URL)
        former = parameter.value
        result = super().write(vals)
        if parameter and parameter.value != former:
            self.env["ir.mail_server"]._note_move(former, parameter.value)
        return result
