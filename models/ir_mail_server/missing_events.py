# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
import logging
import time
from datetime import timedelta
from functools import partial

from odoo import _, api, fields, models

from ...addresses import comparable
from ...providers.api import ApiError
from ...webhook.rows import tracking_rows
from ..dialogs import opened
from ..mail_delivery.in_doubt import CLOCK_DIFFERENCE
from ..transactions import retried
from .attributes import ADMIN, NOTED

_logger = logging.getLogger(__name__)

JOB = "mail_mailjet_aldeamo.ir_cron_fetch_missing_events"
# Time span of one request: the most that is asked for again after an interruption.
STEP = timedelta(minutes=10)
# A call may be answered this long after the time that is stored as its start.
LONGEST_CALL = timedelta(minutes=10)
# Mails younger than this are not asked about: their events may still arrive.
PATIENCE = timedelta(hours=1)
# How far back to look for hours without any event.
SILENCE = timedelta(days=3)
DAILY = timedelta(hours=20)
JOB_TIME = 60  # seconds: other jobs wait meanwhile
EVENTS_AT_ONCE = 500
# Event type → column of `mail.delivery` with the same information
COLUMNS = {"delivered": "delivered_at", "opened": "opened_at", "clicked": "clicked_at"}
FAILURES = {"bounced", "rejected", "deferred"}


class IrMailServer(models.Model):
    """Fetching lost events from the provider, which keeps them for a while."""

    _inherit = "ir.mail_server"

    # The period that is still to be fetched
    missing_events_from = fields.Datetime(copy=False, **ADMIN)
    missing_events_until = fields.Datetime(copy=False, **ADMIN)
    # Number of e-mails of the first step that are done
    missing_events_position = fields.Integer(copy=False, **ADMIN)
    missing_events_datetime = fields.Datetime(string="Last Fetched", **NOTED)
    missing_events_count = fields.Integer(string="Missing Events", **NOTED)

    def action_fetch_missing_events(self):
        """Open the dialog that asks for the period."""
        self.ensure_one()
        wizard = self.env["mail.provider.missing.events"]
        return opened(wizard, _("Fetch Missing Events"), default_mail_server_id=self.id)

    def _begin_fetching(self, since, until):
        """Start fetching the events of mails that were sent in a period.

        :param datetime since: naive UTC
        :param datetime until: naive UTC
        """
        self.write(
            {
                "missing_events_from": since,
                "missing_events_until": until,
                "missing_events_position": 0,
                "missing_events_count": 0,
            }
        )

    @api.model
    def _cron_fetch_missing_events(self):
        """Continue fetching; once a day, also start where the webhook received no events."""
        deadline = time.monotonic() + JOB_TIME
        for server in self.search([("provider", "!=", False)]).filtered("has_account"):
            if server._transport_limits("api") is None:
                continue
            retried(self.env, server._begin_where_silent)
            try:
                while server.missing_events_from and time.monotonic() < deadline:
                    retried(self.env, partial(server._fetch_step, deadline))
            except ApiError as error:
                _logger.info("Mail server %s can't fetch missing events: %s", server.id, error)
                self.env["ir.cron"]._wake(JOB, at=fields.Datetime.now() + PATIENCE)
                continue
            if server.missing_events_from:
                self.env["ir.cron"]._wake(JOB)

    def _begin_where_silent(self):
        """Start once a day if there were hours with accepted mails and without any event."""
        now = fields.Datetime.now()
        fetched = self.missing_events_datetime
        if self.missing_events_from or (fetched and now - fetched < DAILY):
            return
        since = self._silent_since(now) if self._is_webhook_alive() else None
        if since:
            # Mails sent before may have been opened during that time.
            self._begin_fetching(since - SILENCE, now)

    def _silent_since(self, now):
        """Return the first hour with accepted mails of which no event has arrived, or None."""
        self.env["mail.delivery"].flush_model()
        self.env.cr.execute(
            """
            SELECT min(silent.hour)
              FROM (SELECT date_trunc('hour', accepted_at) AS hour
                      FROM mail_delivery
                     WHERE mail_server_id = %(server)s AND state = 'accepted'
                       AND create_date > %(since)s - interval '1 day'
                       AND accepted_at BETWEEN %(since)s AND %(until)s
                     GROUP BY date_trunc('hour', accepted_at)
                    HAVING count(delivered_at) + count(failed_at) = 0) AS silent
            """,
            {"server": self.id, "since": now - SILENCE, "until": now - PATIENCE},
        )
        return self.env.cr.fetchone()[0]

    def _fetch_step(self, deadline):
        """Fetch the missing events of the next minutes in which mails were sent.

        :param float deadline: on the monotonic clock; the next run continues
        :raises ApiError: the provider can't be asked
        """
        step = self._next_step()
        if not step:
            self.write(
                {
                    "missing_events_from": False,
                    "missing_events_until": False,
                    "missing_events_datetime": fields.Datetime.now(),
                }
            )
            return
        found, position = self._fetch(step, step + STEP, deadline)
        self.write(
            {
                "missing_events_from": step if position else step + STEP,
                "missing_events_position": position,
                "missing_events_count": self.missing_events_count + found,
            }
        )

    def _next_step(self):
        """Return when the next mail was sent whose events have not been fetched, or None."""
        since, until = self.missing_events_from, self.missing_events_until
        if not since or since > until:
            return None
        self.env["mail.delivery"].flush_model()
        self.env.cr.execute(
            """
            SELECT min(called_at) FROM mail_delivery
             WHERE mail_server_id = %(server)s AND account = %(account)s
               AND create_date > %(since)s - interval '5 days' AND create_date <= %(until)s
               AND called_at BETWEEN %(since)s AND %(until)s
            """,
            {
                "server": self.id,
                "account": self._account_name(),
                "since": since,
                "until": until,
            },
        )
        return self.env.cr.fetchone()[0]

    def _fetch(self, since, until, deadline):
        """Store the missing events of the mails that were sent in a period.

        :return: number of missing events; number of e-mails that are done, 0 for all
        """
        done, count, events = self.missing_events_position, 0, []
        with self._open_account() as account:
            start = 0
            for page in account.sent_mails(since - CLOCK_DIFFERENCE, until + LONGEST_CALL):
                for mail in self._incompletely_reported(page[max(0, done - start) :]):
                    if time.monotonic() > deadline:
                        return count + self._take_in(events), start + page.index(mail)
                    events += account.history(mail)
                    if len(events) >= EVENTS_AT_ONCE:
                        count += self._take_in(events)
                        events = []
                start += len(page)
        return count + self._take_in(events), 0

    @api.model
    def _incompletely_reported(self, mails):
        """Return the e-mails of which the provider has events that Odoo lacks.

        :param list[account.SentMail] mails:
        """
        tokens = [mail.token for mail in mails if mail.token and mail.latest]
        deliveries = {
            delivery.token: delivery
            # Don't fetch events of anonymized e-mails: they would have to be deleted again.
            for delivery in self.env["mail.delivery"].search(
                [("token", "in", tokens), ("is_anonymous", "=", False)]
            )
        }
        ids = [delivery.id for delivery in deliveries.values()]
        self.env["mail.tracking"].flush_model()
        self.env.cr.execute(
            """
            SELECT delivery_id, recipient, event_type FROM mail_tracking
             WHERE delivery_id = ANY(%s)
            """,
            [ids],
        )
        reported = {}
        for delivery_id, recipient, event_type in self.env.cr.fetchall():
            reported.setdefault((delivery_id, recipient), set()).add(event_type)
        return [
            mail
            for mail in mails
            if mail.token in deliveries
            and mail.latest
            and not _is_reported(mail, deliveries[mail.token], reported)
        ]

    def _take_in(self, events):
        """Store events as if they had been posted; return how many are new.

        :param list[dict] events: as the provider posts them
        """
        if not events:
            return 0
        body = json.dumps(events).encode()
        rows = tracking_rows(self.id, self.provider, body, fields.Datetime.now())
        trackings = self.env["mail.tracking"]
        count = trackings._insert_unknown([{**row, "is_fetched": True} for row in rows])
        if count:
            trackings._wake_job()
        return count


def _is_reported(mail, delivery, reported):
    """Tell whether Odoo has the last event of an e-mail.

    :param account.SentMail mail:
    :param mail.delivery delivery: of it
    :param dict reported: (delivery's id, recipient) → types of the events that arrived
    """
    recipient = comparable(mail.recipient)
    types = reported.get((delivery.id, recipient), set())
    if mail.latest in types:
        return True
    # Old events are deleted; the delivery keeps their times.
    is_person = recipient == delivery.recipient
    if mail.latest in ("bounced", "rejected"):
        return bool(types & FAILURES or (is_person and delivery.failed_kind))
    column = COLUMNS.get(mail.latest)
    return bool(column and is_person and delivery[column])
