# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ...providers.base import EVENT_TYPES
from .events import ARRIVED

# Maximum number of events to show: a scanner may click a thousand times.
MAX_EVENTS = 500
# Order of steps with the same time
ORDER = tuple(EVENT_TYPES)
# Events that repeat what the delivery itself says
KNOWN_TYPES = ("queued", "unknown")
READING = ("opened", "clicked")
FAILING = ("bounced", "rejected")


class MailDelivery(models.Model):
    """The history of an e-mail, step by step, in words.

    A step is a dict that can be shown as it is:

    * ``kind``: a type of events, or a state of the outbox
    * ``title``: what happened
    * ``at``, ``until``: the first and the last time, or False
    * ``person``: the recipient of the copy, if it is not the delivery's
    * ``details``: sentences and words: device, place, how it was sent
    * ``link``: what was clicked
    * ``machine``: why it was a machine
    * ``said``: message of a server; ``advice``: what to do
    """

    _inherit = "mail.delivery"

    timeline = fields.Json(compute="_compute_timeline")

    @api.depends_context("lang", "uid")
    def _compute_timeline(self):
        for delivery in self:
            events = delivery.mail_tracking_ids.search(
                [("delivery_id", "=", delivery._origin.id)], limit=MAX_EVENTS, order="occurred_at"
            )
            reported = [
                *delivery._steps_of_events(events),
                *delivery._steps_without_events(set(events.mapped("event_type"))),
            ]
            # Not sorted together: the provider's clock may differ from Odoo's.
            reported.sort(key=lambda step: (step["at"] or "", ORDER.index(step["kind"])))
            steps = [*delivery._steps_out(), *reported]
            if delivery.state == "accepted" and not reported:
                steps.append(make_step("nothing", _("Odoo hasn't received an event yet")))
            if len(events) == MAX_EVENTS:
                steps.append(make_step("nothing", _("There are more events: see All Events")))
            delivery.timeline = steps

    # --- In the outbox

    def _label(self, record, name):
        """Return the label of a selection, in the user's language."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name])

    def _steps_out(self):
        """Return when Odoo sent the e-mail, and what became of that in the outbox."""
        server = self.sudo().mail_server_id.display_name
        transport = self._label(self, "transport")
        how = server and _(
            "Through %(server)s, by %(transport)s", server=server, transport=transport
        )
        kind, title, at = {
            "accepted": ("accepted", _("Accepted by the provider"), self.accepted_at),
            "calling": ("waiting", _("Is being sent to the provider"), self.called_at),
            "waiting": ("waiting", _("Waiting to be sent"), self.retry_at),
            "refused": ("rejected", _("Refused by the provider"), self.failed_at),
            "in_doubt": ("in_doubt", _("In doubt"), self.called_at),
            "canceled": ("canceled", _("Canceled"), False),
        }[self.state]
        again = self.state == "waiting" and self.retry_at and _("Odoo will try again.")
        return [
            make_step("handed_over", _("Sent by Odoo"), self.create_date, details=[how]),
            make_step(
                kind,
                title,
                at,
                details=[again],
                said=self.state in ("waiting", "refused", "in_doubt") and self.reason,
                advice=self.state == "refused" and self._advice(self.failure),
            ),
        ]

    # --- What was reported

    def _steps_of_events(self, events):
        """Return one step for each kind of event, one for all opens, one for each clicked link."""
        links = events._link_targets()
        groups = {}
        for event in events:
            if event.event_type in KNOWN_TYPES or event.state not in ("done", "ignored"):
                continue
            key = event.event_type, event.recipient, event.machine, links.get(event.url)
            if event.event_type not in READING:
                key = event.id
            groups.setdefault(key, events.browse())
            groups[key] |= event
        return [self._step_of_events(group, links) for group in groups.values()]

    def _step_of_events(self, events, links):
        first, last = events[0], events[-1]
        details = dict.fromkeys(
            words for event in events for words in (event._device_words(), event._place_words())
        )
        is_other = first.recipient and first.recipient != self.recipient
        failed = first.event_type in FAILING
        said = (first.explanation, first.reason) if failed else (first.reason,)
        return make_step(
            first.event_type,
            self._title_of_events(events),
            first.occurred_at,
            until=len(events) > 1 and last.occurred_at,
            person=bool(is_other and not self.is_anonymous) and first.recipient,
            details=list(details),
            link=links.get(first.url),
            machine=self._label(first, "machine"),
            said="\n".join(filter(None, said)),
            # The provider's explanation has its own advice.
            advice=failed and not first.explanation and self._advice(first.failure),
        )

    def _title_of_events(self, events):
        if events[0].bounce_type:
            return self._failure_labels()[events[0].bounce_type]
        title = self._label(events[0], "event_type")
        if len(events) > 1:
            return _("%(event)s %(count)s times", event=title, count=len(events))
        return title

    def _steps_without_events(self, types):
        """Return the steps of deleted events, and of events that others imply.

        :param set types: of the existing events
        """
        known = {
            "delivered": (_("Delivered"), self.delivered_at, ARRIVED),
            "opened": (_("Opened"), self.opened_at, READING),
            "clicked": (_("Clicked"), self.clicked_at, ("clicked",)),
        }
        steps = [
            make_step(kind, title, at)
            for kind, (title, at, implied_by) in known.items()
            if at and types.isdisjoint(implied_by)
        ]
        if self.failed_kind and types.isdisjoint(FAILING):
            explained = self._explain_error(self.provider, self.provider_error)
            steps.append(
                make_step(
                    "bounced" if self.failed_kind in ("hard", "soft") else "rejected",
                    self._failure_labels()[self.failed_kind],
                    self.failed_at,
                    said=self.reason,
                    advice=not explained and self._advice(self.failure),
                )
            )
        return steps


def make_step(kind, title, at=None, until=None, details=(), **values):
    """Return one step of the timeline, see `MailDelivery`."""
    return {
        "kind": kind,
        "title": title,
        "at": fields.Datetime.to_string(at) or False,
        "until": (until != at and fields.Datetime.to_string(until)) or False,
        "details": [detail for detail in details if detail],
        **{name: value or False for name, value in values.items()},
    }
