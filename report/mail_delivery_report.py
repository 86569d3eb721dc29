# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from pytz import all_timezones_set

from odoo import fields, models, tools
from odoo.tools import SQL

from ..models.mail_delivery.mail_delivery import STATUSES
from ..providers import provider_choices
from ..providers.base import FAILURES

# Each email has one outcome, so that counts add up. Odoo sorts by the values: the numbers set
# the order in every view.
OUTCOMES = [
    ("1_clicked", "Clicked"),
    ("2_opened", "Opened"),
    ("3_delivered", "Delivered"),
    ("4_sent", "Sent"),
    ("5_soft", "Soft Bounce"),
    ("6_hard", "Hard Bounce"),
    ("7_failed", "Failed"),
    ("8_waiting", "In the Outbox"),
    ("9_canceled", "Canceled"),
]
IS_DELIVERED = "status IN ('sent', 'open')"
IS_CLICKED = "status = 'open' AND clicked_at IS NOT NULL"
# Measure → SQL condition
COUNTED = {
    "sent": "state = 'accepted'",
    "delivered": IS_DELIVERED,
    "opened": "status = 'open'",
    "machine_opened": "status = 'open' AND is_machine_open",
    "clicked": IS_CLICKED,
    "bounced_hard": "status = 'bounce' AND failed_kind = 'hard'",
    "bounced_soft": "status = 'bounce' AND failed_kind IS DISTINCT FROM 'hard'",
    "failed": "status = 'error'",
}
# Rate → (measure, base). NULL for emails outside the base: so the average over the emails of any
# group is its rate.
RATES = {
    "delivered_rate": ("delivered", "sent"),
    "opened_rate": ("opened", "delivered"),
    "clicked_rate": ("clicked", "delivered"),
    "clicked_of_opened_rate": ("clicked", "opened"),
    "bounced_rate": ("bounced", "sent"),
}
RATE = {"readonly": True, "group_operator": "avg"}
CONDITIONS = {**COUNTED, "bounced": "status = 'bounce'"}
# Read from the events, only for measures that are shown
REPORTED = ("complained", "unsubscribed")


class MailDeliveryReport(models.Model):
    """One row for each email that was sent through a provider, with its measures."""

    _name = "mail.delivery.report"
    _description = "Email Delivery Analysis"
    _auto = False
    _order = "create_date DESC, id DESC"
    _rec_name = "delivery_id"

    delivery_id = fields.Many2one("mail.delivery", string="Email", readonly=True)
    create_date = fields.Datetime(string="Sent by Odoo", readonly=True)
    hour = fields.Integer(
        string="Hour of the Day",
        readonly=True,
        group_operator=None,
        help="The hour in which Odoo sent the email, in your time zone.",
    )
    mass_mailing_id = fields.Many2one("mailing.mailing", string="Mailing", readonly=True)
    mail_server_id = fields.Many2one("ir.mail_server", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    provider = fields.Selection(selection=lambda self: provider_choices(), readonly=True)
    domain = fields.Char(string="Recipient's Domain", readonly=True)
    is_test = fields.Boolean(string="Test", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    outcome = fields.Selection(
        OUTCOMES, readonly=True, help="The most advanced status of the email."
    )
    failure = fields.Selection(list(FAILURES.items()), string="Cause", readonly=True)
    sent = fields.Integer(readonly=True, help="Emails that the provider has accepted.")
    delivered = fields.Integer(
        readonly=True, help="Emails that arrived, whether they were opened or not."
    )
    opened = fields.Integer(
        readonly=True, help="Emails opened by people or machines. Each email counts once."
    )
    machine_opened = fields.Integer(
        string="Opened by Machines Only",
        readonly=True,
        help="Emails that only a mail proxy or a security scanner opened.",
    )
    clicked = fields.Integer(
        readonly=True, help="Emails with at least one click. Each email counts once."
    )
    bounced_hard = fields.Integer(string="Hard Bounces", readonly=True)
    bounced_soft = fields.Integer(string="Soft Bounces", readonly=True)
    failed = fields.Integer(
        readonly=True, help="Emails that the provider or the recipient's server rejected."
    )
    complained = fields.Integer(string="Reported as Spam", readonly=True)
    unsubscribed = fields.Integer(readonly=True)
    delivered_rate = fields.Float(string="Delivered (%)", help="Of the sent emails.", **RATE)
    opened_rate = fields.Float(string="Opened (%)", help="Of the delivered emails.", **RATE)
    clicked_rate = fields.Float(string="Clicked (%)", help="Of the delivered emails.", **RATE)
    clicked_of_opened_rate = fields.Float(
        string="Clicked of Opened (%)", help="Of the opened emails.", **RATE
    )
    bounced_rate = fields.Float(string="Bounced (%)", help="Of the sent emails.", **RATE)

    def init(self):
        # pylint: disable=sql-injection
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            f"CREATE VIEW {self._table} AS (SELECT {', '.join(columns())} FROM mail_delivery)"  # noqa: S608 - our own names
        )

    def _field_to_sql(self, alias, fname, query=None):
        """When the hour is grouped, use the user's time zone, as Odoo's reports do for days."""
        sql = super()._field_to_sql(alias, fname, query)
        tz = self.env.context.get("tz")
        if fname != "hour" or tz not in all_timezones_set:
            return sql
        moment = self._field_to_sql(alias, "create_date", query)
        return SQL("extract(hour FROM timezone(%s, timezone('UTC', %s)))::int", tz, moment)


def columns():
    """Return the columns of the view as SQL."""
    yield from ("id", "id AS delivery_id", "create_date", "mass_mailing_id", "mail_server_id")
    yield from ("company_id", "provider", "COALESCE(is_test, FALSE) AS is_test", "status")
    yield from ("failure", "extract(hour FROM create_date)::int AS hour")
    yield "NULLIF(split_part(recipient, '@', 2), '') AS domain"
    yield f"""
        CASE WHEN {IS_CLICKED} THEN '1_clicked' WHEN status = 'open' THEN '2_opened'
             WHEN status = 'sent' THEN '3_delivered' WHEN status = 'pending' THEN '4_sent'
             WHEN status = 'bounce' AND failed_kind = 'hard' THEN '6_hard'
             WHEN status = 'bounce' THEN '5_soft' WHEN status = 'error' THEN '7_failed'
             WHEN status = 'process' THEN '8_waiting' ELSE '9_canceled' END AS outcome
    """
    for name, condition in COUNTED.items():
        yield f"CASE WHEN {condition} THEN 1 ELSE 0 END AS {name}"
    for name in REPORTED:
        yield f"""
            CASE WHEN EXISTS (SELECT FROM mail_tracking
                               WHERE delivery_id = mail_delivery.id AND event_type = '{name}')
                 THEN 1 ELSE 0 END AS {name}
        """
    for name, (part, whole) in RATES.items():
        yield f"""
            CASE WHEN {CONDITIONS[whole]}
                 THEN CASE WHEN {CONDITIONS[part]} THEN 100.0 ELSE 0.0 END::float8
                 END AS {name}
        """
