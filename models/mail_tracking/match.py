# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import _, api, models

from ...addresses import normalize
from ..mail_delivery.privacy import hidden_id

# A complaint without token and id is about the last mail of its subject within this time.
COMPLAINT_WINDOW = timedelta(days=60)
# An event without token and with an unknown id may be about a delivery without an id, of the same
# recipient and subject, that was sent within this time before.
DOUBT_WINDOW = timedelta(days=2)
CLOCK_DIFFERENCE = timedelta(minutes=5)
# By SMTP the events carry a token.
ID_UNKNOWN = """
    state = 'in_doubt'
    OR (state = 'accepted' AND transport = 'api' AND provider_message_id IS NULL)
"""


class PendingEvent(NamedTuple):
    """The values of an event that the job reads: faster than records."""

    id: int
    event_type: str
    bounce_type: str
    failure: str
    provider_error: str
    reason: str
    origin: str
    recipient: str
    subject: str
    provider: str
    provider_message_id: str
    token: str
    occurred_at: datetime
    create_date: datetime
    delivery_id: int
    mail_server_id: int
    is_fetched: bool
    user_agent: str
    device_type: str
    country: str

    def without_person(self, match):
        """Return the event without personal data, see `Match.is_anonymous`."""
        if not match.is_anonymous:
            return self
        return self._replace(reason=None, provider_message_id=None)


class Match(NamedTuple):
    """The delivery that an event is about.

    :param is_anonymous: the delivery is anonymized: store no personal data of the event
    :param is_person: whether the event is about the delivery's recipient, and not about a
        copy
    """

    delivery_id: int
    recipient: str
    mailing_id: int
    is_anonymous: bool
    is_person: bool


class MailTracking(models.Model):
    """Finding the delivery of an event."""

    _inherit = "mail.tracking"

    def _read_pending(self):
        """Return a `PendingEvent` of each event in `self`."""
        self.env.cr.execute(
            f"""
            SELECT {", ".join(PendingEvent._fields)}
              FROM mail_tracking WHERE id = ANY(%s) ORDER BY id
            """,  # noqa: S608 - our own names
            [self.ids],
        )
        return [PendingEvent(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _match(self, pending):
        """Find the deliveries that events are about.

        In this order: by the stored delivery; the token; the provider's id of the message;
        recipient and subject, for complaints, which may have neither, and for mails in doubt.

        :param list[PendingEvent] pending: the events
        :return: dict of event's id → `Match`
        """
        found = {event.id: event.delivery_id for event in pending if event.delivery_id}
        self._match_by_column(found, pending, "token", lambda event: event.token)
        self._match_by_column(
            found, pending, "provider_message_id", lambda event: event.provider_message_id
        )
        self._match_by_column(
            found,
            pending,
            "provider_message_id",
            lambda event: hidden_id(event.provider, event.provider_message_id) or None,
        )
        nameless = [event for event in pending if event.id not in found and not event.token]
        self._match_complaints(found, nameless)
        self._match_doubts(found, [event for event in nameless if event.id not in found])
        return self._read_matches(found, pending)

    @api.model
    def _match_by_column(self, found, pending, column, value_of):
        wanted = {value_of(event) for event in pending if event.id not in found} - {None}
        if not wanted:
            return
        self.env.cr.execute(
            f"""
            SELECT {column}, provider, id FROM mail_delivery WHERE {column} = ANY(%s) ORDER BY id
            """,  # noqa: S608 - our own names
            [list(wanted)],
        )
        # Tokens are unique; ids are unique only within one provider.
        by_provider = column != "token"
        known = {
            (value, by_provider and provider): id_
            for value, provider, id_ in self.env.cr.fetchall()
        }
        for event in pending:
            id_ = known.get((value_of(event), by_provider and event.provider))
            if id_ and event.id not in found:
                found[event.id] = id_

    @api.model
    def _match_complaints(self, found, nameless):
        complaints = [
            event
            for event in nameless
            if event.event_type == "complained"
            and event.origin == "relayed"
            and event.recipient
            and event.subject
            and not event.provider_message_id
        ]
        for event, deliveries in self._deliveries_of_same_subject(
            complaints, COMPLAINT_WINDOW, "state = 'accepted'"
        ):
            if deliveries:
                found[event.id] = deliveries[-1]

    @api.model
    def _match_doubts(self, found, nameless):
        """Match events with unknown ids to mails in doubt, or accepted without an id."""
        named = [
            event
            for event in nameless
            if event.origin == "relayed"
            and event.provider_message_id
            and event.recipient
            and event.subject
        ]
        taken, by_provider_id = set(), {}
        for event, deliveries in self._deliveries_of_same_subject(named, DOUBT_WINDOW, ID_UNKNOWN):
            free = [id_ for id_ in deliveries if id_ not in taken]
            known = by_provider_id.get(event.provider_message_id)
            if known or free:
                found[event.id] = by_provider_id[event.provider_message_id] = known or free[0]
                taken.add(found[event.id])

    @api.model
    def _deliveries_of_same_subject(self, events, window, condition):
        """Yield each event with the ids of its recipient's deliveries of the same subject, within
        a time before it.

        :param str condition: SQL condition on the deliveries
        """
        if not events:
            return
        self.env.cr.execute(
            f"""
            SELECT id, recipient, subject, provider, COALESCE(called_at, create_date)
              FROM mail_delivery
             WHERE recipient = ANY(%s) AND subject = ANY(%s) AND ({condition})
             ORDER BY id
            """,  # noqa: S608 - our own condition
            [
                list({event.recipient for event in events}),
                list({event.subject for event in events}),
            ],
        )
        rows = self.env.cr.fetchall()
        for event in events:
            yield (
                event,
                [
                    id_
                    for id_, recipient, subject, provider, sent in rows
                    if (recipient, subject, provider)
                    == (event.recipient, event.subject, event.provider)
                    and event.occurred_at - window < sent <= event.occurred_at + CLOCK_DIFFERENCE
                ],
            )

    @api.model
    def _read_matches(self, found, pending):
        """Return event's id → `Match`."""
        if not found:
            return {}
        self.env.cr.execute(
            """
            SELECT id, recipient, mass_mailing_id, is_anonymous, email_to
              FROM mail_delivery WHERE id = ANY(%s)
            """,
            [list(set(found.values()))],
        )
        rows = {row[0]: row for row in self.env.cr.fetchall()}
        matches = {}
        for event in pending:
            row = rows.get(found.get(event.id))
            if row:
                *values, email_to = row
                is_person = not event.recipient or event.recipient == row[1]
                if row[3]:
                    # Anonymized: an address that isn't another recipient's is this person's.
                    others = map(normalize, (email_to or "").split(", "))
                    is_person = not event.recipient or event.recipient not in others
                matches[event.id] = Match(*values, is_person)
        return matches

    @api.model
    def _applies_to_mailing_lists(self, event, match):
        """Return whether an event changes subscriptions instead of the blacklist."""
        if not match or not match.mailing_id:
            return False
        if event.event_type not in ("unsubscribed", "resubscribed"):
            return False
        mailing = self.env["mailing.mailing"].browse(match.mailing_id)
        lists = mailing.with_context(active_test=False).contact_list_ids
        return mailing.mailing_on_mailing_list and bool(lists)

    @api.model
    def _no_effect_reason(self, event, match):
        """Return why an event has no effect."""
        if match:
            return _("The event is about another recipient of the same email.")
        if event.origin == "marketing":
            return _("The event belongs to a campaign of the provider, not to an email of Odoo.")
        return _("The event belongs to no email that this database still has.")
