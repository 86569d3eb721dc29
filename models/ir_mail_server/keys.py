# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import suppress

from odoo import _, fields, models
from odoo.exceptions import UserError

from .attributes import ADMIN, NOTED


class IrMailServer(models.Model):
    """The result of the last check of a server's keys."""

    _inherit = "ir.mail_server"

    keys_datetime = fields.Datetime(
        string="Keys Checked On", help="When the keys were entered or last checked.", **NOTED
    )
    keys_are_accepted = fields.Boolean(**NOTED)
    keys_trouble_text = fields.Json(copy=False, **ADMIN)

    def action_check_keys(self):
        """Try the keys over the chosen transport, keep the result, and read the account.

        Nothing is raised: the checklist shows the error until it is corrected.
        """
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        former = self.api_url
        trouble = self._api_trouble() if self.transport == "api" else self._smtp_trouble()
        self.write(
            {
                "keys_datetime": fields.Datetime.now(),
                "keys_are_accepted": not trouble,
                "keys_trouble_text": trouble.as_json() if trouble else False,
            }
        )
        if trouble:
            return self._notice(self._translate_text(trouble), "danger")
        self._try_again()
        # By SMTP, the address of the API hasn't been corrected yet.
        if self.has_account and not (self.transport == "smtp" and self._api_trouble()):
            # If it can't be read, it stays unknown.
            with suppress(UserError):
                self.action_refresh_account()
        messages = [_("The credentials are correct.")]
        if self.api_url != former:
            messages.append(
                _(
                    "The API of this account is at %(url)s and not at %(former)s. Odoo has "
                    "corrected the address.",
                    url=self.api_url,
                    former=former,
                )
            )
        return self._notice(" ".join(messages))

    def _smtp_trouble(self, *envelope):
        """Log in by SMTP.

        :param envelope: sender and recipient to name as well
        :return: what is wrong, as a `providers.base.Text`, or None
        """
        # Use the server of this environment: other transactions do not see its changes yet.
        server = self.with_context(mail_delivering=True)
        transport = self._smtp_transport(
            lambda: server.connect(mail_server_id=server.id, allow_archived=True).__obj__
        )
        return transport.check(*envelope)
