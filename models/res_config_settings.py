# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .mail_tracking import RETENTION_DAYS, RETENTION_PARAMETER

LONGEST_RETENTION_DAYS = 3 * 365


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mail_tracking_retention_days = fields.Integer(
        string="Keep Email Events",
        config_parameter=RETENTION_PARAMETER,
        default=RETENTION_DAYS,
        help="Days after which events are deleted. The statistics of mailings stay, and so do "
        "complaints and unsubscriptions.",
    )

    @api.constrains("mail_tracking_retention_days")
    def _check_mail_tracking_retention_days(self):
        for settings in self:
            if not 1 <= settings.mail_tracking_retention_days <= LONGEST_RETENTION_DAYS:
                raise ValidationError(
                    _("Email events can be kept for 1 to %s days.", LONGEST_RETENTION_DAYS)
                )
