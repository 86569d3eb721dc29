# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, models

from ..empty_list import help_text


class MailTracking(models.Model):
    """What an empty list of events says to whoever looks at it."""

    _inherit = "mail.tracking"

    @api.model
    def get_empty_list_help(self, help_message):
        """Say whether there is nothing, nothing that fits, or nothing that the user may see."""
        if not self.sudo().search_count([], limit=1):
            return help_text(
                _("No email event yet"),
                _(
                    "What your email provider reports of each email appears here: delivered, "
                    "opened, clicked, bounced, reported as spam, unsubscribed."
                ),
                self._explain_absence(),
            )
        is_administrator = self.env.user.has_group("base.group_system")
        return help_text(
            _("No email event to show here"),
            _("If a filter or a search is set, remove it to see more."),
            not is_administrator
            and _(
                "You see the events of mailings and changes of subscriptions. Those of other "
                "emails are shown to administrators alone."
            ),
        )

    @api.model
    def _explain_absence(self):
        """Return why nothing was reported yet, as far as the user can do something about it."""
        servers = self.env["ir.mail_server"].sudo().search([("provider", "!=", False)])
        if not servers:
            return _("For this, an outgoing mail server must use one of these providers.")
        is_set_up = any(
            server.webhook_registered_datetime or server.webhook_entered_datetime
            for server in servers
        )
        if is_set_up:
            return _("The webhook is set up: the first events come with the next emails.")
        if self.env.user.has_group("base.group_system"):
            return _("For this, its webhook must be set up on the outgoing mail server.")
        return _("For this, an administrator must set up its webhook.")
