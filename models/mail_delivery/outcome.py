# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.exceptions import AccessError

# Events that are no column of a delivery, or of which it keeps one time only.
REACTIONS = ("opened", "clicked", "complained", "unsubscribed")
# They happened, also where something that was done by hand overrules them.
LASTING = ("complained", "unsubscribed")
FAILURES = ("failed", "canceled")


class Reaction(NamedTuple):
    """What people did with an e-mail, without what machines did.

    :param count: how often
    :param first: naive UTC
    """

    count: int
    first: object


class MailDelivery(models.Model):
    """What became of an e-mail, for whoever may read the document that it belongs to.

    What happened and when, and the cause of a failure in plain words. Links, places and what
    others wrote are for those who may read the delivery and its events.
    """

    _inherit = "mail.delivery"

    @api.model
    def _check_employee_may_read(self, records):
        """Check that the user may be told what became of the e-mails of documents or messages.

        :raises AccessError: the user may not read them, or is no employee
        """
        if not self.env.user._is_internal():
            raise AccessError(_("Only internal users can see the events of an email."))
        records.check_access_rights("read")
        records.check_access_rule("read")

    def _outcomes(self):
        """Return what became of each e-mail in `self`, in the user's language.

        :return: dicts that JSON can hold, times in UTC; `steps` in the order of their times
        :rtype: list[dict]
        """
        reactions = self._read_reactions()
        return [delivery._outcome(reactions.get(delivery.id, {})) for delivery in self]

    def _with_readability(self, outcomes):
        """Say of outcomes which of their e-mails the user may open."""
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
        """Return the failure, if that is what the e-mail ended with; else what came last."""
        has_failed = self.status in ("bounce", "error", "cancel")
        failures = [step for step in steps if has_failed and step["code"] in FAILURES]
        return (failures or steps)[-1]

    def _read_reactions(self):
        """Return delivery's id → event type → `Reaction` of the person whose it is."""
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
        # The provider's clock may be behind ours.
        return [self._departure(), *steps]

    def _step(self, code, label, time, reason=False):
        return {
            "code": code,
            "label": label,
            "time": time and fields.Datetime.to_string(time),
            "reason": reason,
        }

    def _departure(self):
        """Return the step that says whether the provider has it."""
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
        """Return the step of opening or clicking, told apart from what only machines did."""
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
        labels = {
            "hard": _("Bounced permanently (hard)"),
            "soft": _("Bounced temporarily (soft)"),
            "rejected": _("Rejected by the provider"),
            "duplicate": _("Not sent twice: the same email was sent before"),
        }
        code = "canceled" if self.failed_kind == "duplicate" else "failed"
        label = labels.get(self.failed_kind)
        return self._step(code, label, self.failed_at, self._plain_cause())

    def _plain_cause(self):
        """Return why it failed, without what other servers wrote; or False."""
        causes = dict(self._fields["failure"]._description_selection(self.env))
        return self._explain_cause() or causes.get(self.failure, False)
