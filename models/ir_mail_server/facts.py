# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import fields, models

# How long a mail may have been accepted until an event of it is missed.
SILENCE = timedelta(hours=1)
# So many mails without any event: recipients' servers may keep single ones waiting.
SILENT_MAILS = 3
# How long what is due may wait until it is clear that nobody takes care of it.
OVERDUE = timedelta(minutes=30)
DAY = timedelta(days=1)
# No more rows than these are counted for one fact.
MOST = 1000


class Facts(NamedTuple):
    """What the database knows about a server; times are naive UTC, or None.

    :param accepted_at: when the provider took a mail last
    :param event_at: when an event came in last
    :param waiting: mails in the outbox, up to `MOST`
    :param overdue_since: since when a mail is due that nobody hands over
    :param silent: mails, up to `MOST`, that were accepted since the last event, `SILENCE` ago
    :param silent_since: when the first of them was accepted
    """

    accepted_at: datetime | None = None
    event_at: datetime | None = None
    waiting: int = 0
    overdue_since: datetime | None = None
    silent: int = 0
    silent_since: datetime | None = None


# A short look at each index, however long the tables are.
SELECT = """
    SELECT server.id, accepted.at, event.at, waiting.count, overdue.since,
           silent.count, silent.since
      FROM ir_mail_server AS server
      LEFT JOIN LATERAL (
               SELECT accepted_at AS at FROM mail_delivery
                WHERE mail_server_id = server.id AND state = 'accepted'
                ORDER BY create_date DESC LIMIT 1
           ) AS accepted ON TRUE
      LEFT JOIN LATERAL (
               SELECT max(create_date) AS at FROM mail_tracking WHERE mail_server_id = server.id
           ) AS event ON TRUE
      LEFT JOIN LATERAL (
               SELECT count(*) FROM (
                   SELECT FROM mail_delivery
                    WHERE mail_server_id = server.id AND state = 'waiting' LIMIT %(most)s
               ) AS some
           ) AS waiting ON TRUE
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
                      AND create_date > GREATEST(event.at, %(recent)s)
                      AND create_date < %(silence)s AND accepted_at < %(silence)s
                    ORDER BY create_date LIMIT %(most)s
               ) AS some
           ) AS silent ON TRUE
     WHERE server.id = ANY(%(servers)s)
"""


class IrMailServer(models.Model):
    """What the states of a server are computed from."""

    _inherit = "ir.mail_server"

    def _facts(self):
        """Return server's id → `Facts`."""
        now = fields.Datetime.now()
        self.env["mail.delivery"].flush_model()
        self.env["mail.tracking"].flush_model()
        self.env.cr.execute(
            SELECT,
            {
                "servers": self._origin.ids,
                "most": MOST,
                "overdue": now - OVERDUE,
                "silence": now - SILENCE,
                "recent": now - 7 * DAY,
            },
        )
        return {row[0]: Facts(*row[1:]) for row in self.env.cr.fetchall()}
