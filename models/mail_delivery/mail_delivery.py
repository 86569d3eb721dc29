# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import _, api, fields, models
from odoo.tools import create_index

from ...providers import PROVIDERS
from ...providers.base import BOUNCE_TYPES, FAILURES

STATES = [
    ("waiting", "Waiting"),
    ("calling", "Being Sent"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("in_doubt", "In Doubt"),
    ("canceled", "Canceled"),
]
# As `mailing.trace` and `mail.notification` have them, see `status.py`.
STATUSES = [
    ("process", "Processing"),
    ("pending", "Sent"),
    ("sent", "Delivered"),
    ("open", "Opened"),
    ("bounce", "Bounced"),
    ("error", "Failed"),
    ("cancel", "Canceled"),
]
# How long the first event of a test mail is waited for before reasons are looked for.
PATIENCE = timedelta(minutes=2)
# Name, columns, and of which rows
INDEXES = (
    # what is to be done, in a table that grows without end
    ("due", ["mail_server_id", "COALESCE(retry_at, '-infinity')", "id"], "state = 'waiting'"),
    ("open", ["mail_server_id", "called_at"], "state IN ('calling', 'in_doubt')"),
    ("server", ["mail_server_id", "create_date"], ""),
    ("refused", ["mail_server_id", "create_date"], "state = 'refused'"),
    # what a complaint, or an event without a token, finds its e-mail by
    ("recipient", ["recipient"], ""),
    ("test", ["mail_server_id", "id"], "is_test"),
    # the last one of a mailing or a contact: without `id` PostgreSQL may look for it among all
    ("mailing", ["mass_mailing_id", "id"], "mass_mailing_id IS NOT NULL"),
    ("contact", ["partner_id", "id"], "partner_id IS NOT NULL"),
    # failures, which are few, by their cause
    ("failed", ["failure", "id"], "failed_at IS NOT NULL"),
)


def is_long_ago(moment):
    """Tell whether what follows on that moment should have been reported by now."""
    return moment < fields.Datetime.now() - PATIENCE


class MailDelivery(models.Model):
    """One e-mail that was handed to a provider: what it belongs to, where it stands on its way
    out, and what the provider reported of it since.

    A row is inserted in the transaction in which Odoo marks its mail as sent. Whatever happens
    after that commit is written here.
    """

    _name = "mail.delivery"
    _description = "Email Delivery"
    _order = "id DESC"
    _rec_name = "recipient"
    # The rows are written by nobody in particular; `create_date` is set with them.
    _log_access = False

    create_date = fields.Datetime(string="Sent by Odoo", required=True, readonly=True)
    token = fields.Char(
        required=True,
        groups="base.group_system",
        help="Identifies the email: the provider returns the token with each event.",
    )
    # What it belongs to
    mailing_trace_id = fields.Many2one("mailing.trace", ondelete="set null", index="btree_not_null")
    mass_mailing_id = fields.Many2one("mailing.mailing", string="Mailing", ondelete="set null")
    mail_message_id = fields.Many2one(
        "mail.message", string="Message", ondelete="set null", index="btree_not_null"
    )
    # Only where Odoo keeps the mail after sending it.
    mail_mail_id = fields.Many2one("mail.mail", ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", ondelete="set null")
    model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(string="Document ID", model_field="model")
    company_id = fields.Many2one("res.company", ondelete="set null")
    is_test = fields.Boolean(string="Test", help="Not included in statistics.")
    # Whom it was sent to
    recipient = fields.Char(
        string="Recipient's Address", help="The recipient whose status this delivery sets."
    )
    email_to = fields.Char(string="All Recipients")
    email_from = fields.Char(string="Sender", help="The address to which bounces are sent.")
    from_address = fields.Char(string="From", help="The sender that the recipient sees.")
    subject = fields.Char()
    is_anonymous = fields.Boolean(
        string="Anonymous", readonly=True, help="The recipient has been removed from this record."
    )
    # How it is sent
    mail_server_id = fields.Many2one("ir.mail_server", ondelete="set null")
    provider = fields.Selection(selection="_selection_provider")
    transport = fields.Selection([("smtp", "SMTP"), ("api", "REST API")])
    account = fields.Char(
        groups="base.group_system", help="Identifies the provider's account without its keys."
    )
    size = fields.Integer(help="Bytes")
    # Where it stands on its way out
    state = fields.Selection(STATES, string="Outbox State", required=True, default="waiting")
    attempts = fields.Integer()
    called_at = fields.Datetime(string="Last Attempt")
    retry_at = fields.Datetime(string="Next Attempt")
    accepted_at = fields.Datetime(string="Accepted")
    provider_message_id = fields.Char(string="Provider Message ID", index="btree_not_null")
    outcome_text = fields.Json()
    # What came back
    delivered_at = fields.Datetime(string="Delivered")
    opened_at = fields.Datetime(string="Opened")
    clicked_at = fields.Datetime(string="Clicked")
    failed_at = fields.Datetime(string="Failed")
    failed_kind = fields.Selection(
        [*BOUNCE_TYPES.items(), ("rejected", "Rejected"), ("duplicate", "Duplicate")],
        string="Kind of Failure",
    )
    failure = fields.Selection(selection=list(FAILURES.items()), string="Cause")
    provider_error = fields.Char()
    failure_text = fields.Char(string="Server's Message")
    status = fields.Selection(STATUSES, required=True, default="process")
    reason = fields.Char(string="Explanation", compute="_compute_reason")
    mail_tracking_ids = fields.One2many("mail.tracking", "delivery_id", string="Events")

    _sql_constraints = [
        ("token_unique", "unique (token)", "Two emails can't have the same token."),
    ]

    def init(self):
        # PostgreSQL's own IF NOT EXISTS would lock out whoever writes, at each upgrade.
        for name, expressions, where in INDEXES:
            create_index(
                self.env.cr, f"mail_delivery_{name}_idx", self._table, expressions, where=where
            )
        # By time of insertion they lie on the disk: an index of a few pages finds a month.
        create_index(self.env.cr, "mail_delivery_created_idx", self._table, ["create_date"], "brin")

    @api.model
    def _selection_provider(self):
        return [(provider.code, provider.name) for provider in PROVIDERS.values()]

    @api.depends("subject", "address")
    def _compute_display_name(self):
        for delivery in self:
            parts = (delivery.address, delivery.subject)
            delivery.display_name = " · ".join(filter(None, parts))

    def _is_overdue(self):
        """Tell whether the provider took the mail and then reported nothing of it for long."""
        self.ensure_one()
        has_reports = self.delivered_at or self.failed_at
        return self.state == "accepted" and not has_reports and is_long_ago(self.accepted_at)

    @api.depends("outcome_text", "failure_text", "provider_error", "failed_kind")
    @api.depends_context("lang")
    def _compute_reason(self):
        for delivery in self:
            delivery.reason = delivery._explain()

    def _explain(self):
        """Return why it isn't accepted, or failed later, in the user's language; or False."""
        self.ensure_one()
        if self.failed_kind and self.state == "accepted":
            parts = (self._explain_cause(), self.failure_text)
            return "\n".join(filter(None, parts)) or False
        return self.env["ir.mail_server"]._translate_stored(self.outcome_text)

    def _explain_cause(self):
        """Return what the provider's name of the cause means, in the user's language; or None."""
        self.ensure_one()
        provider = PROVIDERS.get(self.provider)
        text = provider.explanations.get(self.provider_error) if provider else None
        return text and _(text)  # pylint: disable=translation-required
