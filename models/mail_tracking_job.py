# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import threading
import time
from datetime import timedelta

import psycopg2

from odoo import _, api, fields, models

from .mail_tracking import SUBSCRIPTION_EVENTS
from .mail_tracking_intake import JOB

_logger = logging.getLogger(__name__)

CHUNK = 500  # events per transaction
LONGEST_RUN = 60  # seconds: below Odoo's limit for a job
# How long an event waits for its mail to be committed, or to be made known by another event.
SENDING_PATIENCE = timedelta(days=1)
MATCHING_PATIENCE = timedelta(hours=1)
SHORTEST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)


class MailTracking(models.Model):
    """The job: applies what is waiting, chunk by chunk, each event once."""

    _inherit = "mail.tracking"

    @api.model
    def _cron_apply(self):
        """Apply all that is due, a transaction per chunk. Any number of nodes may run it."""
        deadline = time.monotonic() + LONGEST_RUN
        while events := self._claim():
            try:
                with self.env.cr.savepoint():
                    events._apply()
            except psycopg2.OperationalError:
                # Somebody else wrote to the same records meanwhile: the next run tries again.
                raise
            except Exception:
                _logger.exception("Applying email events one by one, as one of them fails")
                events._apply_one_by_one()
            self._commit()
            self.env.invalidate_all()
            if time.monotonic() > deadline:
                self.env.ref(JOB)._trigger()
                break

    @api.model
    def _claim(self):
        """Lock and return the next chunk of due events that nobody else has locked."""
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT id FROM mail_tracking
             WHERE state = 'pending' AND (retry_at IS NULL OR retry_at <= %s)
             ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            [fields.Datetime.now(), CHUNK],
        )
        events = self.browse(row[0] for row in self.env.cr.fetchall())
        events.invalidate_recordset()
        return events

    @api.model
    def _commit(self):
        if not getattr(threading.current_thread(), "testing", False):
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _apply_one_by_one(self):
        """Apply each event by itself: one that fails is kept as failed and stops no other."""
        for event in self:
            try:
                with self.env.cr.savepoint():
                    event._apply()
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                _logger.warning("Email event %s can't be applied", event.id, exc_info=True)
                event._settle("failed", f"{type(error).__name__}: {error}")

    def _apply(self):
        """Apply the events in `self`: each has its effect now, or waits, or has none."""
        unknown = self.filtered(lambda event: event.event_type == "unknown")
        unknown._settle("ignored", _("An event of a kind that has no meaning in Odoo."))
        events = self - unknown
        foreign = events._match()
        foreign._settle("ignored", _("Its mail was not sent by this database."), unmatched=True)
        events -= foreign
        events -= events._postpone()
        events._settle("done")
        self.flush_model()
        self.env["mailing.trace"]._apply_tracking(events.filtered("mailing_trace_id"))
        self.env["mail.notification"]._apply_tracking(events.filtered("mail_message_id"))
        self.env["mail.thread"]._apply_tracking_bounces(events)
        subscription_events = events.filtered(lambda event: event.event_type in SUBSCRIPTION_EVENTS)
        self.env["mail.blacklist"]._apply_tracking(subscription_events)
        self.env["mailing.list"]._apply_tracking(subscription_events)
        self._settle_without_effect(events)

    def _postpone(self):
        """Leave events whose mail is still being sent, or isn't known yet, for later."""
        now = fields.Datetime.now()
        postponed = self.browse()
        for event in self:
            age = now - (event.create_date or now)
            is_matched = event.mailing_trace_id or event.mail_message_id
            if is_matched:
                waits = age < SENDING_PATIENCE and event._is_still_being_sent()
            else:
                names_a_mail = event.reference or event.provider_message_id
                waits = age < MATCHING_PATIENCE and names_a_mail
            if waits:
                wait = min(max(age / 2, SHORTEST_WAIT), LONGEST_WAIT)
                event.retry_at = now + wait
                postponed |= event
        return postponed

    def _settle_without_effect(self, events):
        """Say of each event without effect why it has none."""
        for event in events:
            if event.mailing_trace_id or event.mail_message_id or event.is_bounce_counted:
                continue
            if event.event_type in ("delivered", "opened", "clicked", "bounced", "rejected"):
                unmatched = event.stream == "smtp" and not event.reference
                event._settle("ignored", event._no_match_reason(), unmatched=unmatched)

    def _settle(self, state, reason=False, unmatched=False):
        """Note what became of the events.

        The time is the transaction's, as in `write_date`: what was written later than that to
        a record that the events concern was written by somebody else.
        """
        self.write(
            {
                "state": state,
                "state_reason": reason,
                "is_unmatched": unmatched,
                "retry_at": False,
                "processed_at": self.env.cr.now(),
            }
        )
