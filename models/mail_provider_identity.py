# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

from ..providers.account import RECORD_STATUSES, Sender


class MailProviderIdentity(models.Model):
    """An address or a domain in a provider's account, as it was last read.

    Also addresses that Odoo sends from and that are missing in the account.
    """

    _name = "mail.provider.identity"
    _description = "Sender at an Email Provider"
    _order = "sequence, email"
    _rec_name = "email"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(readonly=True)
    email = fields.Char(string="Address", required=True, readonly=True)
    is_domain = fields.Boolean(compute="_compute_domain", store=True)
    domain = fields.Char(compute="_compute_domain", store=True)
    state = fields.Selection(
        [
            ("missing", "Missing"),
            ("waiting", "To validate"),
            ("covered", "Usable through its domain"),
            ("active", "Usable"),
        ],
        required=True,
        readonly=True,
    )
    is_usable = fields.Boolean(compute="_compute_is_usable")
    is_needed = fields.Boolean(readonly=True, help="Odoo sends emails from here.")
    reasons = fields.Json(readonly=True)
    needed_for = fields.Char(
        compute="_compute_needed_for", help="Which emails Odoo sends from here."
    )
    mail_count = fields.Integer(
        string="Emails in 30 Days", readonly=True, help="Emails sent from here in the last 30 days."
    )
    remote_id = fields.Char(string="ID at the Provider", readonly=True)
    txt_name = fields.Char(string="Host", readonly=True)
    txt_value = fields.Char(string="Value", readonly=True)
    txt_label = fields.Char(compute="_compute_txt_label")
    spf_status = fields.Selection(list(RECORD_STATUSES.items()), string="SPF", readonly=True)
    dkim_status = fields.Selection(list(RECORD_STATUSES.items()), string="DKIM", readonly=True)
    checked_datetime = fields.Datetime(string="Last Check", readonly=True)

    _sql_constraints = [
        (
            "email_unique",
            "UNIQUE(mail_server_id, email)",
            "An account can't have the same address twice.",
        )
    ]

    @api.depends("email")
    def _compute_domain(self):
        for record in self:
            local, _at, record.domain = (record.email or "").rpartition("@")
            record.is_domain = local == "*"

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_needed_for(self):
        translate = self.env["ir.mail_server"]._translate_stored
        for record in self:
            record.needed_for = ", ".join(translate(reason) for reason in record.reasons or [])

    @api.depends("state")
    def _compute_is_usable(self):
        for record in self:
            record.is_usable = record.state in ("active", "covered")

    @api.depends("txt_name", "domain")
    def _compute_txt_label(self):
        """The host without the domain, for DNS services that add the domain."""
        for record in self:
            record.txt_label = (record.txt_name or "").removesuffix(f".{record.domain}")

    def action_add(self):
        """Open the dialog that adds the address to the account."""
        self.ensure_one()
        return self.mail_server_id._sender_dialog(self)

    def action_send_activation_mail(self):
        """Let the provider send the activation email again."""
        self.ensure_one()
        with self.mail_server_id._account() as account:
            account.validate(self._as_sender())
            self.mail_server_id._refresh_senders(account)
        return self._notice_mail()

    def action_check(self):
        """Let the provider check the domain's DNS records."""
        self.ensure_one()
        server = self.mail_server_id
        with server._account() as account:
            if self.state != "active":
                account.validate(self._as_sender())
            account.check_records(self.domain)
            server._refresh_senders(account)
        if self.state == "active":
            return server._notice(_("All addresses at %s can be used.", self.domain))
        if self.is_file_served:
            text = _(
                "Neither the TXT record nor the file was found. Check that %s leads to this Odoo.",
                self.file_url,
            )
            return server._notice(text, "warning")
        text = _(
            "The TXT record wasn't found. A new record can take some hours to become visible "
            "everywhere. Check again later."
        )
        return server._notice(text, "warning")

    def _as_sender(self):
        return Sender(self.remote_id, self.email, self.state == "active")

    def _notice_mail(self):
        if self.is_usable:
            return self.mail_server_id._notice(_("%s can be used.", self.email))
        text = _(
            "An activation email was sent to %s. Open it there and follow its link. Then "
            "refresh this page.",
            self.email,
        )
        return self.mail_server_id._notice(text, "info")
