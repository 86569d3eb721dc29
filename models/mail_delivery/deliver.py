# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import NamedTuple

from odoo import api, fields, models

from ...addresses import normalize
from ...providers.transport import CALL_LIMIT, Limits, PreparedMail
from .courier import Courier

_logger = logging.getLogger(__name__)

JOB = "mail_mailjet_aldeamo.ir_cron_deliver"
# If a call has no answer after this time, its process has ended.
LEASE = timedelta(seconds=CALL_LIMIT + 150)
# After a temporary error of one mail: RFC 5321 4.5.4.1 asks for growing intervals.
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=2)
# How long a mail is retried: RFC 5321 4.5.4.1 asks for four to five days.
PATIENCE = timedelta(days=4)
READ_SIZE = 2_000_000  # bytes of contents in one read from the database
JOB_TIME = 50  # seconds: the job starts again after a minute


class Claimed(NamedTuple):
    """A delivery that is about to be sent.

    :param attempts: number of this attempt, so that answers to earlier ones are ignored
    :param mail: None after the call
    """

    id: int
    attempts: int
    transport: str
    mail: PreparedMail | None


class MailDelivery(models.Model):
    """Sending the outbox to the providers, after the commit."""

    _inherit = "mail.delivery"

    @api.model
    def _cron_deliver(self):
        """Send waiting deliveries, and look up those in doubt."""
        self._expire_leases()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self._look_up_in_doubt()
        self.env.cr.execute(
            """
            SELECT DISTINCT mail_server_id FROM mail_delivery
             WHERE state = 'waiting' AND mail_server_id IS NOT NULL
               AND COALESCE(retry_at, '-infinity') <= %s
            """,
            [fields.Datetime.now()],
        )
        couriers = [Courier(self.pool, server_id) for (server_id,) in self.env.cr.fetchall()]
        self.env.cr.commit()  # pylint: disable=invalid-commit
        if couriers:
            # One thread for each server: a slow provider delays no other one.
            with ThreadPoolExecutor(len(couriers)) as pool:
                list(pool.map(partial(Courier.deliver_due, seconds=JOB_TIME), couriers))

    @api.model
    def _claim(self, server, transport, limits, count, ids=None):
        """Mark rows as being called, and return them in batches, each for one call.

        The mark is committed before the call. The oldest rows come first. A mail that has been
        tried before gets a call of its own: it may be the cause of the error.

        :param str transport: ``api`` or ``smtp``
        :param providers.transport.Limits limits: of one call
        :param int count: of calls
        :param list ids: rows to choose from; None: all that are due
        :rtype: list[list[Claimed]]
        """
        now = fields.Datetime.now()
        room = server._sending_room(now)
        wanted = min(count * limits.messages, room)
        if wanted <= 0:
            return []
        self.env.cr.execute(
            """
            SELECT id, attempts, size, email_to
              FROM mail_delivery
             WHERE mail_server_id = %(server)s AND state = 'waiting' AND transport = %(transport)s
               AND COALESCE(retry_at, '-infinity') <= %(now)s
               AND (%(ids)s::int[] IS NULL OR id = ANY(%(ids)s))
             ORDER BY COALESCE(retry_at, '-infinity'), id
             LIMIT %(wanted)s FOR UPDATE SKIP LOCKED
            """,
            {
                "server": server.id,
                "transport": transport,
                "now": now,
                "ids": ids,
                "wanted": wanted,
            },
        )
        batches = batched(self.env.cr.fetchall(), limits, count)
        claimed = {}
        # Read in portions: the driver holds several copies of each content while it reads.
        portion = Limits(messages=count * limits.messages, size=READ_SIZE)
        rows = list(chain.from_iterable(batches))
        for part in batched(rows, portion, len(rows)):
            claimed |= self._mark_as_called([row[0] for row in part], now)
        return [[claimed[row[0]] for row in batch if row[0] in claimed] for batch in batches]

    @api.model
    def _mark_as_called(self, ids, now):
        """Mark rows as being called; return id → `Claimed` of those with a content."""
        self.env.cr.execute(
            """
            UPDATE mail_delivery AS delivery
               SET state = 'calling', attempts = attempts + 1, called_at = %s
              FROM mail_delivery_content AS content
             WHERE delivery.id = ANY(%s) AND content.delivery_id = delivery.id
            RETURNING delivery.id, attempts, transport, token, content, email_from, email_to
            """,
            [now, ids],
        )
        claimed = {
            row[0]: Claimed(*row[:3], PreparedMail(row[3], bytes(row[4]), row[5], split(row[6])))
            for row in iter(self.env.cr.fetchone, None)
        }
        self.browse(ids).invalidate_recordset()
        return claimed

    @api.model
    def _record(self, outcomes):
        """Store the provider's answers and what follows from them.

        :param list outcomes: of (`Claimed`, `providers.transport.Outcome`)
        """
        by_id = {claimed.id: (claimed, outcome) for claimed, outcome in outcomes}
        self.env.cr.execute(
            """
            SELECT id, state, attempts, recipient FROM mail_delivery
             WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,
            [list(by_id)],
        )
        present = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        now = fields.Datetime.now()
        accepted, touched = {}, self.browse()
        for delivery in self.browse(present):
            claimed, outcome = by_id[delivery.id]
            state, attempts, recipient = present[delivery.id]
            is_ours = (state, attempts) == ("calling", claimed.attempts)
            if outcome.result == "accepted":
                # Accepted is final, also if the row was changed meanwhile.
                accepted[delivery.id] = id_for(recipient, outcome)
            elif is_ours:
                delivery.write(delivery._values_of(outcome, now))
                touched |= delivery
            if outcome.refused:
                delivery._note_refused_recipients(outcome)
        self._record_accepted(accepted)
        touched._follow()
        touched.filtered(lambda delivery: delivery.state == "refused")._fail_kept_mails()

    @api.model
    def _record_accepted(self, provider_ids):
        """Mark e-mails as accepted.

        :param dict provider_ids: delivery's id → the provider's id, or None
        """
        rows = self._lock_reports(provider_ids)
        for row in rows:
            row["provider_message_id"] = provider_ids[row["id"]] or row["provider_message_id"]
        self._write_reports(rows)

    def _values_of(self, outcome, now):
        """Return the values of a delivery that was not accepted.

        :param providers.transport.Outcome outcome:
        """
        self.ensure_one()
        values = {"outcome_text": outcome.reason.as_json() if outcome.reason else False}
        if outcome.result == "refused":
            return {
                **values,
                "state": "refused",
                "failed_at": now,
                "failure": outcome.failure or False,
            }
        if outcome.result == "in_doubt":
            return {**values, "state": "in_doubt", "retry_at": now}
        if outcome.stops_others:
            # The error is not the mail's: don't count this attempt.
            return {**values, "state": "waiting", "attempts": self.attempts - 1, "retry_at": False}
        return {**values, **self._values_of_retry(now, outcome.delay)}

    def _values_of_retry(self, now, delay=None):
        """Return the values of a delivery that is tried again, after growing delays.

        :param float delay: seconds; None: from the number of attempts
        """
        self.ensure_one()
        if now - self.create_date > PATIENCE:
            return {"state": "refused", "failed_at": now}
        wait = FIRST_DELAY * 2 ** min(self.attempts - 1, 10)
        wait = min(wait, LONGEST_DELAY) if delay is None else timedelta(seconds=delay)
        return {"state": "waiting", "retry_at": now + wait}

    def _note_refused_recipients(self, outcome):
        """Store which of several recipients the provider refused."""
        self.ensure_one()
        refused = {normalize(address): why for address, why in outcome.refused.items()}
        person = refused.get(self.recipient)
        if person:
            self.write(
                {
                    "failed_kind": "rejected",
                    "failed_at": fields.Datetime.now(),
                    "failure": "invalid_address",
                    "failure_text": str(person),
                }
            )

    def _fail_kept_mails(self):
        """Mark the mails that Odoo keeps as failed, so that *Retry* works on them."""
        for delivery in self.filtered("mail_mail_id"):
            mail = delivery.mail_mail_id
            failure_type, reason = delivery._failure_for_odoo("error", self.env.user, mail)
            mail.write(
                {"state": "exception", "failure_type": failure_type, "failure_reason": reason}
            )


def id_for(recipient, outcome):
    """Return the provider's id of the copy for the delivery's recipient."""
    ids = {normalize(address): id_ for address, id_ in outcome.ids.items()}
    return ids.get(recipient) or next(iter(ids.values()), None)


def split(addresses):
    """Return the addresses of a stored envelope."""
    return tuple(addresses.split(", "))


def batched(rows, limits, count):
    """Group rows into at most `count` calls within the limits.

    :param rows: of (id, attempts, size, envelope)
    """
    batches, recipients, size, is_open = [], 0, 0, False
    for row in rows:
        _id, attempts, row_size, envelope = row
        row_recipients = len(split(envelope))
        fits = (
            is_open
            and not attempts
            and len(batches[-1]) < limits.messages
            and recipients + row_recipients <= limits.recipients
            and size + row_size <= limits.size
        )
        if not fits:
            if len(batches) == count:
                break
            batches.append([])
            recipients = size = 0
        batches[-1].append(row)
        recipients += row_recipients
        size += row_size
        is_open = not attempts
    return batches
