# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
import logging
import secrets
from contextlib import suppress
from datetime import timedelta

import requests

from odoo import _, api, fields, models, tools
from odoo.exceptions import AccessDenied, UserError

from ...providers import PROVIDERS
from ...webhook import authentication
from .attributes import ADMIN

_logger = logging.getLogger(__name__)

# How long a replaced URL stays valid: time to enter the new one at the provider.
GRACE_PERIOD = timedelta(days=7)
TEST_TIMEOUT = 10  # seconds


class IrMailServer(models.Model):
    """The webhook of a server: its URL, whose secret authenticates the provider, and its health."""

    _inherit = "ir.mail_server"

    webhook_secret = fields.Char(compute="_compute_webhook_secret", store=True, copy=False, **ADMIN)
    webhook_secret_previous = fields.Char(copy=False, **ADMIN)
    webhook_secret_previous_until = fields.Datetime(
        string="Old URL Valid Until", copy=False, **ADMIN
    )
    webhook_provider_previous = fields.Char(copy=False, **ADMIN)
    webhook_until = fields.Datetime(
        copy=False,
        help="Until then, the webhook of an archived server accepts events of its last emails.",
        **ADMIN,
    )
    # What the provider's posts are told by, see `providers.authentication`: of a URL that was
    # registered with them (see `webhook_registration.py`), or a key that was entered.
    webhook_user = fields.Char(copy=False, **ADMIN)
    webhook_password = fields.Char("Webhook Key", copy=False, **ADMIN)
    webhook_user_previous = fields.Char(copy=False, **ADMIN)
    webhook_password_previous = fields.Char(copy=False, **ADMIN)
    webhook_url = fields.Char(
        string="Webhook URL",
        compute="_compute_webhook_url",
        help="Enter this URL at the provider. Keep it secret: everyone who knows it can send "
        "events to Odoo.",
        **ADMIN,
    )
    webhook_is_insecure = fields.Boolean(compute="_compute_webhook_url", **ADMIN)
    webhook_url_may_change = fields.Boolean(compute="_compute_webhook_url_may_change", **ADMIN)
    tracking_last_datetime = fields.Datetime(
        string="Last Event", compute="_compute_tracking_health", **ADMIN
    )
    tracking_today_count = fields.Integer(
        string="Events Today", compute="_compute_tracking_health", **ADMIN
    )
    tracking_pending_count = fields.Integer(
        string="Waiting", compute="_compute_tracking_health", **ADMIN
    )
    tracking_unmatched_count = fields.Integer(
        string="Not Matched Today", compute="_compute_tracking_health", **ADMIN
    )
    tracking_failed_count = fields.Integer(
        string="Failed Events", compute="_compute_tracking_health", **ADMIN
    )

    @api.depends("provider")
    def _compute_webhook_secret(self):
        for server in self:
            if server.provider and not server.webhook_secret:
                server.webhook_secret = secrets.token_urlsafe(24)

    @api.depends("webhook_secret", "provider")
    def _compute_webhook_url(self):
        base_url = self.browse().get_base_url().rstrip("/")
        for server in self:
            has_url = server.provider and server.webhook_secret and server._origin.id
            server.webhook_is_insecure = not base_url.startswith("https://")
            server.webhook_url = has_url and (
                f"{base_url}/mail_provider/{server._origin.id}-{server.webhook_secret}"
            )

    def _compute_webhook_url_may_change(self):
        # Odoo's `res.users.authenticate` changes web.base.url only without this parameter.
        is_kept = self.env["ir.config_parameter"].sudo().get_param("web.base.url.freeze")
        self.webhook_url_may_change = not is_kept

    @api.depends_context("tz")
    def _compute_tracking_health(self):
        self.env["mail.tracking"].flush_model()
        self.env.cr.execute(
            """
            SELECT server.id, (
                       SELECT max(create_date) FROM mail_tracking
                        WHERE mail_server_id = server.id AND is_fetched IS NOT TRUE
                   ), today.events, waiting.events, unmatched.events, failed.events
              FROM ir_mail_server AS server, LATERAL (
                       SELECT count(*) AS events FROM mail_tracking
                        WHERE mail_server_id = server.id AND create_date >= %(midnight)s
                   ) AS today, LATERAL (
                       SELECT count(*) AS events FROM mail_tracking
                        WHERE mail_server_id = server.id AND create_date >= %(midnight)s
                          AND is_unmatched
                   ) AS unmatched, LATERAL (
                       SELECT count(*) AS events FROM mail_tracking
                        WHERE mail_server_id = server.id AND state = 'pending'
                   ) AS waiting, LATERAL (
                       SELECT count(*) AS events FROM mail_tracking
                        WHERE mail_server_id = server.id AND state = 'failed'
                   ) AS failed
             WHERE server.id IN %(servers)s
            """,
            {"midnight": self._midnight(), "servers": tuple(self._origin.ids) or (None,)},
        )
        health = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for server in self:
            (
                server.tracking_last_datetime,
                server.tracking_today_count,
                server.tracking_pending_count,
                server.tracking_unmatched_count,
                server.tracking_failed_count,
            ) = health.get(server._origin.id, (False, 0, 0, 0, 0))

    @api.model
    def _midnight(self):
        """Return when the user's day began."""
        now = fields.Datetime.now()
        local = fields.Datetime.context_timestamp(self, now)
        return now - timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)

    def _keep_former_provider(self, provider):
        """When the provider changes, make a new URL: late events are of the old one."""
        with_former = self.sudo().filtered(
            lambda server: server.webhook_secret and server.provider not in (False, provider)
        )
        with_former._rotate_webhook_secret()
        with_former.webhook_password = False

    @api.model
    def _last_event_time(self):
        """Return until when a mail that is sent now may have events."""
        days = max(self.env["mail.tracking"]._retention().values())
        return fields.Datetime.now() + timedelta(days=days)

    @api.model
    def _forget_webhooks(self):
        """Clear the cache of `_webhooks` now and after the commit.

        Another thread may cache the old state in between: a secret that was removed would stay
        valid.
        """
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _authenticate_webhook(self, token, post=authentication.NOTHING):
        """Return the (id, provider) of the server whose webhook has `token`, or None.

        Secrets are compared in constant time. Before a provider is refused, the cache is read
        anew.

        :param str token: "<server id>-<secret>", as in the URL
        :param authentication.Post post: what came with it
        :raises AccessDenied: what else the provider sends along isn't there, or is wrong
        """
        server_id = authentication.server_id_of(token)
        webhook = self._webhooks().get(server_id)
        now = fields.Datetime.now()
        with suppress(authentication.WrongCredentialsError):
            provider = authentication.authentic_provider(webhook, token, post, now)
            if provider:
                return server_id, provider
        webhook = self._read_webhooks().get(server_id)
        try:
            provider = authentication.authentic_provider(webhook, token, post, now)
        except authentication.WrongCredentialsError:
            raise AccessDenied() from None
        return (server_id, provider) if provider else None

    @api.model
    @tools.ormcache()
    def _webhooks(self):
        """Return the webhook of each server that has one; cached."""
        return self._read_webhooks()

    @api.model
    def _read_webhooks(self):
        self.env.cr.execute(authentication.SELECT)
        webhooks = map(authentication.Webhook.from_row, self.env.cr.fetchall())
        return {webhook.server_id: webhook for webhook in webhooks}

    def _rotate_webhook_secret(self):
        """Make a new webhook URL. The old one stays valid for `GRACE_PERIOD`."""
        for server in self:
            is_entered = bool(PROVIDERS[server.provider].authentication.key_label)
            server.write(
                {
                    "webhook_secret_previous": server.webhook_secret,
                    "webhook_provider_previous": server.provider,
                    "webhook_secret_previous_until": fields.Datetime.now() + GRACE_PERIOD,
                    "webhook_user_previous": server.webhook_user,
                    "webhook_password_previous": server.webhook_password,
                    "webhook_secret": secrets.token_urlsafe(24),
                    "webhook_user": False,
                    # A key that was entered is the account's, not the URL's.
                    "webhook_password": is_entered and server.webhook_password,
                }
            )
            server._forget_registration()

    def action_keep_base_url(self):
        """Freeze Odoo's address, so that logins no longer change the webhooks' URLs.

        :raises AccessError: the user isn't an administrator
        """
        self.check_access_rights("write")
        self.env["ir.config_parameter"].set_param("web.base.url.freeze", "True")

    def action_test_webhook(self):
        """Post a request without events to the webhook, as the provider would.

        :raises UserError: no answer, or another one than 200; the text says what to do
        """
        self.ensure_one()
        response = self._post_test_event()
        self._check_test_answer(response.status_code)
        text = _(
            "The webhook answered after %s ms. Odoo can reach it.",
            round(response.elapsed.total_seconds() * 1000),
        )
        return self._notice(text)

    def _post_test_event(self):
        provider = PROVIDERS[self.provider]
        body = json.dumps(provider.example(fields.Datetime.now())).encode()
        headers = {"Content-Type": "application/json"}
        if self.webhook_password:
            key = ":".join(filter(None, (self.webhook_user, self.webhook_password)))
            headers.update(provider.authentication.headers(body, key))
        try:
            return requests.post(
                self.webhook_url,
                data=body,
                headers=headers,
                auth=lambda request: request,  # otherwise ~/.netrc would replace our header
                timeout=TEST_TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            _logger.info("Webhook test of mail server %s failed: %s", self.id, type(error).__name__)
            raise UserError(
                _(
                    "Odoo can't reach its own address %(base_url)s (%(error)s). If the provider "
                    "can reach the address from outside, you can ignore this. Otherwise correct "
                    "the system parameter web.base.url or the reverse proxy.",
                    base_url=self.get_base_url(),
                    error=type(error).__name__,
                )
            ) from None  # its traceback would show the URL

    def _check_test_answer(self, status):
        if status == 401:
            raise UserError(
                _(
                    "The webhook answered 401, because the user and password of the registered URL "
                    "did not arrive. A proxy in front of Odoo must forward the header "
                    "Authorization."
                )
            )
        if status != 200:
            raise UserError(
                _(
                    "The webhook answered %(status)s instead of 200. With several databases on "
                    "this Odoo, a dbfilter must select this database by the host name of "
                    "%(base_url)s.",
                    status=status,
                    base_url=self.get_base_url(),
                )
            )

    def action_view_trackings(self):
        """Open the events of this server: all, or those of the figure in the context."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_mailjet_aldeamo.mail_tracking_action"
        )
        domains = {
            "today": [("create_date", ">=", self._midnight())],
            "pending": [("state", "=", "pending")],
            "unmatched": [("create_date", ">=", self._midnight()), ("is_unmatched", "=", True)],
            "failed": [("state", "=", "failed")],
        }
        health = domains.get(self.env.context.get("health"), [])
        action["domain"] = [("mail_server_id", "=", self.id), *health]
        return action
