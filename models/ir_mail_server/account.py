# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import defaultdict
from contextlib import contextmanager

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...addresses import mail_domain, sender_address
from ...providers import PROVIDERS
from ...providers.api import ApiError


class IrMailServer(models.Model):
    """The provider's account of a server: which addresses mail may come from."""

    _inherit = "ir.mail_server"

    has_account = fields.Boolean(compute="_compute_has_account")
    provider_sender_ids = fields.One2many(
        "mail.provider.sender",
        "mail_server_id",
        string="Sender Addresses",
        domain=[("is_domain", "=", False)],
        groups="base.group_system",
    )
    provider_domain_ids = fields.One2many(
        "mail.provider.sender",
        "mail_server_id",
        string="Sender Domains",
        domain=[("is_domain", "=", True)],
        groups="base.group_system",
    )
    provider_senders_datetime = fields.Datetime(
        string="As Of", readonly=True, copy=False, groups="base.group_system"
    )
    unusable_senders = fields.Char(compute="_compute_unusable_senders", groups="base.group_system")

    @api.depends("provider")
    def _compute_has_account(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            server.has_account = bool(provider and provider.account)

    @api.depends("provider_sender_ids.state", "provider_sender_ids.needed_for")
    def _compute_unusable_senders(self):
        for server in self:
            unusable = server.provider_sender_ids.filtered(
                lambda sender: sender.needed_for and sender.state in ("missing", "waiting")
            )
            server.unusable_senders = ", ".join(unusable.mapped("email"))

    def _with_other_account(self, vals):
        """Return the servers that get another account.

        :param dict vals: that are being written
        """
        return self.sudo().filtered(
            lambda server: any(
                name in vals and (server[name] or False) != (vals[name] or False)
                for name in ("provider", "smtp_user")
            )
        )

    def _forget_account(self):
        """Forget the cached senders and the registration of the webhook."""
        (self.provider_sender_ids | self.provider_domain_ids).unlink()
        self.provider_senders_datetime = False
        for server in self:
            server._note_registration([])

    @contextmanager
    def _account(self):
        """Yield the provider's `account.Account`.

        :raises UserError: it does not do what it is asked for; says why
        """
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        if not self._has_api_credentials():
            raise UserError(_("Enter the credentials of %s first.", PROVIDERS[self.provider].name))
        try:
            with self._open_account() as account:
                yield account
        except ApiError as error:
            raise UserError(self._worded(error.reason)) from error

    @contextmanager
    def _open_account(self):
        """Yield the provider's `account.Account`, which raises `ApiError`."""
        self.ensure_one()
        with self._api() as api:
            yield PROVIDERS[self.provider].account(api)

    def action_refresh_account(self):
        """Ask the account for its senders, its domains, and where its events go."""
        for server in self:
            with server._account() as account:
                server._refresh_senders(account)
                server._note_registration(account.callbacks())

    def action_add_domain(self):
        """Open the dialog that adds a domain to the account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Add a Domain to the Account"),
            "res_model": "mail.provider.domain.add",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mail_server_id": self.id},
        }

    def _refresh_senders(self, account):
        """Bring the rows up to date; rows that stay keep their ids, for whoever looks at one.

        :param account.Account account:
        """
        found = account.senders()
        domains = {mail_domain(domain.name): domain for domain in account.domains()}
        values = self._sender_values(found, domains)
        rows = {row.email: row for row in self.provider_sender_ids | self.provider_domain_ids}
        for email, row in rows.items():
            if email in values:
                row.write(values.pop(email))
            else:
                row.unlink()
        self.env["mail.provider.sender"].create(
            [{"mail_server_id": self.id, "email": email, **row} for email, row in values.items()]
        )
        self.provider_senders_datetime = fields.Datetime.now()

    def _sender_values(self, found, domains):
        """Return address → values of its row, of all that are there or needed.

        :param list[account.Sender] found:
        :param dict domains: name → `account.Domain`
        """
        needed = self._needed_senders()
        order = {email: index for index, email in enumerate(needed)}
        usable_domains = {s.domain for s in found if s.is_domain and s.is_active}
        values = {}
        for sender in found:
            domain = domains.get(sender.domain) if sender.is_domain else None
            values[sender.email] = {
                "state": "active" if sender.is_active else "waiting",
                "remote_id": sender.remote_id,
                "txt_name": domain and domain.txt_name,
                "txt_value": domain and domain.txt_value,
                "spf_status": domain and domain.spf_status,
                "dkim_status": domain and domain.dkim_status,
                "checked_datetime": domain and domain.checked_at,
            }
        for email in needed:
            values.setdefault(email, {"state": "missing", "remote_id": False})
        for email, row in values.items():
            domain = email.rpartition("@")[2]
            if row["state"] != "active" and domain in usable_domains:
                row["state"] = "covered"
            row["needed_for"] = ", ".join(needed.get(email, ())) or False
            row["sequence"] = order.get(email, len(order))
        return values

    def _needed_senders(self):
        """Return address → words for what Odoo sends from it, the most needed ones first.

        Odoo's guide to Mailjet names the first three.
        """
        needed = defaultdict(list)

        def need(email, words):
            email = sender_address(email)
            if email and words not in needed[email]:
                needed[email].append(words)

        companies = self.env["res.company"].sudo().search([])
        for domain in companies.alias_domain_id:
            need(domain.default_from_email, _("Notifications"))
            need(domain.bounce_email, _("Bounces"))
            need(domain.catchall_email, _("Replies"))
        for company in companies:
            # Odoo sends other addresses through another server, or as notifications.
            if self._match_from_filter(company.email, self.from_filter):
                need(company.email, company.name)
        for address in (self.from_filter or "").split(","):
            need(address, _("From filter"))
        return needed

    def _sender_domains(self):
        """Return the names of the domains that Odoo sends from, the most needed ones first."""
        domains = [email.rpartition("@")[2] for email in self._needed_senders()]
        domains += map(mail_domain, (self.from_filter or "").split(","))
        return list(filter(None, dict.fromkeys(domains)))
