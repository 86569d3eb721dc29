# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .mail_tracking.retention import (
    FAILURE_PARAMETER,
    READING_PARAMETER,
    RETENTION_DAYS,
    RETENTION_PARAMETER,
)

LONGEST_RETENTION_DAYS = 3 * 365


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mail_tracking_retention_days = fields.Integer(
        string="Keep Email Events",
        config_parameter=RETENTION_PARAMETER,
        default=RETENTION_DAYS,
        help="Odoo deletes events after this number of days. Odoo keeps the statistics of "
        "mailings, spam reports and unsubscriptions.",
    )
    mail_tracking_retention_reading_days = fields.Integer(
        string="Keep Opens and Clicks",
        config_parameter=READING_PARAMETER,
        help="These events contain where and on which device people read emails. 0: Odoo keeps "
        "them as long as other events.",
    )
    mail_tracking_retention_failure_days = fields.Integer(
        string="Keep Bounces and Rejections",
        config_parameter=FAILURE_PARAMETER,
        help="These events contain why emails did not arrive. 0: Odoo keeps them as long as other "
        "events.",
    )

    @api.constrains(
        "mail_tracking_retention_days",
        "mail_tracking_retention_reading_days",
        "mail_tracking_retention_failure_days",
    )
    def _check_mail_tracking_retention_days(self):
        for settings in self:
            longest = LONGEST_RETENTION_DAYS
            if not (
                1 <= settings.mail_tracking_retention_days <= longest
                and 0 <= settings.mail_tracking_retention_reading_days <= longest
                and 0 <= settings.mail_tracking_retention_failure_days <= longest
            ):
                raise ValidationError(_("Email events can be kept for 1 to %s days.", longest))
