# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.tools import create_index

from ...providers import provider_choices
from ...providers.base import BOUNCE_TYPES, EVENT_TYPES, FAILURES, ORIGINS

# Never deleted, because later events of the same address are compared with them
ADDRESS_EVENTS = ("complained", "unsubscribed", "resubscribed")
SUBSCRIPTION_EVENTS = (*ADDRESS_EVENTS, "preferences")
# They affect the address even if their mail is not found.
ADDRESS_EFFECTS = (*SUBSCRIPTION_EVENTS, "bounced")
# Name, columns, condition
INDEXES = (
    ("due", ["COALESCE(retry_at, '-infinity')", "id"], "state = 'pending'"),
    (
        "subscription",
        ["recipient"],
        "event_type IN ('complained', 'unsubscribed', 'resubscribed', 'preferences')",
    ),
    ("order", ["occurred_at DESC", "id DESC"], ""),
    ("server", ["mail_server_id", "create_date"], ""),
    ("failed", ["mail_server_id"], "state = 'failed'"),
    ("unmatched", ["mail_server_id", "create_date"], "is_unmatched"),
    ("retention", ["event_type", "create_date"], "state != 'pending'"),
    ("fetched", ["delivery_id"], "is_fetched"),
    ("payload", ["create_date"], "payload IS NOT NULL AND state IN ('done', 'ignored')"),
)
# The job that applies waiting events
JOB = "mail_mailjet_aldeamo.ir_cron_apply_mail_tracking"


class MailTracking(models.Model):
    """One event that a provider reported. The webhook inserts the rows, the job applies them; the
    reported values never change.
    """

    _name = "mail.tracking"
    _description = "Email Event"
    _order = "occurred_at DESC, id DESC"
    _rec_name = "recipient"

    # The event
    event_type = fields.Selection(
        selection="_selection_event_type", string="Event", required=True, default="unknown"
    )
    bounce_type = fields.Selection(selection=list(BOUNCE_TYPES.items()))
    occurred_at = fields.Datetime(string="Date", required=True, default=fields.Datetime.now)
    recipient = fields.Char()
    subject = fields.Char()
    reason = fields.Char(help="The message of the recipient's mail server, or of the recipient.")
    failure = fields.Selection(selection=list(FAILURES.items()), string="Cause")
    provider_error = fields.Char(help="The provider's name for the cause.")
    explanation = fields.Char(string="What It Means", compute="_compute_explanation")
    url = fields.Char(string="Link")
    place = fields.Char(
        string="Place as Reported",
        help="Where the email was opened or clicked. If a mail proxy loads the pictures for a "
        "person, this is the place of the proxy.",
    )
    latitude = fields.Float(digits=(9, 6), group_operator=None)
    longitude = fields.Float(digits=(9, 6), group_operator=None)
    user_agent = fields.Char()
    categories = fields.Json(help="Newsletter categories: still wanted or not.")
    # Origin
    mail_server_id = fields.Many2one("ir.mail_server", ondelete="set null")
    provider = fields.Selection(selection=lambda self: provider_choices())
    origin = fields.Selection(selection=list(ORIGINS.items()))
    provider_message_id = fields.Char(string="Provider Message ID")
    provider_campaign = fields.Char()
    provider_contact = fields.Char()
    # Secret: with tokens and the URL, events can be forged.
    token = fields.Char(groups="base.group_system")
    # Large, and only shown in the form
    payload = fields.Text(groups="base.group_system", prefetch=False)
    fingerprint = fields.Char(required=True, groups="base.group_system")
    # The e-mail
    delivery_id = fields.Many2one(
        "mail.delivery", string="Email", ondelete="set null", index="btree_not_null"
    )
    mailing_trace_id = fields.Many2one(related="delivery_id.mailing_trace_id")
    mass_mailing_id = fields.Many2one(related="delivery_id.mass_mailing_id", string="Mailing")
    mail_message_id = fields.Many2one(related="delivery_id.mail_message_id", string="Message")
    partner_id = fields.Many2one(related="delivery_id.partner_id")
    is_test = fields.Boolean(string="Test", compute="_compute_is_test", search="_search_is_test")
    contact_email = fields.Char(
        string="Current Address",
        index="btree_not_null",
        help="The contact's current address, if it was corrected after the email was sent.",
    )
    applies_to_mailing_lists = fields.Boolean(
        help="Changes subscriptions, does not blacklist the address."
    )
    is_unmatched = fields.Boolean(string="Not Matched")
    is_bounce_counted = fields.Boolean(help="Added to the contacts' bounce counters.")
    # Processing
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Applied"),
            ("ignored", "No Effect"),
            ("failed", "Failed"),
        ],
        string="Status",
        required=True,
        default="pending",
    )
    state_reason = fields.Char(string="Stored Explanation")
    state_words = fields.Char(string="Explanation", compute="_compute_state_words")
    retry_at = fields.Datetime(string="Next Attempt")
    processed_at = fields.Datetime(string="Processed")

    _sql_constraints = [
        ("fingerprint_unique", "unique (fingerprint)", "Odoo already has this event."),
    ]

    def init(self):
        # Partial indexes, for the few rows to process in a growing table. CREATE INDEX IF NOT
        # EXISTS would block writers at each upgrade of the addon.
        for name, expressions, where in INDEXES:
            create_index(
                self.env.cr, f"mail_tracking_{name}_idx", self._table, expressions, where=where
            )

    @api.model
    def _selection_event_type(self):
        choices = []
        for code, label in EVENT_TYPES.items():
            choices.append((code, _(label)))  # pylint: disable=translation-required
        return choices

    @api.depends("delivery_id.is_test")
    def _compute_is_test(self):
        for tracking in self:
            tracking.is_test = tracking.delivery_id.is_test

    @api.model
    def _search_is_test(self, operator, value):
        """Search by the few deliveries that are tests."""
        tests = self.env["mail.delivery"].sudo()._search([("is_test", "=", True)])
        if (operator == "=") == bool(value):
            return [("delivery_id", "in", tests)]
        return ["|", ("delivery_id", "=", False), ("delivery_id", "not in", tests)]

    @api.depends("provider", "provider_error")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for tracking in self:
            tracking.explanation = self.env["mail.delivery"]._explain_error(
                tracking.provider, tracking.provider_error
            )

    @api.depends("state_reason")
    @api.depends_context("lang")
    def _compute_state_words(self):
        """Translate what a job noted in English; a text with names in it stays as it is."""
        for tracking in self:
            reason = tracking.state_reason
            tracking.state_words = reason and _(reason)  # pylint: disable=translation-required

    @api.depends("event_type", "recipient")
    def _compute_display_name(self):
        labels = dict(self._selection_event_type())
        for tracking in self:
            parts = (labels.get(tracking.event_type), tracking.recipient)
            tracking.display_name = ": ".join(filter(None, parts))

    def action_process_again(self):
        """Parse the raw texts again, and let the job apply the result."""
        understood = self._read_payload_again()
        # The reports of the deliveries contain these events: reset them.
        deliveries = understood.sudo().delivery_id
        deliveries._forget_events()
        understood |= self.search(
            [("delivery_id", "in", deliveries.ids), ("state", "in", ("done", "ignored"))]
        )
        understood.write(
            {
                "state": "pending",
                "state_reason": False,
                "retry_at": False,
                "processed_at": False,
            }
        )
        understood._wake_job()
