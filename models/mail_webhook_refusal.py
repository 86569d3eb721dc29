# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

import psycopg2

from odoo import _, api, fields, models

from ..webhook import authentication, refusals

_logger = logging.getLogger(__name__)

_refused = {}  # database → `refusals.Refusals` of this process


class MailWebhookRefusal(models.Model):
    """Refused requests to a webhook, a row per status code; see `webhook/refusals.py`."""

    _name = "mail.webhook.refusal"
    _description = "Refused Requests to a Webhook"
    _order = "last DESC"
    _rec_name = "status"
    _log_access = False

    mail_server_id = fields.Many2one("ir.mail_server", required=True, ondelete="cascade")
    status = fields.Integer(
        string="Status Code", required=True, help="The HTTP status with which Odoo answered."
    )
    reason = fields.Char(string="Cause", compute="_compute_reason")
    count = fields.Integer(
        string="Requests", required=True, help="There may have been more requests."
    )
    since = fields.Datetime(required=True)
    last = fields.Datetime(string="Last Request", required=True)

    _sql_constraints = [
        (
            "server_status_unique",
            "unique (mail_server_id, status)",
            "A server can't have two counts of the same answer.",
        ),
    ]

    @api.depends("status")
    @api.depends_context("lang")
    def _compute_reason(self):
        reasons = {
            401: _(
                "Right URL, but wrong or no user and password. Either the URL was entered "
                "manually, or a proxy in front of Odoo removes the header Authorization."
            ),
            404: _(
                "Wrong secret in the URL. Either an old URL is still entered somewhere, or "
                "somebody tries to guess the URL."
            ),
        }
        for refusal in self:
            refusal.reason = reasons.get(refusal.status)

    @api.model
    def _note(self, token, status):
        """Count a refused request, if its token has the id of a server with a webhook.

        The counts are committed here, because the request's transaction is rolled back.

        :param str token: "<server id>-<secret>", as in the URL
        :param int status: 401 or 404
        """
        server_id = authentication.server_id_of(token)
        if server_id not in self.env["ir.mail_server"]._webhooks():
            return
        refused = _refused.setdefault(self.env.cr.dbname, refusals.Refusals())
        refused.note(server_id, status)
        counts = refused.due()
        if not counts:
            return
        try:
            refusals.record(self.env.cr, counts, fields.Datetime.now())
            self.env.cr.commit()  # pylint: disable=invalid-commit
        except psycopg2.Error as error:
            self.env.cr.rollback()
            _logger.warning("Refused posts can't be noted: %s", type(error).__name__)
