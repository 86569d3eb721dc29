# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import secrets
from urllib.parse import quote, urlsplit

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...providers.account import WebhookRegistration
from ...providers.api import ApiError
from ..mail_provider_stop import JOB as WATCH
from ..transactions import retried
from .attributes import NOTED

_logger = logging.getLogger(__name__)

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Results of `_callback_status` for URLs that another system may need, the gravest first.
OTHERS = ("foreign", "moved", "other_server")


class IrMailServer(models.Model):
    """Registering a server's webhook through the provider's API.

    The URL then has a user and a password, which the provider sends with each event.
    """

    _inherit = "ir.mail_server"

    webhook_registered_datetime = fields.Datetime(string="Registered Since", **NOTED)
    webhook_registered_count = fields.Integer(**NOTED)
    webhook_suspended = fields.Boolean(**NOTED)
    webhook_checked_datetime = fields.Datetime(string="Compared With the Account", **NOTED)
    # The gravest URL of another system: {"status": one of `OTHERS`, "url": without user, password
    # and path}; {"status": "none"}: the account has no URL at all.
    webhook_elsewhere = fields.Json(**NOTED)
    # When Odoo's address changed, if the account has not been read since.
    webhook_moved_datetime = fields.Datetime(**NOTED)
    webhook_moved_from = fields.Char(**NOTED)

    def action_register_webhooks(self):
        """Show the URLs in the account, and offer to register this server's."""
        self.ensure_one()
        self._check_can_register()
        with self._account() as account:
            callbacks = account.callbacks()
        self._note_registration(callbacks)
        wizard = self.env["mail.provider.webhook.register"].create({"mail_server_id": self.id})
        wizard._show_callbacks(callbacks)
        return wizard._reopened()

    def action_unregister_webhooks(self):
        """Remove this server's URLs from the account, and no others."""
        self.ensure_one()
        with self._account() as account:
            for callback in account.callbacks():
                if self._callback_status(callback) in ("current", "outdated", "suspended"):
                    account.unregister(callback)
        # Users may enter the URL manually again, which has no password.
        self.write({"webhook_user": False, "webhook_password": False})
        self._note_registration([])
        return self._notice(_("The account no longer reports events to this server."))

    def action_rotate_webhook_secret(self):
        """Replace the URL, and register the new one if Odoo has the account's keys.

        If the account also posts to other systems, ask first. The old URL works for a while, so
        an error at the provider loses no events.
        """
        self.ensure_one()
        self._rotate_webhook_secret()
        if not (self.active and self.has_account and self._has_api_credentials()):
            return self._notice(
                _("The URL was replaced. Enter the new URL at the provider within 7 days."), "info"
            )
        try:
            self._check_can_register()
            with self._account() as account:
                callbacks = account.callbacks()
                if self._others(callbacks):
                    return self.action_register_webhooks()
                _callbacks, failure = self._register_webhooks(account, callbacks)
        except UserError as error:
            failure = str(error)
        if failure:
            text = _(
                "The URL was replaced. The new URL isn't registered at the provider yet. The "
                "old URL works for 7 more days. %s",
                failure,
            )
            return self._notice(text, "warning")
        return self._notice(_("The new URL is registered at the provider."))

    @api.model
    def _cron_compare_webhooks(self):
        """Compare the URLs in each account with those that were registered."""
        for server in self.search([("provider", "!=", False)]):
            if server.has_account and server.webhook_url and server._has_api_credentials():
                retried(self.env, server._compare_webhook)
        self.env["ir.cron"]._wake(WATCH)

    def _compare_webhook(self):
        """Read the account's URLs. If it doesn't answer, keep the last result."""
        try:
            with self._account() as account:
                self._note_registration(account.callbacks())
        except UserError as error:
            _logger.warning("The webhook of mail server %s: %s", self.id, error)

    @api.model
    def _note_move(self, former, present):
        """Note that this Odoo's address has changed, and trigger reading the accounts.

        :param str former: the old address
        :param str present: the new address
        """
        servers = self.sudo().search([("provider", "!=", False), ("webhook_secret", "!=", False)])
        for server in servers:
            # The address is the original one again.
            is_back = server.webhook_moved_from == present
            server.write(
                {
                    "webhook_moved_from": not is_back and former,
                    "webhook_moved_datetime": not is_back and fields.Datetime.now(),
                }
            )
        if servers:
            self.env["ir.cron"]._wake("mail_mailjet_aldeamo.ir_cron_compare_webhooks")

    def _check_can_register(self):
        """:raises UserError: the provider couldn't post to this Odoo; the text says what to do"""
        if not self.webhook_url:
            raise UserError(_("Make a new webhook URL first."))
        base, account = urlsplit(self.webhook_url), urlsplit(self.api_url or "")
        # http is safe if provider and Odoo are on one machine, as in tests.
        is_local = base.hostname in LOOPBACK and account.hostname in LOOPBACK
        if base.scheme != "https" and not is_local:
            raise UserError(
                _(
                    "The provider posts to https addresses only. The address of this Odoo is %s. "
                    "Serve Odoo through https. Correct the system parameter web.base.url. Then "
                    "register the webhook.",
                    self.get_base_url(),
                )
            )

    def _register_webhooks(self, account, callbacks):
        """Register this server's URL for all types of events.

        After the first change in the account, raise nothing: a rollback would lose the
        credentials that the account now has.

        :param list[account.WebhookRegistration] callbacks: in the account now
        :return: callbacks afterwards; why some were not changed, or None
        :rtype: tuple[list[account.WebhookRegistration], str | None]
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
                failure = self._translate_text(error.reason)
                break
            present[event_type] = WebhookRegistration("", event_type, url)
        callbacks = list(present.values())
        self._note_registration(callbacks)
        return callbacks, failure

    def _prepare_registration(self, callbacks):
        """Make user and password, and a new URL if the current one can't be used.

        Only a different URL ends a suspension. And if the URL is registered without the password,
        events without it may be under way: they are accepted for the old URL.
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
        """Tell to which system the URL of an `account.WebhookRegistration` belongs.

        :return: ``current``; ``outdated``: ours, but not as it would be registered now;
            ``suspended``: ours, suspended by the provider; ``moved``: ours at another address, or
            that of the database of which this one is a copy; ``other_server`` of this Odoo;
            ``foreign``
        """
        # http and https lead to the same Odoo
        path = callback.bare_url.partition("://")[2]
        ours = self.get_base_url().rstrip("/").partition("://")[2] + "/mail_provider/"
        if not path.startswith(ours):
            token = path.rpartition("/mail_provider/")[2]
            secrets_of_ours = (self.webhook_secret, self.webhook_secret_previous)
            tokens = [f"{self.id}-{secret}" for secret in secrets_of_ours if secret]
            return "moved" if token in tokens else "foreign"
        if path.removeprefix(ours).partition("-")[0] != str(self.id):
            return "other_server"
        if not callback.is_alive:
            return "suspended"
        is_current = callback.is_grouped and callback.url == self._registered_url()
        return "current" if is_current else "outdated"

    def _forget_registration(self):
        """When the URL or the account changes, forget what was read of the registration."""
        self.write(
            {
                "webhook_registered_count": 0,
                "webhook_registered_datetime": False,
                "webhook_suspended": False,
                "webhook_entered_datetime": False,
                "webhook_elsewhere": False,
                "webhook_checked_datetime": False,
                "webhook_moved_datetime": False,
                "webhook_moved_from": False,
            }
        )

    def _note_registration(self, callbacks):
        """Store whether our URL is registered, and which other URLs the account posts to.

        :param list[account.WebhookRegistration] callbacks:
        """
        statuses = [self._callback_status(callback) for callback in callbacks]
        others = self._others(callbacks)
        count = statuses.count("current")
        since = bool(count) and (self.webhook_registered_datetime or fields.Datetime.now())
        self.write(
            {
                "webhook_registered_count": count,
                "webhook_registered_datetime": since,
                "webhook_suspended": "suspended" in statuses,
                "webhook_elsewhere": others[0] if others else not callbacks and {"status": "none"},
                "webhook_checked_datetime": fields.Datetime.now(),
                "webhook_moved_datetime": False,
                "webhook_moved_from": False,
            }
        )

    def _others(self, callbacks):
        """Return status and address of each URL of another system, the gravest first."""
        found = [(self._callback_status(callback), callback.bare_url) for callback in callbacks]
        return [
            {"status": status, "url": "{0.scheme}://{0.netloc}".format(urlsplit(url))}
            for wanted in OTHERS
            for status, url in found
            if status == wanted
        ]
