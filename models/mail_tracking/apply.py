# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import time
from datetime import timedelta
from functools import partial
from itertools import chain

from odoo import _, api, fields, models

from ...user_agents.agent import machine_of
from ..transactions import is_concurrent, retried
from .mail_tracking import ADDRESS_EFFECTS, SUBSCRIPTION_EVENTS
from .reader import FACTS

_logger = logging.getLogger(__name__)

CHUNK = 500  # events per transaction
LONGEST_RUN = 60  # seconds: below Odoo's limit for a job
# How long an event with only the provider's id waits until a delivery has that id.
MATCHING_PATIENCE = timedelta(hours=1)
SHORTEST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)


class MailTracking(models.Model):
    """The job that applies waiting events, chunk by chunk, each event once."""

    _inherit = "mail.tracking"

    @api.model
    def _cron_apply(self):
        """Apply all events that are due now, in one transaction per chunk.

        Leave later events to the next run, which they have triggered. Otherwise the run would not
        end while events arrive, and other jobs would wait.
        """
        deadline = time.monotonic() + LONGEST_RUN
        self._drain_spool(deadline)
        newest = retried(self.env, self._newest)
        apply_chunk = partial(self._apply_chunk, newest)
        while not self._modules_change() and retried(self.env, apply_chunk):
            if time.monotonic() > deadline:
                self._trigger_job()
                break

    @api.model
    def _modules_change(self):
        """Tell whether a module is about to be installed, upgraded or removed: then end the job,
        as Odoo waits for it."""
        self.env.cr.execute("SELECT FROM ir_module_module WHERE state LIKE %s LIMIT 1", ["to %"])
        return bool(self.env.cr.rowcount)

    @api.model
    def _newest(self):
        """Return the highest id of an event in any state; 0 if there is none."""
        self.env.cr.execute("SELECT max(id) FROM mail_tracking")
        return self.env.cr.fetchone()[0] or 0

    @api.model
    def _apply_chunk(self, newest):
        """Apply one chunk of due events, up to an id; return whether there was any."""
        events = self._claim(newest)
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
    def _claim(self, newest):
        """Lock and return the next chunk of due events, up to an id, that are not locked.

        New events come first, so that postponed ones do not delay them.
        """
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT id FROM mail_tracking
             WHERE state = 'pending' AND COALESCE(retry_at, '-infinity') <= %s AND id <= %s
             ORDER BY COALESCE(retry_at, '-infinity'), id LIMIT %s FOR UPDATE SKIP LOCKED
            """,
            [fields.Datetime.now(), newest, CHUNK],
        )
        events = self.browse(row[0] for row in self.env.cr.fetchall())
        events.invalidate_recordset()
        return events

    def _apply_one_by_one(self):
        """Apply each event separately: a failing one is marked as failed and stops no other."""
        for event in self:
            try:
                with self.env.cr.savepoint():
                    event._apply()
            except Exception as error:
                if is_concurrent(error):
                    raise
                _logger.warning("Email event %s can't be applied", event.id, exc_info=True)
                event._mark_processed("failed", f"{type(error).__name__}: {error}")

    def _apply(self):
        """Apply the events in `self`: each has an effect, is postponed, or has no effect."""
        pending = self._read_pending()
        unknown = {event.id for event in pending if event.event_type == "unknown"}
        self.browse(unknown)._mark_processed("ignored", _("Odoo does not use this type of event."))
        pending = [event for event in pending if event.id not in unknown]
        matches = self._match(pending)
        anonymous = [
            id_ for id_, match in matches.items() if match.is_anonymous and match.is_person
        ]
        repeated = self._mark_repeated(pending, matches)
        pending = [event for event in pending if event.id not in repeated]
        waiting = self._postpone(pending, matches)
        pending = [event for event in pending if event.id not in waiting]
        self._mark_done(pending, matches)
        self._apply_to_odoo_records(pending, matches)
        if anonymous:
            self.browse(anonymous)._anonymize()

    @api.model
    def _apply_to_odoo_records(self, pending, matches):
        """Update deliveries and addresses by the events, which are marked as done."""
        self.env["mail.delivery"]._apply_events(
            [
                (event.without_person(matches[event.id]), matches[event.id])
                for event in pending
                if event.id in matches
            ]
        )
        self._take_address_effect(pending)
        bounces = self.browse(event.id for event in pending if event.event_type == "bounced")
        counted = set(bounces.filtered("is_bounce_counted")._ids)
        self._mark_without_effect([event for event in pending if event.id not in counted], matches)

    @api.model
    def _take_address_effect(self, pending):
        """Update contacts, blacklist and subscriptions by the events."""
        ids = {name: [] for name in ADDRESS_EFFECTS}
        for event in pending:
            if event.event_type in ids:
                ids[event.event_type].append(event.id)
        self.env["mail.thread"]._apply_tracking_bounces(self.browse(ids.pop("bounced")))
        subscription_events = self.browse(chain.from_iterable(ids.values()))
        subscription_events._find_contacts()
        self.env["mail.blacklist"]._apply_tracking(subscription_events)
        self.env["mailing.list"]._apply_tracking(subscription_events)

    @api.model
    def _postpone(self, pending, matches):
        """Postpone events whose delivery does not have the provider's id yet.

        Their effect on the address is not postponed.

        :return: their ids
        """
        now = fields.Datetime.now()
        waits = {}
        for event in pending:
            age = now - (event.create_date or now)
            is_nameless = event.provider_message_id and not event.token
            if (
                event.id not in matches
                and is_nameless
                and event.origin == "relayed"
                and (age < MATCHING_PATIENCE and event.event_type not in SUBSCRIPTION_EVENTS)
            ):
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
    def _mark_done(self, pending, matches):
        """Store the deliveries and facts of the events, and mark the events as done.

        One statement, because the values differ. `write_uid` stays empty: setting it makes
        PostgreSQL look up and lock the user's row for every event.
        """
        if not pending:
            return
        rows = [
            (
                event.id,
                matches[event.id].delivery_id if event.id in matches else None,
                self._applies_to_mailing_lists(event, matches.get(event.id)),
                machine_of(event.event_type, event.user_agent),
                *self._facts_of(event),
            )
            for event in pending
        ]
        types = ", ".join(f"%s::{type_}[]" for type_ in FACTS.values())
        # Keep country and city of an event that is applied again: its text may be deleted.
        self.env.cr.execute(
            f"""
            UPDATE mail_tracking AS event
               SET delivery_id = match.delivery_id,
                   applies_to_mailing_lists = match.applies_to_mailing_lists,
                   state = 'done', is_unmatched = FALSE, retry_at = NULL,
                   processed_at = %s, machine = match.machine, client = match.client,
                   system = match.system, device_type = match.device_type, country = NULL,
                   country_id = CASE WHEN NOT is_elsewhere
                                     THEN COALESCE(match.country_id, event.country_id) END,
                   city = CASE WHEN NOT is_elsewhere THEN city END
              FROM unnest(%s::int[], %s::int[], %s::bool[], %s::text[], {types})
                   AS match (id, delivery_id, applies_to_mailing_lists, machine, {", ".join(FACTS)})
             WHERE event.id = match.id
            """,  # noqa: S608 - our own names
            [fields.Datetime.now(), *map(list, zip(*rows, strict=True))],
        )

    @api.model
    def _mark_without_effect(self, pending, matches):
        """Mark events without effect, with the reason."""
        reasons = {}
        for event in pending:
            match = matches.get(event.id)
            has_effect = match and match.is_person
            if not has_effect and event.event_type not in SUBSCRIPTION_EVENTS:
                unmatched = not match and event.origin == "relayed"
                reason = self._no_effect_reason(event, match), unmatched
                reasons.setdefault(reason, []).append(event.id)
        for (reason, unmatched), ids in reasons.items():
            self.browse(ids)._mark_processed("ignored", reason, unmatched=unmatched)

    def _mark_processed(self, state, reason=False, unmatched=False):
        """Mark the events as processed, with state and reason."""
        self.write(
            {
                "state": state,
                "state_reason": reason,
                "is_unmatched": unmatched,
                "retry_at": False,
                "processed_at": fields.Datetime.now(),
            }
        )
