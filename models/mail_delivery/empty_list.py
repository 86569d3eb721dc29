# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import _, api, models

from ..empty_list import help_text, paragraphs


class MailDelivery(models.Model):
    """The help text of an empty list of e-mails."""

    _inherit = "mail.delivery"

    @api.model
    def get_empty_list_help(self, help_message):
        """Say why the list is empty: no records, no matches, or none for this user."""
        if not self.sudo().search_count([], limit=1):
            servers = self.env["ir.mail_server"].sudo()
            has_server = servers.search_count([("provider", "!=", False)], limit=1)
            missing = not has_server and _("No outgoing mail server uses an email provider yet.")
            return Markup(help_message or "") + paragraphs(missing)  # noqa: S704 - our own action
        is_administrator = self.env.user.has_group("base.group_system")
        return help_text(
            _("No email to show here"),
            _("Remove the filter or the search to see more."),
            not is_administrator
            and _(
                "You see only the emails of mailings. The chatter of a document shows its other "
                "emails."
            ),
        )
