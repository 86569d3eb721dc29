# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import _, api, models


def help_text(title, *texts):
    """Return the help of an empty list, in Odoo's HTML.

    :param str title: plain text, like `texts`, of which some may be empty
    """
    return Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % title + paragraphs(*texts)


def paragraphs(*texts):
    return Markup().join(Markup("<p>%s</p>") % text for text in texts if text)


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


class MailTracking(models.Model):
    """The help text of an empty list of events."""

    _inherit = "mail.tracking"

    @api.model
    def get_empty_list_help(self, help_message):
        """Say why the list is empty: no records, no matches, or none for this user."""
        if not self.sudo().search_count([], limit=1):
            return help_text(
                _("No email event yet"),
                _(
                    "This list shows what your email provider reports about each email: delivered, "
                    "opened, clicked, bounced, reported as spam, unsubscribed."
                ),
                self._explain_absence(),
            )
        is_administrator = self.env.user.has_group("base.group_system")
        return help_text(
            _("No email event to show here"),
            _("Remove the filter or the search to see more."),
            not is_administrator
            and _(
                "You see only the events of mailings and the changes of subscriptions. "
                "Administrators also see the events of other emails."
            ),
        )

    @api.model
    def _explain_absence(self):
        """Return why there are no events yet, and what the user can do."""
        servers = self.env["ir.mail_server"].sudo().search([("provider", "!=", False)])
        if not servers:
            return _("First choose an email provider on an outgoing mail server.")
        is_set_up = any(
            server.webhook_registered_datetime or server.webhook_entered_datetime
            for server in servers
        )
        if is_set_up:
            return _("The webhook is set up. The first events arrive with the next emails.")
        if self.env.user.has_group("base.group_system"):
            return _("First set up the webhook on the outgoing mail server.")
        return _("First an administrator must set up the webhook.")
