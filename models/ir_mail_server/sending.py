# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib
import logging
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.exceptions import UserError

from ...providers import PROVIDERS
from ...providers.base import Text
from ...providers.smtp import SmtpTransport
from ...providers.transport import Limits
from ..mail_delivery.deliver import JOB as DELIVER
from ..mail_delivery.outbox import MAX_ROWS, MAX_SIZE, OutboxSession
from ..mail_provider_stop import JOB as WATCH
from .attributes import ADMIN, NOTED

_logger = logging.getLogger(__name__)

# First pause after an error that affects all mails; it doubles while the error lasts.
SHORTEST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=10)
LASTING_PAUSES = 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Obstacle(NamedTuple):
    """Why no mail can be sent now, and until when."""

    reason: str
    until: fields.Datetime


class IrMailServer(models.Model):
    """How a server with a provider sends: through the outbox, within limits, with pauses."""

    _inherit = "ir.mail_server"

    connection_count = fields.Integer(
        string="Connections at Once",
        default=4,
        help="How many emails, or calls of the API, Odoo sends to the provider at the same time.",
    )
    limit_hour = fields.Integer(string="Emails per Hour", help="0: no limit.")
    limit_day = fields.Integer(string="Emails per Day", help="0: no limit.")
    delivery_rule = fields.Selection(
        [
            ("auto", "Depends on the webhook"),
            ("event", "Reported as delivered"),
            ("acceptance", "Accepted by the provider"),
        ],
        string="Delivered Means",
        default="auto",
        help="With a working webhook, an email is delivered when the recipient's server has "
        "accepted it. Without a webhook, Odoo does not learn this: then an email is delivered "
        "as soon as the provider has accepted it.",
    )
    sending_error_text = fields.Json(copy=False, **ADMIN)
    sending_error = fields.Char(string="Sending Stopped", compute="_compute_sending_error", **ADMIN)
    sending_error_datetime = fields.Datetime(string="Stopped Since", **NOTED)
    sending_paused_until = fields.Datetime(**NOTED)
    sending_pause_count = fields.Integer(**NOTED)
    delivery_waiting_count = fields.Integer(compute="_compute_delivery_counts", **ADMIN)
    delivery_doubt_count = fields.Integer(compute="_compute_delivery_counts", **ADMIN)
    mail_waiting_count = fields.Integer(
        string="Waiting Emails", compute="_compute_delivery_counts", **ADMIN
    )

    @api.depends("sending_error_text")
    @api.depends_context("lang")
    def _compute_sending_error(self):
        for server in self:
            server.sending_error = self._translate_stored(server.sending_error_text)

    def _compute_delivery_counts(self):
        """Count the mails in the outbox, and those in Odoo's queue for this server."""
        servers = ("mail_server_id", "in", self._origin.ids)
        states = ("state", "in", ("waiting", "calling", "in_doubt"))
        counts = {
            (server.id, state): count
            for model, domain in (
                ("mail.delivery", [servers, states]),
                ("mail.mail", [servers, ("state", "=", "outgoing")]),
            )
            for server, state, count in self.env[model]._read_group(
                domain, ["mail_server_id", "state"], ["__count"]
            )
        }
        for server in self:
            count = {state: n for (id_, state), n in counts.items() if id_ == server._origin.id}
            server.delivery_doubt_count = count.get("in_doubt", 0)
            server.delivery_waiting_count = count.get("waiting", 0) + count.get("calling", 0)
            queued = count.get("outgoing", 0)
            server.mail_waiting_count = server.delivery_waiting_count + queued

    def action_view_deliveries(self):
        """Open the emails of this server."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_mailjet_aldeamo.mail_delivery_action"
        )
        action["domain"] = [("mail_server_id", "=", self.id)]
        return action

    def action_view_deliveries_in_doubt(self):
        """Open the emails of this server that are in doubt."""
        return {**self.action_view_deliveries(), "context": {"search_default_filter_in_doubt": 1}}

    def connect(
        self,
        host=None,
        port=None,
        user=None,
        password=None,
        encryption=None,
        smtp_from=None,
        ssl_certificate=None,
        ssl_private_key=None,
        smtp_debug=False,
        mail_server_id=None,
        allow_archived=False,
    ):
        """When the server, given or chosen by Odoo, has a provider, return an `OutboxSession`."""
        server, sender = self.browse(), smtp_from
        is_direct = self._is_test_mode() or self.env.context.get("mail_delivering")
        if not is_direct and mail_server_id:
            server = self.sudo().browse(mail_server_id)
        elif not is_direct and not host:
            server, sender = self.sudo()._find_mail_server(smtp_from)
        if not server or not server.provider:
            return super().connect(
                host=host,
                port=port,
                user=user,
                password=password,
                encryption=encryption,
                smtp_from=smtp_from,
                ssl_certificate=ssl_certificate,
                ssl_private_key=ssl_private_key,
                smtp_debug=smtp_debug,
                mail_server_id=mail_server_id,
                allow_archived=allow_archived,
            )
        if not allow_archived and not server.active:
            raise UserError(
                _("The server “%s” can't be used, because it is archived.", server.display_name)
            )
        return OutboxSession(server, sender)

    def test_smtp_connection(self):
        """When the server has a provider, try the credentials over the chosen transport.

        :raises UserError: the provider refuses them; the text says what to do
        """
        with_provider = self.filtered("provider")
        for server in with_provider:
            if server.transport == "api":
                trouble = server._api_trouble()
            else:
                envelope = server._get_test_email_from(), server._get_test_email_to()
                trouble = server._smtp_trouble(*envelope)
            if trouble:
                raise UserError(self._translate_text(trouble))
        if with_provider != self:
            return super(IrMailServer, self - with_provider).test_smtp_connection()
        return self._notice(_("Connection Test Successful!"))

    # --- What the courier needs

    def _transport_limits(self, code):
        """Return the `Limits` of one call, or None if the server can't send that way.

        :param str code: ``api`` or ``smtp``
        """
        self.ensure_one()
        provider, server = PROVIDERS.get(self.provider), self.sudo()
        if not provider:
            return None
        if code == "smtp":
            return Limits() if server.smtp_host and server.smtp_user and server.smtp_pass else None
        return provider.api.limits if server._has_api_credentials() else None

    def _transport(self, code):
        """Return a `providers.transport.Transport` that outlives this transaction."""
        self.ensure_one()
        if code == "api":
            return self._api()
        return self._smtp_transport(partial(_connect, self.pool, self.id))

    def _smtp_transport(self, connect):
        """:param connect: see `providers.smtp.SmtpTransport`"""
        provider = PROVIDERS[self.provider]
        return SmtpTransport(connect, provider.name, (provider.user_label, provider.password_label))

    def _account_name(self):
        """Return a name that identifies the account without its keys."""
        self.ensure_one()
        server = self.sudo()
        names = f"{server.provider} {server.smtp_user} {server.api_key} {server.api_url}"
        return hashlib.sha256(names.encode()).hexdigest()[:16]

    def _note_outcomes(self, outcomes):
        """Pause after an error that affects all mails; end the pause when one is accepted.

        :param list outcomes: of calls that were just answered
        """
        if not self:
            return
        self.ensure_one()
        blocking = next((found for found in outcomes if found.stops_others), None)
        if blocking:
            self._pause_sending(blocking)
        elif self.sending_paused_until and any(found.result == "accepted" for found in outcomes):
            self._forget_sending_error()
            self._wake_sending()
            self.env["ir.cron"]._wake(WATCH)

    def _pause_sending(self, outcome):
        """Start a pause, or a longer one.

        :param providers.transport.Outcome outcome: the error that affects all mails
        """
        now = fields.Datetime.now()
        is_paused = self.sending_paused_until and self.sending_paused_until > now
        if is_paused and outcome.result != "account_blocked":
            return  # another answer of calls that ran at the same time
        count = self.sending_pause_count + 1
        until = now + min(SHORTEST_PAUSE * 2 ** min(count - 1, 10), LONGEST_PAUSE)
        values = {"sending_paused_until": until, "sending_pause_count": count}
        # Notify people only if the error lasts, or if they have to correct something.
        if outcome.result == "account_blocked" or count >= LASTING_PAUSES:
            if not self.sending_error_datetime:
                self.env["ir.cron"]._wake(WATCH)
            values["sending_error_text"] = outcome.reason.as_json()
            values["sending_error_datetime"] = self.sending_error_datetime or now
        _logger.warning("Mail server %s sends nothing until %s: %s", self.id, until, outcome.reason)
        self.write(values)
        self.env["ir.cron"]._wake(DELIVER, at=until)

    def _forget_sending_error(self):
        self.write(
            {
                "sending_paused_until": False,
                "sending_pause_count": 0,
                "sending_error_text": False,
                "sending_error_datetime": False,
            }
        )

    def _sending_obstacle(self):
        """Return the `Obstacle` that forbids calls to the provider now, or None."""
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.active:
            return Obstacle(_("The mail server is archived."), now + HOUR)
        if self.sending_paused_until and self.sending_paused_until > now:
            reason = self.sending_error or _("The provider accepts no emails at the moment.")
            return Obstacle(reason, self.sending_paused_until)
        if self._sending_room(now) <= 0:
            reason = _("The limit of emails that is set on the mail server is reached.")
            return Obstacle(reason, now + timedelta(minutes=5))
        return None

    def _outbox_obstacle(self):
        """Return the `Obstacle` that keeps mails in Odoo's queue now, or None."""
        self.ensure_one()
        server = self.sudo()
        server.env.cr.execute(
            """
            SELECT count(*), COALESCE(sum(size), 0) FROM mail_delivery
             WHERE mail_server_id = %s AND state = 'waiting'
            """,
            [server.id],
        )
        rows, size = server.env.cr.fetchone()
        if rows >= MAX_ROWS or size >= MAX_SIZE:
            reason = _("The outbox is full. Odoo tries again when it has room.")
            return Obstacle(reason, fields.Datetime.now() + timedelta(minutes=5))
        return server._sending_obstacle()

    def _sending_room(self, now):
        """Return how many mails may be sent now within the limits per hour and day."""
        room = 1 << 30
        for limit, period in ((self.limit_hour, HOUR), (self.limit_day, DAY)):
            if limit > 0:
                self.env.cr.execute(
                    """
                    SELECT count(*) FROM mail_delivery
                     WHERE mail_server_id = %s AND create_date > %s AND called_at > %s
                       AND state IN ('calling', 'accepted', 'in_doubt')
                    """,
                    [self.id, now - DAY * 5, now - period],
                )
                room = min(room, limit - self.env.cr.fetchone()[0])
        return room

    def _acceptance_is_delivery(self):
        """Return whether a mail counts as delivered as soon as the provider has it."""
        self.ensure_one()
        if self.delivery_rule in ("event", "acceptance"):
            return self.delivery_rule == "acceptance"
        return not self._is_webhook_alive()

    def _is_webhook_alive(self):
        """Return whether the provider has reported events of this server's mails."""
        self.env.cr.execute(
            """
            SELECT EXISTS (SELECT 1 FROM mail_tracking
                            WHERE mail_server_id = %s AND delivery_id IS NOT NULL
                              AND is_fetched IS NOT TRUE)
            """,
            [self.id],
        )
        return self.env.cr.fetchone()[0] or bool(self.sudo().webhook_registered_datetime)

    @api.model
    def _translate_text(self, text):
        """Return a `providers.base.Text` in the user's language."""
        params = {
            name: self._translate_text(value) if isinstance(value, Text) else value
            for name, value in text.params.items()
        }
        return _(text.template, **params)  # pylint: disable=translation-not-lazy

    @api.model
    def _translate_stored(self, value):
        """Return a `providers.base.Text` that was stored as JSON in the user's language."""
        return self._translate_text(Text.from_json(value)) if value else False

    @api.model
    def _notice(self, message, kind="success"):
        """Return the action that shows a message and closes the dialog.

        :param str kind: ``success``, ``info`` or ``warning``
        """
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


def _connect(registry, server_id):
    """Return an open `smtplib.SMTP` of a server, made by Odoo and the addons that extend it."""
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"mail_delivering": True})
        connection = env["ir.mail_server"].connect(mail_server_id=server_id, allow_archived=True)
    return connection.__obj__
