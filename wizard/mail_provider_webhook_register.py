# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ..models.dialogs import opened
from ..models.ir_mail_server.webhook_registration import OTHERS
from ..providers import PROVIDERS
from ..providers.account import masked
from ..providers.base import EVENT_TYPES


class MailProviderWebhookRegister(models.TransientModel):
    """Shows the registered URL for each type of event, before they are replaced."""

    _name = "mail.provider.webhook.register"
    _description = "Register Webhooks at the Email Provider"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade"
    )
    webhook_url = fields.Char(related="mail_server_id.webhook_url")
    line_ids = fields.One2many("mail.provider.webhook.register.line", "wizard_id", readonly=True)
    problem = fields.Char(readonly=True)
    takes_over = fields.Boolean(compute="_compute_statuses")
    is_done = fields.Boolean(compute="_compute_statuses")

    @api.depends("line_ids.status")
    def _compute_statuses(self):
        for wizard in self:
            statuses = set(wizard.line_ids.mapped("status"))
            wizard.takes_over = not statuses.isdisjoint(OTHERS)
            wizard.is_done = statuses == {"current"}

    def action_register(self):
        """Register this server for all events, unless that replaces other URLs than those shown."""
        self.ensure_one()
        server = self.mail_server_id
        server._check_can_register()
        with server._account() as account:
            shown = self._foreign()
            callbacks = account.callbacks()
            self._show_callbacks(callbacks)
            if not self._foreign() <= shown:
                self.problem = _("The account has changed. Check the list below and confirm again.")
                return self._reopened()
            callbacks, self.problem = server._register_webhooks(account, callbacks)
        self._show_callbacks(callbacks)
        if self.problem:
            return self._reopened()
        return server._notice(_("The provider now reports all events to this server."))

    def _foreign(self):
        """Return the (event type, URL)s of other systems that would be replaced."""
        lines = self.line_ids.filtered(lambda line: line.status in OTHERS)
        return {(line.event_type, line.url) for line in lines}

    def _show_callbacks(self, callbacks):
        """:param list[account.WebhookRegistration] callbacks:"""
        present = {callback.event_type: callback for callback in callbacks}
        server = self.mail_server_id
        lines = [fields.Command.clear()]
        for event_type, meaning in PROVIDERS[server.provider].account.event_types.items():
            callback = present.get(event_type)
            lines.append(
                fields.Command.create(
                    {
                        "event_type": event_type,
                        "name": _(EVENT_TYPES[meaning]),  # pylint: disable=translation-required
                        "url": callback and masked(callback.url),
                        "status": server._callback_status(callback) if callback else "none",
                    }
                )
            )
        self.line_ids = lines

    def _reopened(self):
        return opened(self, _("Register the Webhook"))


class MailProviderWebhookRegisterLine(models.TransientModel):
    _name = "mail.provider.webhook.register.line"
    _description = "Event Type at the Email Provider"

    wizard_id = fields.Many2one(
        "mail.provider.webhook.register", required=True, ondelete="cascade", index=True
    )
    event_type = fields.Char(readonly=True, help="The provider's name for this type of event.")
    name = fields.Char(string="Event", readonly=True)
    url = fields.Char(string="URL", readonly=True)
    status = fields.Selection(
        [
            ("none", "Not registered"),
            ("current", "This server"),
            ("outdated", "This server, with an old URL"),
            ("suspended", "This server, suspended"),
            ("moved", "This server, at another address of Odoo"),
            ("other_server", "Another server of this Odoo"),
            ("foreign", "Another system"),
        ],
        string="Reported To",
        required=True,
        readonly=True,
    )
