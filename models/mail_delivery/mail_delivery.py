# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import re
from datetime import timedelta

from odoo import _, api, fields, models
from odoo.tools import create_index

from ...addresses import normalize
from ...providers import PROVIDERS, provider_choices
from ...providers.base import ADVICE, BOUNCE_TYPES, FAILURES

STATES = [
    ("waiting", "Waiting"),
    ("calling", "Being Sent"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("in_doubt", "In Doubt"),
    ("canceled", "Canceled"),
]
# The values of `mailing.trace`, see `status.py`
STATUSES = [
    ("process", "Processing"),
    ("pending", "Sent"),
    ("sent", "Delivered"),
    ("open", "Opened"),
    ("bounce", "Bounced"),
    ("error", "Failed"),
    ("cancel", "Canceled"),
]
WHOLE_ADDRESS = re.compile(r"\S+@\S+\.[^\W\d_]{2,}>?")
# If a test mail has no event after this time, look for the cause.
PATIENCE = timedelta(minutes=2)
# Name, columns, condition
INDEXES = (
    # the few rows to process, in a growing table
    ("due", ["mail_server_id", "COALESCE(retry_at, '-infinity')", "id"], "state = 'waiting'"),
    ("open", ["mail_server_id", "called_at"], "state IN ('calling', 'in_doubt')"),
    ("server", ["mail_server_id", "create_date"], ""),
    ("refused", ["mail_server_id", "create_date"], "state = 'refused'"),
    # complaints, and events without a token, are matched by it
    ("recipient", ["recipient"], ""),
    ("test", ["mail_server_id", "id"], "is_test"),
    # with `id` PostgreSQL finds the last one of a mailing or contact without reading all rows
    ("mailing", ["mass_mailing_id", "id"], "mass_mailing_id IS NOT NULL"),
    ("contact", ["partner_id", "id"], "partner_id IS NOT NULL"),
    # the few failures, by cause
    ("failed", ["failure", "id"], "failed_at IS NOT NULL"),
)


def is_long_ago(moment):
    """Tell whether the next event after that moment is overdue."""
    return moment < fields.Datetime.now() - PATIENCE


class MailDelivery(models.Model):
    """One e-mail that is sent through a provider: what it belongs to, its state in the outbox, and
    what the provider reported of it.

    The row is inserted in the transaction in which Odoo marks its mail as sent. Everything that
    happens after that commit is stored here.
    """

    _name = "mail.delivery"
    _description = "Email Delivery"
    _order = "id DESC"
    _rec_name = "recipient"
    # No user columns: jobs write the rows. `create_date` is inserted.
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
    # Only if Odoo keeps the mail after sending it
    mail_mail_id = fields.Many2one("mail.mail", ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", ondelete="set null")
    model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(string="Document ID", model_field="model")
    company_id = fields.Many2one("res.company", ondelete="set null")
    is_test = fields.Boolean(string="Test", help="Not included in statistics.")
    # Addresses
    recipient = fields.Char(
        string="Recipient's Address", help="The recipient whose status this delivery sets."
    )
    address = fields.Char(string="Recipient", compute="_compute_address", search="_search_address")
    email_to = fields.Char(string="All Recipients")
    email_from = fields.Char(string="Sender", help="The address to which bounces are sent.")
    from_address = fields.Char(string="From", help="The sender that the recipient sees.")
    subject = fields.Char()
    is_anonymous = fields.Boolean(
        string="Anonymous", readonly=True, help="The recipient has been removed from this record."
    )
    # Transport
    mail_server_id = fields.Many2one("ir.mail_server", ondelete="set null")
    provider = fields.Selection(selection=lambda self: provider_choices())
    transport = fields.Selection([("smtp", "SMTP"), ("api", "REST API")])
    account = fields.Char(
        groups="base.group_system", help="Identifies the provider's account without its keys."
    )
    size = fields.Integer(help="Bytes")
    # Outbox
    state = fields.Selection(STATES, string="Outbox State", required=True, default="waiting")
    attempts = fields.Integer()
    called_at = fields.Datetime(string="Last Attempt")
    retry_at = fields.Datetime(string="Next Attempt")
    accepted_at = fields.Datetime(string="Accepted")
    provider_message_id = fields.Char(string="Provider Message ID", index="btree_not_null")
    outcome_text = fields.Json()
    # Events
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
        # CREATE INDEX IF NOT EXISTS would block writers at each upgrade.
        for name, expressions, where in INDEXES:
            create_index(
                self.env.cr, f"mail_delivery_{name}_idx", self._table, expressions, where=where
            )
        # Rows are stored in order of insertion: a BRIN index has few pages.
        create_index(self.env.cr, "mail_delivery_created_idx", self._table, ["create_date"], "brin")

    @api.depends("recipient", "is_anonymous")
    @api.depends_context("lang")
    def _compute_address(self):
        for delivery in self:
            delivery.address = _("Anonymous") if delivery.is_anonymous else delivery.recipient

    @api.model
    def _search_address(self, operator, value):
        """When a whole address is searched, use the index, with both spellings of its domain.

        A part of an address makes PostgreSQL read the whole table.
        """
        email = isinstance(value, str) and WHOLE_ADDRESS.search(value) and normalize(value)
        if email and operator in ("=", "like", "ilike"):
            return [("recipient", "=", email)]
        return [("recipient", operator, value)]

    @api.depends("subject", "address")
    def _compute_display_name(self):
        for delivery in self:
            parts = (delivery.address, delivery.subject)
            delivery.display_name = " · ".join(filter(None, parts))

    def _is_overdue(self):
        """Tell whether the provider accepted the mail long ago and has reported no event since."""
        self.ensure_one()
        has_reports = self.delivered_at or self.failed_at
        return self.state == "accepted" and not has_reports and is_long_ago(self.accepted_at)

    @api.depends("outcome_text", "failure_text", "provider_error", "failed_kind")
    @api.depends_context("lang")
    def _compute_reason(self):
        for delivery in self:
            delivery.reason = delivery._explain()

    def _explain(self):
        """Return why the e-mail was refused or failed, in the user's language; or False."""
        self.ensure_one()
        if self.failed_kind and self.state == "accepted":
            meaning = self._explain_error(self.provider, self.provider_error)
            parts = (meaning, self.failure_text)
            return "\n".join(filter(None, parts)) or False
        return self.env["ir.mail_server"]._translate_stored(self.outcome_text)

    @api.model
    def _explain_error(self, provider, error):
        """Return the meaning of a provider's error, in the user's language; or None.

        :param str provider: its code
        :param str error: the provider's name for the cause
        """
        known = PROVIDERS.get(provider)
        text = known.explanations.get(error) if known else None
        return text and _(text)  # pylint: disable=translation-required

    @api.model
    def _advice(self, failure):
        """Return what to do about a cause: one sentence, in the user's language.

        :param str failure: a key of `FAILURES`; None or False: the cause is not known
        """
        return _(ADVICE[failure or None])  # pylint: disable=translation-required
