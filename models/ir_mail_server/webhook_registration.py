# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import secrets
from urllib.parse import quote, urlsplit

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...providers import PROVIDERS
from ...providers.account import Callback
from ...providers.api import ApiError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class IrMailServer(models.Model):
    """The webhook of a server, entered at the provider by Odoo itself.

    The URL then carries a user and a password, which the provider sends along with each event.
    """

    _inherit = "ir.mail_server"

    webhook_registered_datetime = fields.Datetime(
        string="Registered Since", readonly=True, copy=False, groups="base.group_system"
    )
    webhook_registered_count = fields.Integer(readonly=True, copy=False, groups="base.group_system")
    webhook_suspended = fields.Boolean(readonly=True, copy=False, groups="base.group_system")
    webhook_type_count = fields.Integer(compute="_compute_webhook_type_count")

    @api.depends("provider")
    def _compute_webhook_type_count(self):
        for server in self:
            provider = PROVIDERS.get(server.provider)
            types = provider.account.event_types if server.has_account else ()
            server.webhook_type_count = len(types)

    def action_register_webhooks(self):
        """Show where the account's events go now, and offer to have them come here."""
        self.ensure_one()
        self._check_can_register()
        with self._account() as account:
            callbacks = account.callbacks()
        self._note_registration(callbacks)
        wizard = self.env["mail.provider.webhook.register"].create({"mail_server_id": self.id})
        wizard._show_callbacks(callbacks)
        return wizard._reopened()

    def action_unregister_webhooks(self):
        """Take our URLs out of the account, and nobody else's."""
        self.ensure_one()
        with self._account() as account:
            for callback in account.callbacks():
                if self._callback_status(callback) in ("current", "outdated", "suspended"):
                    account.unregister(callback)
        # Without a password on the URL again, which may still be entered by hand.
        self.write({"webhook_user": False, "webhook_password": False})
        self._note_registration([])
        return self._notice(_("The account reports no more events to this server."))

    def action_rotate_webhook_secret(self):
        """The new URL isn't at the provider yet."""
        result = super().action_rotate_webhook_secret()
        for server in self:
            server._note_registration([])
        return result

    def _check_can_register(self):
        """:raises UserError: the provider couldn't post to this Odoo; says what to do"""
        if not self.webhook_url:
            raise UserError(_("Make a webhook URL first."))
        base, account = urlsplit(self.webhook_url), urlsplit(self.api_url or "")
        # On one machine nothing can be overheard: a provider's stand-in, for tests.
        is_local = base.hostname in LOOPBACK and account.hostname in LOOPBACK
        if base.scheme != "https" and not is_local:
            raise UserError(
                _(
                    "Providers post to https addresses, and this Odoo's is %s. Serve Odoo through "
                    "https, correct the system parameter web.base.url, then register.",
                    self.get_base_url(),
                )
            )

    def _register_webhooks(self, account, callbacks):
        """Have all events posted to this server.

        Nothing is raised once the account has been changed: the credentials it was given have
        to be kept.

        :param list[account.Callback] callbacks: what there is
        :return: what there is now; why not all of it was changed, or None
        :rtype: tuple[list[account.Callback], str | None]
        """
        self._prepare_registration(callbacks)
        url = self._registered_url()
        present = {callback.event_type: callback for callback in callbacks}
        failure = None
        for event_type in account.event_types:
            callback = present.get(event_type)
            if callback and self._callback_status(callback) == "current":
                continue
            try:
                account.register(event_type, url, callback)
            except ApiError as error:
                failure = self._worded(error.reason)
                break
            present[event_type] = Callback("", event_type, url)
        callbacks = list(present.values())
        self._note_registration(callbacks)
        return callbacks, failure

    def _prepare_registration(self, callbacks):
        """Make user and password, and a new URL where the present one won't do.

        A suspended URL is woken by a different one only. And one that is there without the
        password may have events on their way, which pass as events of a former URL.
        """
        for callback in callbacks:
            is_here = callback.bare_url == self.webhook_url
            if is_here and not (callback.is_alive and callback.url == self._registered_url()):
                self.action_rotate_webhook_secret()
                break
        if not self.webhook_password:
            self.write({"webhook_user": self.provider, "webhook_password": secrets.token_hex(24)})

    def _registered_url(self):
        """Return the webhook's URL with user and password, or None without them."""
        if not self.webhook_password:
            return None
        pair = ":".join(quote(part, safe="") for part in (self.webhook_user, self.webhook_password))
        return self.webhook_url.replace("://", f"://{pair}@", 1)

    def _callback_status(self, callback):
        """Tell whose URL an `account.Callback` has.

        :return: ``current``; ``outdated``: ours, but not as it would be registered now;
            ``suspended``: ours, and the provider has given up on it; ``other_server`` of this
            Odoo; ``foreign``
        """
        # http and https are the same Odoo
        path = callback.bare_url.partition("://")[2]
        ours = self.get_base_url().rstrip("/").partition("://")[2] + "/mail_provider/"
        if not path.startswith(ours):
            return "foreign"
        if path.removeprefix(ours).partition("-")[0] != str(self.id):
            return "other_server"
        if not callback.is_alive:
            return "suspended"
        is_current = callback.is_grouped and callback.url == self._registered_url()
        return "current" if is_current else "outdated"

    def _note_registration(self, callbacks):
        """Keep what the account said about our URL."""
        statuses = [self._callback_status(callback) for callback in callbacks]
        count = statuses.count("current")
        since = bool(count) and (self.webhook_registered_datetime or fields.Datetime.now())
        self.write(
            {
                "webhook_registered_count": count,
                "webhook_registered_datetime": since,
                "webhook_suspended": "suspended" in statuses,
            }
        )
