# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import contextmanager
from datetime import timedelta

from odoo import _, fields, models

from ...providers import PROVIDERS
from ...providers.api import ApiError
from ...providers.base import Text
from ...providers.templates import TemplateList
from .account import replace_rows
from .attributes import ADMIN, NOTED

# Short, because a user waits.
SECONDS = 10
# A list is not read again within this time, unless the user refreshes it.
FRESH = timedelta(hours=1)


class IrMailServer(models.Model):
    """The templates that are kept in a server's account."""

    _inherit = "ir.mail_server"

    provider_template_ids = fields.One2many("mail.provider.template", "mail_server_id", **ADMIN)
    provider_templates_datetime = fields.Datetime(**NOTED)

    def _has_template_list(self):
        self.ensure_one()
        templates = PROVIDERS[self.provider].templates
        return bool(templates) and issubclass(templates, TemplateList)

    @contextmanager
    def _open_templates(self):
        """Yield the `providers.templates.TemplateList` of the account.

        :raises ApiError: the account has no list, or the provider does not answer correctly
        """
        self.ensure_one()
        provider = PROVIDERS[self.provider]
        if not self._has_api_credentials():
            raise ApiError(
                Text(
                    _("An administrator must enter the credentials of %(provider)s first."),
                    {"provider": provider.name},
                )
            )
        with self._api(seconds=SECONDS) as api:
            yield provider.templates(api)

    def _refresh_templates(self, always=False):
        """Read the account's templates, unless the list is fresh.

        If there is no list, or it can't be read, offer the templates that were used before.

        :param bool always: read them in any case
        :return: why the list can't be read, translated; or False
        """
        self.ensure_one()
        server = self.sudo()
        read_at = server.provider_templates_datetime
        if not server._has_template_list():
            server._offer_used_templates()
            return False
        if read_at and read_at > fields.Datetime.now() - FRESH and not always:
            return False
        try:
            with server._open_templates() as templates:
                found = templates.templates()
        except ApiError as error:
            server._offer_used_templates()
            return server._translate_text(error.reason)
        wanted = {row.code: {"name": row.name, "changed_at": row.changed_at} for row in found}
        replace_rows(server.provider_template_ids, server, "code", wanted)
        server.provider_templates_datetime = fields.Datetime.now()
        return False

    def _offer_used_templates(self):
        """Offer the templates that mailings and email templates of this account use."""
        servers = self.with_context(active_test=False).search(
            [("provider", "=", self.provider), ("smtp_user", "=", self.smtp_user)]
        )
        codes = set()
        for model in ("mailing.mailing", "mail.template"):
            domain = [("provider_template", "!=", False), ("mail_server_id", "in", servers.ids)]
            owners = self.env[model].with_context(active_test=False)
            codes.update(code for (code,) in owners._read_group(domain, ["provider_template"]))
        known = set(self.provider_template_ids.mapped("code"))
        self.env["mail.provider.template"].create(
            [{"mail_server_id": self.id, "code": code} for code in sorted(codes - known)]
        )
