# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models
from odoo.tools import email_split

from ..addresses import normalize, sender_address
from ..providers import PROVIDERS
from .ir_mail_server.attributes import ADMIN


class IrMailServer(models.Model):
    """Receiving a provider's activation emails, if the addresses have no mailboxes.

    The domain of a database on Odoo Online has no own DNS and no mailboxes: Odoo receives its mail.
    Odoo's guide to providers recommends temporary aliases. But Odoo 17 refuses aliases with the
    name of the bounce or the catchall address, so the emails are taken before they are routed.
    """

    _inherit = "ir.mail_server"

    takes_activation_mails = fields.Boolean(copy=False, **ADMIN)

    def action_take_activation_mails(self):
        self.write({"takes_activation_mails": True})

    def action_stop_activation_mails(self):
        self.write({"takes_activation_mails": False})


class MailProviderIdentity(models.Model):
    """The activation email for an address."""

    _inherit = "mail.provider.identity"

    activation_url = fields.Char(string="Activation Link", readonly=True)

    def action_open_activation_link(self):
        """Open the activation link."""
        self.ensure_one()
        self.check_access_rights("write")
        return {"type": "ir.actions.act_url", "url": self.activation_url, "target": "new"}

    @api.model
    def _take_activation_mail(self, message, message_dict):
        """Store the link of a provider's activation email; return whether the mail is one.

        :param email.message.EmailMessage message:
        :param dict message_dict: of Odoo's `message_parse`
        """
        servers = self.env["ir.mail_server"].search([("takes_activation_mails", "=", True)])
        sender = normalize(message_dict.get("email_from") or "")
        if not servers or not sender:
            return False
        recipients = {
            sender_address(email) for email in email_split(message_dict.get("recipients") or "")
        }
        for row in servers.provider_sender_ids.filtered(lambda row: row.state == "waiting"):
            if row.email not in recipients:
                continue
            account = PROVIDERS[row.mail_server_id.provider].account
            url = account.activation_link(sender, html_of(message))
            if url:
                row.activation_url = url
                return True
        return False


def html_of(message):
    """Return the HTML of a mail, or "": of mails to the bounce address, Odoo parses only text."""
    try:
        part = message.get_body(preferencelist=("html",))
        return part.get_content() if part else ""
    except (LookupError, ValueError):  # wrong encoding
        return ""


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """When a mail is an activation email that an account waits for, don't route it."""
        if self.env["mail.provider.identity"].sudo()._take_activation_mail(message, message_dict):
            return []
        return super().message_route(message, message_dict, model, thread_id, custom_values)
