# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ...providers.base import EVENT_TYPES

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
            steps = [*delivery._steps_out(), *sorted(reported, key=step_order)]
            if delivery.state == "accepted" and not reported:
                steps.append(make_step("nothing", _("Odoo hasn't received an event yet")))
            if len(events) == MAX_EVENTS:
                steps.append(make_step("nothing", _("There are more events: see All Events")))
            delivery.timeline = steps

    # --- In the outbox

    def _steps_out(self):
        steps = [self._step_handed_over()]
        make = {
            "accepted": self._step_accepted,
            "calling": self._step_calling,
            "waiting": self._step_waiting,
            "refused": self._step_refused,
            "in_doubt": self._step_in_doubt,
            "canceled": self._step_canceled,
        }
        return [*steps, make[self.state]()]

    def _label(self, record, name):
        """Return the label of a selection, in the user's language."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name])

    def _step_handed_over(self):
        server = self.sudo().mail_server_id.display_name
        transport = self._label(self, "transport")
        how = server and _(
            "Through %(server)s, by %(transport)s", server=server, transport=transport
        )
        return make_step("handed_over", _("Sent by Odoo"), self.create_date, details=[how])

    def _step_accepted(self):
        return make_step("accepted", _("Accepted by the provider"), self.accepted_at)

    def _step_calling(self):
        return make_step("waiting", _("Is being sent to the provider"), self.called_at)

    def _step_waiting(self):
        when = self.retry_at and _("Odoo will try again.")
        return make_step(
            "waiting", _("Waiting to be sent"), self.retry_at, details=[when], said=self.reason
        )

    def _step_refused(self):
        return make_step(
            "rejected",
            _("Refused by the provider"),
            self.failed_at,
            said=self.reason,
            advice=self._advice(self.failure),
        )

    def _step_in_doubt(self):
        return make_step("in_doubt", _("In doubt"), self.called_at, said=self.reason)

    def _step_canceled(self):
        return make_step("canceled", _("Canceled"))

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
            advice=failed and self._advice(first.failure),
        )

    def _title_of_events(self, events):
        title = self._label(events[0], "event_type")
        if events[0].bounce_type:
            return _(
                "%(event)s (%(kind)s)", event=title, kind=self._label(events[0], "bounce_type")
            )
        if len(events) > 1:
            return _("%(event)s %(count)s times", event=title, count=len(events))
        return title

    def _steps_without_events(self, types):
        """Return the steps of deleted events, and of events that others imply.

        :param set types: of the existing events
        """
        steps = []
        arrived = types & {"delivered", "opened", "clicked", "complained", "unsubscribed"}
        if self.delivered_at and not arrived:
            steps.append(make_step("delivered", _("Delivered"), self.delivered_at))
        if self.opened_at and not types & set(READING):
            steps.append(make_step("opened", _("Opened"), self.opened_at))
        if self.clicked_at and "clicked" not in types:
            steps.append(make_step("clicked", _("Clicked"), self.clicked_at))
        if self.failed_kind and not types & set(FAILING):
            steps.append(
                make_step(
                    "bounced" if self.failed_kind in ("hard", "soft") else "rejected",
                    self._label(self, "status") if self.status == "bounce" else _("Failed"),
                    self.failed_at,
                    said=self.reason,
                    advice=self._advice(self.failure),
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


def step_order(step):
    """Return the sort key of reported steps."""
    return step["at"] or "", ORDER.index(step["kind"])
