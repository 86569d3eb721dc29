# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models

from ...addresses import mail_domain, sender_address

# This `_` only marks a text: it is translated for each reader.
from ...providers.base import Text, _

USED_WITHIN = timedelta(days=30)
# The reason is a company or a user.
NAME = "%(name)s"
# Maximum number of addresses in the list
MOST_LISTED = 200
MOST_DOMAINS = 50


class Need(NamedTuple):
    """Why Odoo sends from an address.

    :param words: the reasons, each a `Text`
    :param is_basic: without this address Odoo can't send at all
    """

    words: list
    is_basic: bool


class FromFilter:
    """The From filter of a server, parsed once; the same rule as Odoo's `_match_from_filter`.

    :param str text: domains and addresses; empty: matches everything
    """

    def __init__(self, text):
        parts = [part.strip() for part in (text or "").split(",") if part.strip()]
        named = [sender_address(part) if "@" in part else mail_domain(part) for part in parts]
        # As in the text, in ASCII
        self.names = list(filter(None, named))
        self._set = set(self.names)
        self._is_empty = not parts

    def matches(self, email):
        """Tell whether an address matches the filter.

        :param str email: as `sender_address` has it
        """
        return self._is_empty or self.mentions(email)

    def mentions(self, email):
        """Tell whether the filter contains an address or its domain."""
        return email in self._set or email.rpartition("@")[2] in self._set


class IrMailServer(models.Model):
    """The addresses from which Odoo sends through a server."""

    _inherit = "ir.mail_server"

    def _needed_senders(self):
        """Return address → `Need`, the most needed first, within the From filter."""
        self.ensure_one()
        needed = {}
        own = FromFilter(self.from_filter)
        others = self._other_filters()

        def need(text, reason, is_basic=False, **params):
            email = sender_address(text or "")
            if not email or not own.matches(email):
                return
            if not own.mentions(email) and any(other.mentions(email) for other in others):
                return  # Odoo chooses that server
            found = needed.setdefault(email, Need([], is_basic))
            words = Text(reason, params)
            if words not in found.words:
                found.words.append(words)

        self._need_of_companies(need)
        for name in own.names:
            need(name, _("FROM filter"), is_basic=True)
        self._need_of_users(need)
        self._need_of_templates(need)
        self._need_of_mailings(need)
        domains = {email.rpartition("@")[2] for email in needed}
        for name in own.names:
            # No address of this domain is known: list the whole domain.
            if "@" not in name and name not in domains:
                need(f"*@{name}", _("FROM filter"), is_basic=True)
        return needed

    def _reasons_of_use(self):
        """Return why an address is listed that Odoo only sent from."""
        return [Text(_("Recent emails"))]

    def _other_filters(self):
        """Return the From filters of servers that Odoo prefers to this one for their addresses.

        None for a server for mass mail: users choose it, Odoo does not.
        """
        if self.mass_mail:
            return []
        others = self.sudo().search(
            [("id", "!=", self.id), ("mass_mail", "=", False), ("from_filter", "!=", False)]
        )
        return [FromFilter(other.from_filter) for other in others]

    def _need_of_companies(self, need):
        """Yield the addresses of companies. Odoo's guide to providers lists the first three."""
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        for domain in companies.alias_domain_id:
            need(domain.default_from_email, _("Notifications"), is_basic=True)
            need(domain.bounce_email, _("Bounces"), is_basic=True)
            need(domain.catchall_email, _("Replies"), is_basic=True)
        for company in companies:
            need(company.email, NAME, is_basic=True, name=company.name)

    def _need_of_users(self, need):
        """Yield users' addresses: a message in the chatter comes from its author's address. A
        server for mass mail only sends what marketers write.
        """
        group = "mass_mailing.group_mass_mailing_user" if self.mass_mail else "base.group_user"
        self.env["res.partner"].flush_model(["email_normalized", "name"])
        self.env["res.users"].flush_model(["active", "share", "partner_id"])
        self.env.cr.execute(
            """
            SELECT partner.email_normalized, min(partner.name), count(*)
              FROM res_users AS account
              JOIN res_groups_users_rel AS membership ON membership.uid = account.id
              JOIN res_partner AS partner ON partner.id = account.partner_id
             WHERE account.active AND account.share IS NOT TRUE
               AND partner.email_normalized IS NOT NULL
               AND membership.gid = %s AND account.id != %s
             GROUP BY partner.email_normalized
            """,
            [self.env.ref(group).id, self.env.ref("base.user_root").id],
        )
        for email, name, count in self.env.cr.fetchall():
            if count == 1:
                need(email, NAME, name=name)
            else:
                need(email, _("Users (%(count)s)"), count=count)

    def _need_of_templates(self, need):
        """Yield the From addresses of templates, unless they are expressions."""
        self.env["mail.template"].flush_model(["email_from", "mail_server_id"])
        self.env.cr.execute(
            """
            SELECT email_from, count(*) FROM mail_template
             WHERE email_from LIKE '%%@%%' AND email_from NOT LIKE '%%{{%%'
               AND COALESCE(mail_server_id, %s) = %s
             GROUP BY email_from
            """,
            [self.id, self.id],
        )
        for email, count in self.env.cr.fetchall():
            need(email, _("Email templates (%(count)s)"), count=count)

    def _need_of_mailings(self, need):
        """Yield the From addresses of mailings that are not sent yet."""
        self.env["mailing.mailing"].flush_model(["email_from", "mail_server_id", "state", "active"])
        self.env.cr.execute(
            """
            SELECT email_from, count(*) FROM mailing_mailing
             WHERE active AND state != 'done' AND mailing_type = 'mail'
               AND COALESCE(mail_server_id, %s) = %s
             GROUP BY email_from
            """,
            [self.id if not self.mass_mail else None, self.id],
        )
        for email, count in self.env.cr.fetchall():
            need(email, _("Mailings (%(count)s)"), count=count)

    def _used_senders(self):
        """Return address → number of mails sent from it in the last month."""
        self.env["mail.delivery"].flush_model()
        self.env.cr.execute(
            """
            SELECT from_address, count(*) FROM mail_delivery
             WHERE mail_server_id = %s AND create_date > %s AND from_address IS NOT NULL
             GROUP BY from_address
            """,
            [self.id, fields.Datetime.now() - USED_WITHIN],
        )
        used = {}
        for text, count in self.env.cr.fetchall():
            if email := sender_address(text):
                used[email] = used.get(email, 0) + count
        return used

    def _sender_domains(self):
        """Return the names of the domains that Odoo sends from, the most needed ones first."""
        self.ensure_one()
        names = FromFilter(self.from_filter).names or self._needed_senders()
        domains = dict.fromkeys(name.rpartition("@")[2] for name in names)
        return list(domains)[:MOST_DOMAINS]
