# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import time
from datetime import timedelta
from itertools import chain

from odoo import _, api, fields, models

from .mail_tracking import EARLY_EVENTS, SUBSCRIPTION_EVENTS
from .mail_tracking_intake import JOB, WAKE_INTERVAL
from .mail_tracking_transaction import is_concurrent

_logger = logging.getLogger(__name__)

CHUNK = 500  # events per transaction
LONGEST_RUN = 60  # seconds: below Odoo's limit for a job
# Seconds: half a second for what is being stored when the job can be woken again.
SHORTEST_RUN = WAKE_INTERVAL + 0.5
# How long an event waits for its mail to get another status than that of one being sent, and
# for its mail to be committed or made known by another event.
SENDING_PATIENCE = timedelta(days=1)
MATCHING_PATIENCE = timedelta(hours=1)
SHORTEST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)


class MailTracking(models.Model):
    """The job: applies what is waiting, chunk by chunk, each event once."""

    _inherit = "mail.tracking"

    @api.model
    def _cron_apply(self, shortest=SHORTEST_RUN):
        """Apply all that is due, and what comes in while the webhooks don't wake the job again.

        :param float shortest: seconds after which it looks for the last time
        """
        start = time.monotonic()
        deadline = start + LONGEST_RUN
        self._apply_due(deadline)
        pause = start + shortest - time.monotonic()
        if pause > 0:
            time.sleep(pause)
            self._apply_due(deadline)

    @api.model
    def _apply_due(self, deadline):
        """Apply all that is due, in a transaction per chunk.

        :param float deadline: on the monotonic clock; what remains is left to the next run
        """
        self._drain_spool(deadline)
        while self._retried(self._apply_chunk):
            if time.monotonic() > deadline:
                self.env.ref(JOB)._trigger()
                break

    @api.model
    def _apply_chunk(self):
        """Apply one chunk of what is due; return whether there was any."""
        events = self._claim()
        if not events:
            return False
        try:
            with self.env.cr.savepoint():
                events._apply()
        except Exception as error:
            if is_concurrent(error):
                raise
            _logger.exception("Applying email events one by one, as one of them fails")
            events._apply_one_by_one()
        return True

    @api.model
    def _claim(self):
        """Lock and return the next chunk of due events that nobody else has locked.

        What was never tried comes first, so that what waits is not looked at again and again.
        """
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT id FROM mail_tracking
             WHERE state = 'pending' AND COALESCE(retry_at, '-infinity') <= %s
             ORDER BY COALESCE(retry_at, '-infinity'), id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            [fields.Datetime.now(), CHUNK],
        )
        events = self.browse(row[0] for row in self.env.cr.fetchall())
        events.invalidate_recordset()
        return events

    def _apply_one_by_one(self):
        """Apply each event by itself: one that fails is kept as failed and stops no other."""
        for event in self:
            try:
                with self.env.cr.savepoint():
                    event._apply()
            except Exception as error:
                if is_concurrent(error):
                    raise
                _logger.warning("Email event %s can't be applied", event.id, exc_info=True)
                event._settle("failed", f"{type(error).__name__}: {error}")

    def _apply(self):
        """Apply the events in `self`: each has its effect now, or waits, or has none."""
        due = self._read_due()
        unknown = {event.id for event in due if event.event_type == "unknown"}
        self.browse(unknown)._settle(
            "ignored", _("An event of a kind that has no meaning in Odoo.")
        )
        due = [event for event in due if event.id not in unknown]
        matches, foreign = self._match(due)
        self.browse(foreign)._settle(
            "ignored", _("Its mail was not sent by this database."), unmatched=True
        )
        due = [event for event in due if event.id not in foreign]
        waiting = self._postpone(due, matches)
        self._take_early_effect([event for event in due if event.id in waiting], matches)
        due = [event for event in due if event.id not in waiting]
        self._settle_as_done(due, matches)
        self._take_effect(due, matches)

    @api.model
    def _take_effect(self, due, matches):
        """Have Odoo's records follow the events, which are settled as done."""
        by_type = {}
        for event in due:
            by_type.setdefault(event.event_type, []).append(event.id)
        found = [(event.id, matches[event.id]) for event in due if event.id in matches]
        trace_ids = {match.trace_id for _event_id, match in found} - {0}
        self.env["mailing.trace"].browse(trace_ids)._apply_tracking()
        self.env["mail.notification"]._apply_tracking(
            self.browse(event_id for event_id, match in found if match.notification)
        )
        bounces = self.browse(by_type.get("bounced", ()))
        self._take_address_effect([event for event in due if not event.processed_at])
        counted = set(bounces.filtered("is_bounce_counted")._ids)
        self._settle_without_effect([event for event in due if event.id not in counted], matches)

    @api.model
    def _take_address_effect(self, due):
        """Have contacts, blacklist and subscriptions follow the events."""
        ids = {name: [] for name in EARLY_EVENTS}
        for event in due:
            if event.event_type in ids:
                ids[event.event_type].append(event.id)
        self.env["mail.thread"]._apply_tracking_bounces(self.browse(ids.pop("bounced")))
        subscription_events = self.browse(chain.from_iterable(ids.values()))
        subscription_events._find_contacts()
        self.env["mail.blacklist"]._apply_tracking(subscription_events)
        self.env["mailing.list"]._apply_tracking(subscription_events)

    @api.model
    def _take_early_effect(self, due, matches):
        """Have addresses follow the events whose mail is still in the queue, once.

        They stay pending until the mail has a status that may change.
        """
        early = [
            event
            for event in due
            if event.id in matches and event.event_type in EARLY_EVENTS and not event.processed_at
        ]
        if not early:
            return
        rows = []
        for event in early:
            trace, mailing, _message, _partner, is_list_bound = self._match_values(
                event, matches[event.id]
            )
            rows.append((event.id, trace, mailing, is_list_bound))
        self.env.cr.execute(
            """
            UPDATE mail_tracking AS event
               SET mailing_trace_id = match.trace_id, mass_mailing_id = match.mailing_id,
                   is_list_bound = match.is_list_bound, processed_at = %s
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::bool[])
                   AS match (id, trace_id, mailing_id, is_list_bound)
             WHERE event.id = match.id
            """,
            [fields.Datetime.now(), *map(list, zip(*rows, strict=True))],
        )
        self._take_address_effect(early)

    @api.model
    def _postpone(self, due, matches):
        """Leave events whose mail is still being sent, or isn't known yet, for later.

        :return: their ids
        """
        now = fields.Datetime.now()
        queued, marked = self._being_sent(matches)
        waits = {}
        for event in due:
            age = now - (event.create_date or now)
            if event.id in matches:
                waiting = event.id in queued or (event.id in marked and age < SENDING_PATIENCE)
            else:
                names_a_mail = event.reference or event.provider_message_id
                waiting = names_a_mail and age < MATCHING_PATIENCE
            if waiting:
                waits[event.id] = now + min(max(age / 2, SHORTEST_WAIT), LONGEST_WAIT)
        if waits:
            self.env.cr.execute(
                """
                UPDATE mail_tracking AS event SET retry_at = wait.until
                  FROM unnest(%s::int[], %s::timestamp[]) AS wait (id, until)
                 WHERE event.id = wait.id
                """,
                [list(waits), list(waits.values())],
            )
        return set(waits)

    @api.model
    def _settle_as_done(self, due, matches):
        """Write down which mails the events are about, and that they are applied.

        In one statement, as their values differ: the ORM would make one of each event. By nobody,
        as they came in: the user would be looked up, and locked, for each.
        """
        if not due:
            return
        rows = ((event.id, *self._match_values(event, matches.get(event.id))) for event in due)
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            UPDATE mail_tracking AS event
               SET mailing_trace_id = match.trace_id, mass_mailing_id = match.mailing_id,
                   mail_message_id = match.message_id, partner_id = match.partner_id,
                   is_list_bound = match.is_list_bound,
                   state = 'done', is_unmatched = FALSE, retry_at = NULL,
                   processed_at = %s, write_date = %s
              FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::bool[])
                   AS match (id, trace_id, mailing_id, message_id, partner_id, is_list_bound)
             WHERE event.id = match.id
            """,
            [now, now, *map(list, zip(*rows, strict=True))],
        )

    @api.model
    def _settle_without_effect(self, due, matches):
        """Say of each event without effect why it has none."""
        reasons = {}
        for event in due:
            match = matches.get(event.id)
            has_effect = match and (match.trace_id or match.notification)
            if not has_effect and event.event_type not in SUBSCRIPTION_EVENTS:
                unmatched = not match and event.stream == "smtp" and not event.reference
                reason = self._no_effect_reason(event, match), unmatched
                reasons.setdefault(reason, []).append(event.id)
        for (reason, unmatched), ids in reasons.items():
            self.browse(ids)._settle("ignored", reason, unmatched=unmatched)

    def _settle(self, state, reason=False, unmatched=False):
        """Note what became of the events."""
        self.write(
            {
                "state": state,
                "state_reason": reason,
                "is_unmatched": unmatched,
                "retry_at": False,
                "processed_at": fields.Datetime.now(),
            }
        )
