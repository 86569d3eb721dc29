# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime

from odoo import _, api, fields, models

from ...providers import PROVIDERS
from .attributes import ADMIN, NOTED

KEYS = ("provider", "transport", "smtp_user", "smtp_pass", "api_key", "api_url")


class IrMailServer(models.Model):
    """The set-up of a server with a provider, step by step, and which step is next.

    A step whose state is not known is never ``right``.
    """

    _inherit = "ir.mail_server"

    checklist = fields.Json(compute="_compute_checklist", **ADMIN)
    webhook_entered_datetime = fields.Datetime(
        string="Webhook Entered",
        help="When a user confirmed that the URL is entered at the provider.",
        **NOTED,
    )

    @api.depends(
        *KEYS,
        *(
            "active",
            "keys_datetime",
            "keys_are_accepted",
            "keys_trouble_text",
            "sending_error_text",
            "account_state",
        ),
        *("provider_senders_datetime", "sender_state", "mass_mail", "is_mass_mailing_default"),
        *("events_state", "dns_state", "webhook_entered_datetime", "webhook_registered_count"),
    )
    @api.depends_context("lang", "tz", "uid")
    def _compute_checklist(self):
        for server in self:
            server.checklist = {"steps": server._checklist() if server.provider else []}

    def _checklist(self):
        """Return the steps in order, as `_step` returns them; at most one is next."""
        self.ensure_one()
        origin = self._origin
        if not origin or any(self[name] != origin[name] for name in KEYS):
            steps = [self._keys_to_enter(), *self._later_steps()]
        else:
            test = self._last_test()
            steps = [
                self._step_keys(),
                self._step_senders(test),
                self._step_dns(),
                self._step_webhook(),
                self._step_mass_mail(),
                self._step_test(test),
            ]
        following = next((step for step in steps if step.pop("is_due")), None)
        for step in steps:
            step["is_next"] = step is following
        return steps

    def _step(self, code, name, state, reason, is_due=None, as_of=None, **does):
        """Return what the checklist shows of one step.

        :param str code: a key of the provider's `pages`, or another name of the step
        :param str state: of `state.STATES`, or ``optional``
        :param str reason: what is known, and what to do
        :param bool is_due: whether to do it now; by default if the state is todo or wrong
        :param datetime as_of: when the state was observed, unless the reason says it
        :param does: ``page`` of the form with the details; ``button`` and its ``action``, a
            method; without an action, the button opens the page
        """
        states = self._fields["events_state"]._description_selection(self.env)
        provider = PROVIDERS[self.provider]
        link = provider.pages.get(code)
        return {
            "code": code,
            "name": name,
            "state": state,
            "word": {**dict(states), "optional": _("Optional")}[state],
            "reason": reason or "",
            "as_of": fields.Datetime.to_string(as_of) if as_of else False,
            "link": link or False,
            "link_name": link and _("Open at %s", provider.name),
            "is_due": state in ("todo", "wrong") if is_due is None else is_due,
            "page": does.get("page", False),
            "button": does.get("button", False),
            "action": does.get("action", False),
        }

    # --- Before the keys are saved

    def _keys_to_enter(self):
        reason = self.provider_credentials_help
        if self.transport == "api" and self.has_api_key:
            reason = self.provider_api_help
        return self._step(
            "keys",
            _("Keys"),
            "todo",
            reason,
            page="connection",
            button=_("Save and Check the Keys"),
            action="action_check_keys",
        )

    def _later_steps(self):
        names = {
            "senders": _("Senders"),
            "dns": _("DNS"),
            "webhook": _("Webhook"),
            "mass_mail": _("Mass Mail"),
            "test": _("Test Email"),
        }
        for code, name in names.items():
            state = "optional" if code == "mass_mail" else "unknown"
            step = self._step(code, name, state, _("Enter the keys first."), is_due=False)
            yield {**step, "link": False}

    # --- One method per step

    def _step_keys(self):
        can_send = self._transport_limits(self.transport)
        if not can_send:
            return self._keys_to_enter()
        does = {"page": "connection", "button": _("Check the Keys"), "action": "action_check_keys"}
        accepted_at = self._last_acceptance()
        if self.sending_error:
            reason, seen = self.sending_error, self.sending_error_datetime
            return self._step("keys", _("Keys"), "wrong", reason, as_of=seen, **does)
        if accepted_at and accepted_at > (self.keys_datetime or datetime.min):
            reason = _("%s accepts emails with these keys.", self._dns_provider_name())
            return self._step("keys", _("Keys"), "right", reason, as_of=accepted_at, **does)
        if self.keys_trouble_text:
            reason = self._translate_stored(self.keys_trouble_text)
            return self._step("keys", _("Keys"), "wrong", reason, as_of=self.keys_datetime, **does)
        if self.account_state == "wrong":
            reason, seen = self.account_state_reason, self.provider_senders_datetime
            return self._step("keys", _("Keys"), "wrong", reason, as_of=seen, **does)
        if self.keys_are_accepted:
            reason = _("%s accepts these keys.", self._dns_provider_name())
            return self._step("keys", _("Keys"), "right", reason, as_of=self.keys_datetime, **does)
        reason = _("The keys haven't been checked yet.")
        return self._step("keys", _("Keys"), "unknown", reason, is_due=True, **does)

    def _step_senders(self, test):
        name = _("Senders")
        if not self.has_account:
            return self._senders_by_test(name, test)
        does = {"page": "account"}
        read = {"button": _("Read the Account"), "action": "action_refresh_account"}
        as_of = self.provider_senders_datetime
        if not as_of:
            reason = _("Odoo hasn't read yet which addresses the account may send from.")
            return self._step("senders", name, "unknown", reason, is_due=True, **does, **read)
        if self.sender_state == "todo":
            does["button"] = _("Add or Validate")
            reason = _(
                "Odoo sends from addresses that the account can't use yet: %s.",
                self.unusable_senders,
            )
            return self._step("senders", name, "todo", reason, as_of=as_of, **does)
        if self.sender_state == "unknown":
            reason = _(
                "Odoo does not know its sender addresses. Enter a FROM filter above, or an alias "
                "domain in the settings. Then read the account again."
            )
            return self._step("senders", name, "unknown", reason, as_of=as_of, **does, **read)
        reason = _("All addresses that Odoo sends from can be used.")
        return self._step("senders", name, "right", reason, as_of=as_of, **does, **read)

    def _senders_by_test(self, name, test):
        """Return the step for a provider without an account API, from the last test mail."""
        if test.delivered_at:
            reason = _("An email from %s was delivered.", test.email_from)
            return self._step("senders", name, "right", reason, as_of=test.delivered_at)
        if test.state == "refused" and test.failure == "sender":
            return self._step("senders", name, "wrong", test.reason, False, test.failed_at)
        # pylint: disable=translation-required
        return self._step("senders", name, "unknown", _(PROVIDERS[self.provider].senders_help))

    def _step_dns(self):
        return self._step(
            "dns",
            _("DNS"),
            self.dns_state,
            self.dns_state_reason,
            page="domain",
            button=_("Check DNS"),
            action="action_check_dns",
        )

    def _step_webhook(self):
        name, state, reason = _("Webhook"), self.events_state, self.events_state_reason
        does = {"page": "webhook", "button": _("Show the URL")}
        if self.has_account:
            is_registered = self.webhook_registered_count >= self.webhook_type_count
            does["button"] = _("Look at the Account") if is_registered else _("Register")
            does["action"] = "action_register_webhooks"
        elif state == "todo" and self.webhook_entered_datetime:
            reason = _(
                "A user confirmed that the URL is entered at %s. Odoo has received no event yet. "
                "Send a test email to check it.",
                self._dns_provider_name(),
            )
            as_of = self.webhook_entered_datetime
            return self._step("webhook", name, "unknown", reason, as_of=as_of, **does)
        return self._step("webhook", name, state, reason, **does)

    def _step_mass_mail(self):
        name = _("Mass Mail")
        if self.is_mass_mailing_default:
            reason = _("New mass mailings are sent through this server.")
            return self._step("mass_mail", name, "right", reason)
        reason = _("Use this server for mailings only. Then other emails never wait for them.")
        if self.mass_mail:
            reason = _(
                "This server is for mailings only, but a new mailing uses it only if you choose it "
                "there."
            )
        return self._step(
            "mass_mail",
            name,
            "optional",
            reason,
            button=_("Use for Mass Mailing"),
            action="action_use_for_mass_mailing",
        )

    def _step_test(self, test):
        name = _("Test Email")
        does = {"button": _("Send Test Email"), "action": "action_send_test"}
        if not test:
            reason = _("Send yourself a test email.")
            return self._step("test", name, "todo", reason, **does)
        state, reason, as_of = self._test_verdict(test)
        if state == "wrong" and test.state == "accepted":
            does = {"button": _("See Why"), "action": "action_view_test"}
        return self._step("test", name, state, reason, as_of=as_of, **does)

    def _test_verdict(self, test):
        """Return state, reason and time of a test mail."""
        if test.status in ("bounce", "error", "cancel") or test.state == "in_doubt":
            reason = test.reason or _("The test email did not arrive.")
            return "wrong", reason, test.failed_at or test.called_at
        if test.opened_at:
            return "right", _("Delivered to %s and opened.", test.recipient), test.opened_at
        if test.delivered_at:
            return "right", _("Delivered to %s.", test.recipient), test.delivered_at
        provider = self._dns_provider_name()
        if test.state != "accepted":
            reason = test.reason or _("The test email waits in the outbox.")
            return "unknown", reason, test.create_date
        if self.delivery_rule == "acceptance":
            reason = _("%s accepted the test email. This server expects no events.", provider)
            return "right", reason, test.accepted_at
        if test._is_overdue():
            reason = _("%s accepted the test email, but Odoo receives no events of it.", provider)
            return "wrong", reason, test.accepted_at
        return (
            "unknown",
            _("%s accepted the test email. Odoo waits for its events.", provider),
            test.accepted_at,
        )

    # --- What is known, and what is done

    def _last_acceptance(self):
        """Return when the provider last accepted a mail with the current keys, or None."""
        accepted = self.env["mail.delivery"].search(
            [("mail_server_id", "=", self._origin.id), ("state", "=", "accepted")],
            order="create_date DESC",
            limit=1,
        )
        is_of_account = accepted.account == self._account_name()
        return accepted.accepted_at if accepted and is_of_account else None

    def _last_test(self):
        """Return the delivery of the last test mail, if it was sent with the current keys."""
        test = self.env["mail.delivery"].search(
            [("mail_server_id", "=", self._origin.id), ("is_test", "=", True)], limit=1
        )
        return test.filtered(lambda delivery: delivery.account == self._account_name())

    def action_note_webhook_entered(self):
        """Note that the user has entered the webhook's URL at the provider."""
        self.ensure_one()
        self.webhook_entered_datetime = fields.Datetime.now()

    def action_send_test(self):
        """Open the dialog that sends a test mail."""
        self.ensure_one()
        return self.env["mail.provider.test"].create({"mail_server_id": self.id})._opened()

    def action_view_test(self):
        """Open the dialog that follows the last test mail."""
        self.ensure_one()
        values = {"mail_server_id": self.id, "delivery_id": self._last_test().id}
        return self.env["mail.provider.test"].create(values)._opened()
