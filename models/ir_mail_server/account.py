# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import contextmanager

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...addresses import mail_domain
from ...providers import PROVIDERS
from ...providers.api import ApiError
from ..dialogs import opened
from .attributes import ADMIN, NOTED
from .senders import MOST_LISTED, FromFilter
from .state import STATES

MOST_NAMED = 5  # in a sentence


class IrMailServer(models.Model):
    """The provider's account of a server: whether and from which addresses it may send."""

    _inherit = "ir.mail_server"

    provider_sender_ids = fields.One2many(
        "mail.provider.identity",
        "mail_server_id",
        string="Sender Addresses",
        domain=[("is_domain", "=", False)],
        **ADMIN,
    )
    provider_domain_ids = fields.One2many(
        "mail.provider.identity",
        "mail_server_id",
        string="Sender Domains",
        domain=[("is_domain", "=", True)],
        **ADMIN,
    )
    provider_senders_datetime = fields.Datetime(string="Last Read", **NOTED)
    needed_sender_count = fields.Integer(**NOTED)
    missing_sender_count = fields.Integer(**NOTED)
    unusable_senders = fields.Char(compute="_compute_sender_state", **ADMIN)
    sender_state = fields.Selection(STATES, compute="_compute_sender_state", **ADMIN)
    account_state = fields.Selection(STATES, string="Account", **NOTED)
    account_state_text = fields.Json(copy=False, **ADMIN)
    account_state_reason = fields.Char(compute="_compute_account_state_reason", **ADMIN)

    @api.depends(
        *("provider_sender_ids.state", "provider_domain_ids.state"),
        *("provider_senders_datetime", "missing_sender_count"),
    )
    @api.depends_context("lang")
    def _compute_sender_state(self):
        for server in self:
            rows = server.provider_sender_ids | server.provider_domain_ids
            unusable = rows.filtered(lambda row: row.is_needed and not row.is_usable)
            names = unusable.sorted("sequence").mapped("email")[:MOST_NAMED]
            more = server.missing_sender_count - len(names)
            text = ", ".join(names)
            if more > 0:
                text = _("%(addresses)s and %(count)s more", addresses=text, count=more)
            server.unusable_senders = text
            if not server.provider_senders_datetime or not rows.filtered("is_needed"):
                server.sender_state = "unknown"
            else:
                server.sender_state = "todo" if server.missing_sender_count else "right"

    @api.depends("account_state_text")
    @api.depends_context("lang")
    def _compute_account_state_reason(self):
        for server in self:
            server.account_state_reason = self._translate_stored(server.account_state_text)

    def _with_other_account(self, vals):
        """Return the servers to which `vals` gives another account.

        :param dict vals: of `write`
        """
        return self.sudo().filtered(
            lambda server: any(
                name in vals and (server[name] or False) != (vals[name] or False)
                for name in ("provider", "smtp_user")
            )
        )

    def _forget_account(self):
        """Forget what was read of the account, and the registration of the webhook."""
        (self.provider_sender_ids | self.provider_domain_ids).unlink()
        self.provider_senders_datetime = False
        self.provider_template_ids.unlink()
        self.provider_templates_datetime = False
        self._note_standing(None)
        self._forget_registration()

    @contextmanager
    def _account(self):
        """Yield the provider's `account.Account`.

        :raises UserError: the provider refuses or does not answer; the text says why
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
            raise UserError(self._translate_text(error.reason)) from error

    @contextmanager
    def _open_account(self):
        """Yield the provider's `account.Account`, which raises `ApiError`."""
        self.ensure_one()
        with self._api() as api:
            yield PROVIDERS[self.provider].account(api)

    def action_refresh_account(self):
        """Read senders, domains, webhooks and standing from the account."""
        for server in self:
            with server._account() as account:
                server._refresh_senders(account)
                server._note_registration(account.callbacks())
                server._note_standing(account.standing())

    def _note_standing(self, standing):
        """Store whether the account may send.

        :param account.Standing standing: None if it is not known
        """
        self.write(
            {
                "account_state": standing and standing.state,
                "account_state_text": standing and standing.text.as_json(),
            }
        )

    def action_add_domain(self):
        """Open the dialog that adds a domain to the account."""
        return self._sender_dialog()

    def _sender_dialog(self, sender=None):
        """Return the action that opens the dialog which adds a sender to the account.

        :param mail.provider.identity sender: to add; None: the user enters a domain
        """
        self.ensure_one()
        is_address = sender and not sender.is_domain
        return opened(
            self.env["mail.provider.identity.add"],
            _("Add an Address to the Account") if is_address else _("Add a Domain to the Account"),
            default_mail_server_id=self.id,
            default_sender_id=sender and sender.id,
        )

    def _refresh_senders(self, account):
        """Update the addresses and domains by those in the account."""
        found = account.senders()
        domains = {mail_domain(domain.name): domain for domain in account.domains()}
        rows = self.provider_sender_ids | self.provider_domain_ids
        replace_rows(rows, self, "email", self._sender_values(found, domains))
        self.provider_senders_datetime = fields.Datetime.now()

    def _sender_values(self, found, domains):
        """Return address → values of its row, for all addresses in the account and the most
        important ones that Odoo needs. Also set `needed_sender_count`.

        :param list[account.Sender] found:
        :param dict domains: name → `account.Domain`
        """
        values = {sender.email: sender_values(sender, domains) for sender in found}
        usable_domains = {s.domain for s in found if s.is_domain and s.is_active}
        needed, used = self._needed_senders(), self._used_senders()

        def is_usable(email):
            is_active = values.get(email, {}).get("state") == "active"
            return is_active or email.rpartition("@")[2] in usable_domains

        def rank(email):
            is_basic = email in needed and needed[email].is_basic
            return not is_basic, is_usable(email), -used.get(email, 0)

        ranked = sorted({**needed, **used}, key=rank)
        self.needed_sender_count = len(ranked)
        self.missing_sender_count = sum(not is_usable(email) for email in ranked)
        for email in ranked[:MOST_LISTED]:
            values.setdefault(email, {"state": "missing", "remote_id": False})
        order = {email: index for index, email in enumerate(ranked)}
        for email, row in values.items():
            if row["state"] != "active" and is_usable(email):
                row["state"] = "covered"
            row["is_needed"] = email in order
            words = needed[email].words if email in needed else []
            if email in used and not words:
                words = self._reasons_of_use()
            row["reasons"] = [text.as_json() for text in words]
            row["mail_count"] = used.get(email, 0)
            row["sequence"] = order.get(email, len(order))
        return values

    def _is_usable_sender(self, email):
        """Tell whether the account may send from an address, by what was last read.

        :param str email: as `sender_address` has it
        """
        domain = email.rpartition("@")[2]
        rows = self.sudo().provider_sender_ids | self.sudo().provider_domain_ids
        usable = set(rows.filtered("is_usable").mapped("email"))
        return not usable.isdisjoint((email, f"*@{domain}"))

    def _proposed_sender(self):
        """Return the best usable address for mail of people, by what was last read, or None."""
        server = self.sudo()
        usable = server.provider_sender_ids.filtered("is_usable").sorted("sequence")
        no_senders = {
            email
            for domain in self.env["mail.alias.domain"].sudo().search([])
            for email in (domain.bounce_email, domain.catchall_email)
        }
        own = FromFilter(server.from_filter)
        emails = [row.email for row in usable if row.email not in no_senders]
        return next(filter(own.matches, emails), None)


def replace_rows(rows, server, key, wanted):
    """Update what was read of a server's account. Rows that stay keep their ids: a user may have
    one open.

    :param str key: field that tells the rows apart
    :param dict wanted: value of this field → values of the row
    """
    missing = dict(wanted)
    for row in rows:
        if values := missing.pop(row[key], None):
            row.write(values)
        else:
            row.unlink()
    rows.create([{"mail_server_id": server.id, key: name, **row} for name, row in missing.items()])


def sender_values(sender, domains):
    """Return the values of the row of a sender that is in the account.

    :param account.Sender sender:
    :param dict domains: name → `account.Domain`
    """
    domain = domains.get(sender.domain) if sender.is_domain else None
    return {
        "state": "active" if sender.is_active else "waiting",
        "remote_id": sender.remote_id,
        "file_name": sender.file_name,
        "txt_name": domain and domain.txt_name,
        "txt_value": domain and domain.txt_value,
        "spf_status": domain and domain.spf_status,
        "dkim_status": domain and domain.dkim_status,
        "checked_datetime": domain and domain.checked_at,
    }
