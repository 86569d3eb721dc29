# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import fields, models

from .attributes import NOTED

# An accepted mail should have its first event within this time.
SILENCE = timedelta(hours=1)
# If due mails wait longer, no job is running.
OVERDUE = timedelta(minutes=30)
DAY = timedelta(days=1)
# Upper limit of rows to count for one fact.
MOST = 1000


class Facts(NamedTuple):
    """What the database knows about a server. Times are naive UTC or None; counts stop at `MOST`.

    :param accepted_at: when the provider last accepted a mail
    :param event_at: when the last event arrived, for any server with the same account, because an
        account posts to one URL
    :param overdue_since: since when a mail is due and no job has sent it
    :param silent: mails that were accepted since the last event and the registration, and at least
        `SILENCE` ago
    :param silent_since: when the first of them was accepted
    :param unwanted: mails of the last day that were refused because of their sender and have not
        been sent again
    :param unwanted_since: time of the first one
    :param unwanted_text: reason of the last one: a `providers.base.Text` as JSON
    """

    accepted_at: datetime | None = None
    event_at: datetime | None = None
    overdue_since: datetime | None = None
    silent: int = 0
    silent_since: datetime | None = None
    unwanted: int = 0
    unwanted_since: datetime | None = None
    unwanted_text: dict | None = None


# Each subquery reads a few rows of one index, so its time does not grow with the tables.
SELECT = """
    SELECT server.id, accepted.at, event.at, overdue.since, silent.count, silent.since,
           unwanted.count, unwanted.since, unwanted.text
      FROM ir_mail_server AS server
      LEFT JOIN LATERAL (
               SELECT accepted_at AS at FROM mail_delivery
                WHERE mail_server_id = server.id AND state = 'accepted'
                ORDER BY create_date DESC LIMIT 1
           ) AS accepted ON TRUE
      LEFT JOIN LATERAL (
               SELECT max(newest.at) AS at FROM ir_mail_server AS same, LATERAL (
                   SELECT max(create_date) AS at FROM mail_tracking WHERE mail_server_id = same.id
               ) AS newest
                WHERE same.id = server.id
                   OR (same.provider = server.provider AND same.smtp_user = server.smtp_user)
           ) AS event ON TRUE
      LEFT JOIN LATERAL (
               SELECT COALESCE(retry_at, create_date) AS since FROM mail_delivery
                WHERE mail_server_id = server.id AND state = 'waiting'
                  AND COALESCE(retry_at, '-infinity') < %(overdue)s
                  AND create_date < %(overdue)s
                ORDER BY COALESCE(retry_at, '-infinity'), id LIMIT 1
           ) AS overdue ON TRUE
      LEFT JOIN LATERAL (
               SELECT count(*), min(accepted_at) AS since FROM (
                   SELECT accepted_at FROM mail_delivery
                    WHERE mail_server_id = server.id AND state = 'accepted'
                      AND create_date > GREATEST(
                              event.at, %(recent)s,
                              -- both are whole seconds
                              server.webhook_registered_datetime - interval '1 second'
                          )
                      AND create_date < %(silence)s AND accepted_at < %(silence)s
                    ORDER BY create_date LIMIT %(most)s
               ) AS found
           ) AS silent ON TRUE
      LEFT JOIN LATERAL (
               SELECT count(*), min(failed_at) AS since,
                      (array_agg(outcome_text ORDER BY id DESC))[1] AS text
                 FROM (
                   SELECT id, failed_at, outcome_text FROM mail_delivery AS refused
                    WHERE mail_server_id = server.id AND state = 'refused'
                      AND create_date > %(yesterday)s AND failure = 'sender'
                      AND NOT EXISTS (
                              SELECT FROM mail_delivery AS later
                               WHERE later.recipient = refused.recipient
                                 AND later.subject = refused.subject
                                 AND later.id > refused.id AND later.state = 'accepted'
                          )
                    LIMIT %(most)s
               ) AS found
           ) AS unwanted ON TRUE
     WHERE server.id = ANY(%(servers)s)
"""
# How many of a day's mails bounced, and how many were reported as spam
RATES = """
    SELECT server.id, mails.count, mails.bounced, complaints.count
      FROM ir_mail_server AS server, LATERAL (
               SELECT count(*), count(*) FILTER (
                          WHERE failed_kind IN ('hard', 'soft') AND delivered_at IS NULL
                      ) AS bounced
                 FROM mail_delivery
                WHERE mail_server_id = server.id AND create_date > %(yesterday)s
                  AND state = 'accepted' AND is_test IS NOT TRUE
           ) AS mails, LATERAL (
               SELECT count(*) FROM mail_tracking
                WHERE mail_server_id = server.id AND event_type = 'complained'
                  AND create_date > %(yesterday)s AND state != 'pending'
           ) AS complaints
     WHERE server.id = ANY(%(servers)s)
"""


class IrMailServer(models.Model):
    """What the states of a server are computed from."""

    _inherit = "ir.mail_server"

    # Stored by the job, because counting a million mails takes too long for the form.
    rate_mails = fields.Integer(**NOTED)
    rate_bounces = fields.Integer(**NOTED)
    rate_complaints = fields.Integer(**NOTED)

    def _facts(self):
        """Return server's id → `Facts`."""
        now = fields.Datetime.now()
        for model in ("ir.mail_server", "mail.delivery", "mail.tracking"):
            self.env[model].flush_model()
        self.env.cr.execute(
            SELECT,
            {
                "servers": self._origin.ids,
                "most": MOST,
                "overdue": now - OVERDUE,
                "silence": now - SILENCE,
                "yesterday": now - DAY,
                "recent": now - 7 * DAY,
            },
        )
        return {row[0]: Facts(*row[1:]) for row in self.env.cr.fetchall()}

    def _note_rates(self):
        """Count the mails, bounces and complaints of the last day."""
        self.env["mail.delivery"].flush_model()
        self.env["mail.tracking"].flush_model()
        yesterday = fields.Datetime.now() - DAY
        self.env.cr.execute(RATES, {"servers": self.ids, "yesterday": yesterday})
        names = ("rate_mails", "rate_bounces", "rate_complaints")
        for server_id, *counts in self.env.cr.fetchall():
            server, values = self.browse(server_id), dict(zip(names, counts, strict=True))
            if any(server[name] != value for name, value in values.items()):
                server.write(values)
