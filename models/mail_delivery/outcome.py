# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.exceptions import AccessError

# Events of which a delivery has no column, or only one time
REACTIONS = ("opened", "clicked", "complained", "unsubscribed")
# Also shown if a manual change has overruled them
LASTING = ("complained", "unsubscribed")
FAILURES = ("failed", "canceled")


class Reaction(NamedTuple):
    """How often people, not machines, reacted to an e-mail.

    :param count: how often
    :param first: naive UTC
    """

    count: int
    first: object


class MailDelivery(models.Model):
    """The outcome of an e-mail, for users who may read the document it belongs to.

    Only steps, times and the cause of a failure. Links, places and texts of other servers are
    only for users who may read the delivery and its events.
    """

    _inherit = "mail.delivery"

    @api.model
    def _check_employee_may_read(self, records):
        """Check that the user may see the outcomes of the e-mails of documents or messages.

        :raises AccessError: the user may not read them, or is no internal user
        """
        if not self.env.user._is_internal():
            raise AccessError(_("Only internal users can see the events of an email."))
        records.check_access_rights("read")
        records.check_access_rule("read")

    def _outcomes(self):
        """Return the outcome of each e-mail in `self`, in the user's language.

        :return: dicts that JSON can hold, times in UTC; `steps` in the order of their times
        :rtype: list[dict]
        """
        reactions = self._read_reactions()
        return [delivery._outcome(reactions.get(delivery.id, {})) for delivery in self]

    def _with_readability(self, outcomes):
        """Add to outcomes whether the user may open the e-mail."""
        emails = self.with_user(self.env.user)
        may_read = emails.check_access_rights("read", raise_exception=False)
        readable = set(emails._filter_access_rules("read").ids) if may_read else set()
        return [{**outcome, "is_readable": outcome["id"] in readable} for outcome in outcomes]

    def _outcome(self, reactions):
        steps = self._steps(reactions)
        return {
            "id": self.id,
            "message_id": self.mail_message_id.id,
            "partner_id": self.partner_id.id,
            "name": self.partner_id.display_name or self.recipient,
            "email": self.recipient,
            "subject": self.subject,
            "date": fields.Datetime.to_string(self.create_date),
            "status": self._decisive_step(steps),
            "steps": steps,
        }

    def _decisive_step(self, steps):
        """Return the step that is shown as status: the final failure, else the last step."""
        has_failed = self.status in ("bounce", "error", "cancel")
        failures = [step for step in steps if has_failed and step["code"] in FAILURES]
        return (failures or steps)[-1]

    def _read_reactions(self):
        """Return delivery's id → event type → `Reaction` of its recipient."""
        groups = self.env["mail.tracking"]._read_group(
            [
                *[("delivery_id", "in", self.ids), ("event_type", "in", REACTIONS)],
                *["|", ("state", "=", "done")],
                *["&", ("state", "=", "ignored"), ("event_type", "in", LASTING)],
                ("machine", "=", False),
            ],
            ["delivery_id", "event_type", "recipient"],
            ["__count", "occurred_at:min"],
        )
        reactions = {}
        for delivery, event_type, recipient, count, first in groups:
            if recipient in (False, delivery.recipient):
                known = reactions.setdefault(delivery.id, {})
                former = known.get(event_type, Reaction(0, first))
                known[event_type] = Reaction(former.count + count, min(former.first, first))
        return reactions

    def _steps(self, reactions):
        steps = [
            self._step("delivered", _("Delivered"), self.delivered_at),
            self._reading("opened", self.opened_at, self.is_machine_open, reactions),
            self._reading("clicked", self.clicked_at, self.is_machine_click, reactions),
            self._failure_step(),
        ]
        labels = {"complained": _("Reported as spam"), "unsubscribed": _("Unsubscribed")}
        for event_type, label in labels.items():
            if event_type in reactions:
                steps.append(self._step(event_type, label, reactions[event_type].first))
        steps = sorted((step for step in steps if step["time"]), key=lambda step: step["time"])
        # First, whatever its time: the provider's clock may be slow.
        return [self._departure(), *steps]

    def _step(self, code, label, time, reason=False):
        return {
            "code": code,
            "label": label,
            "time": time and fields.Datetime.to_string(time),
            "reason": reason,
        }

    def _departure(self):
        """Return the step that says whether the provider has the e-mail."""
        since = self.called_at or self.create_date
        if self.state == "accepted":
            return self._step("sent", _("Sent"), self.accepted_at or since)
        if self.state == "refused":
            return self._step("failed", _("Not sent"), since, self._plain_cause())
        labels = {
            "canceled": _("Canceled"),
            "in_doubt": _("Sent or not: not known"),
        }
        return self._step(self.state, labels.get(self.state, _("Waiting to be sent")), since)

    def _reading(self, event_type, time, is_machine, reactions):
        """Return the step of opening or clicking; it says if only machines did."""
        labels = {
            "opened": (
                _("Opened"),
                _("Opened, probably by a machine"),
                _("Opened %(count)s times"),
            ),
            "clicked": (
                _("Clicked"),
                _("Clicked, probably by a machine"),
                _("Clicked %(count)s times"),
            ),
        }
        once, by_machine, often = labels[event_type]
        if is_machine:
            return self._step("machine", by_machine, time)
        count, first = reactions.get(event_type, (0, time))
        label = often % {"count": count} if count > 1 else once
        return self._step(event_type, label, time and first)

    def _failure_step(self):
        code = "canceled" if self.failed_kind == "duplicate" else "failed"
        label = self._failure_labels().get(self.failed_kind)
        return self._step(code, label, self.failed_at, self._plain_cause())

    def _failure_labels(self):
        """Return kind of failure → what happened."""
        return {
            "hard": _("Bounced permanently (hard)"),
            "soft": _("Bounced temporarily (soft)"),
            "rejected": _("Rejected by the provider"),
            "duplicate": _("Not sent twice: the same email was sent before"),
        }

    def _plain_cause(self):
        """Return why the e-mail failed, without texts of other servers; or False."""
        meaning = self._explain_error(self.provider, self.provider_error)
        return meaning or self._label(self, "failure") or False
