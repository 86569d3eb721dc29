# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import _, api, fields, models

# Afterwards, few events of a mailing arrive.
RECENT = timedelta(days=7)


class MailingMailing(models.Model):
    """A notice for marketers if mails wait or have no events, without any secrets."""

    _inherit = "mailing.mailing"

    # With sudo: the notice contains nothing that is only for administrators.
    server_notice = fields.Text(compute="_compute_server_notice", compute_sudo=True)

    @api.depends("mail_server_id", "email_from", "state", "mailing_type")
    @api.depends_context("lang", "tz")
    def _compute_server_notice(self):
        for mailing in self:
            server = mailing._sending_server()
            notices = [
                server and mailing._waiting_notice(server),
                server and mailing._sender_notice(server),
                server and mailing._events_notice(server),
            ]
            mailing.server_notice = "\n".join(filter(None, notices)) or False

    def _sending_server(self):
        """Return the mailing's server if it has a provider, else none."""
        self.ensure_one()
        servers = self.env["ir.mail_server"]
        if self.mailing_type != "mail" or not self._origin.id:
            return servers
        server = self.mail_server_id or servers._find_mail_server(self.email_from)[0]
        return server.filtered("provider") if server else servers

    def _waiting_notice(self, server):
        """Return why mails wait or would wait, or None."""
        now = fields.Datetime.now()
        if server.sending_error:
            since = server._time(server.sending_error_datetime)
            sentences = [
                _("No emails have been sent since %s.", since),
                self._administrators_notice(server, "sending"),
            ]
        elif server.sending_paused_until and server.sending_paused_until > now:
            sentences = [_("Emails can't be sent at the moment.")]
        elif server._sending_room(now) <= 0:
            sentences = [_("The mail server has a limit of emails per hour or per day.")]
        else:
            return None
        count = self._waiting_count(server)
        if not count and (self.state == "done" or not server.sending_error):
            return None
        if count:
            sentences.append(_("Waiting emails of this mailing: %s.", count))
            sentences.append(_("Odoo sends them later. Don't send the mailing again."))
        else:
            sentences.append(
                _("If you send the mailing now, its emails wait. Odoo sends them later.")
            )
        return " ".join(sentences)

    def _waiting_count(self, server):
        """Return the number of mails in the outbox and in Odoo's queue."""
        id_ = self._origin.id
        self.env["mail.delivery"].flush_model()
        self.env.cr.execute(
            """
            SELECT count(*) FROM mail_delivery
             WHERE mail_server_id = %s AND state = 'waiting' AND mass_mailing_id = %s
            """,
            [server.id, id_],
        )
        queued = [("mailing_id", "=", id_), ("state", "=", "outgoing")]
        return self.env.cr.fetchone()[0] + self.env["mail.mail"].search_count(queued)

    def _sender_notice(self, server):
        """Return the notice about mails that were refused because of their sender, or None."""
        self.env.cr.execute(
            """
            SELECT count(*) FROM mail_delivery AS refused
              JOIN mailing_trace ON mailing_trace.id = refused.mailing_trace_id
             WHERE refused.mail_server_id = %s AND refused.state = 'refused'
               AND refused.create_date > %s AND refused.failure = 'sender'
               AND refused.mass_mailing_id = %s AND mailing_trace.trace_status = 'error'
            """,
            [server.id, fields.Datetime.now() - RECENT, self._origin.id],
        )
        count = self.env.cr.fetchone()[0]
        if not count:
            return None
        return _(
            "Emails refused because of the address in “Send From”: %s. Choose another address, or "
            "ask an administrator to validate it. Then press Retry.",
            count,
        )

    def _events_notice(self, server):
        """Return the notice that the figures are not complete, or None."""
        is_recent = self.sent_date and self.sent_date > fields.Datetime.now() - RECENT
        if self.state != "sending" and not (self.state == "done" and is_recent):
            return None
        if server.events_state == "wrong":
            words = _(
                "Odoo receives no events of these emails at the moment: the figures for delivered, "
                "opened, clicked and bounced are not complete."
            )
            return f"{words} {self._administrators_notice(server, 'events')}"
        if server.events_state == "todo" and not server._facts()[server.id].event_at:
            return _(
                "Odoo receives no events of these emails yet: there are no figures for delivered, "
                "opened, clicked and bounced. An administrator can set up the webhook."
            )
        return None

    @api.model
    def _administrators_notice(self, server, kind):
        """Return whether the administrators were notified of a stop."""
        stop = server.stop_ids.filtered(lambda stop: stop.kind == kind)
        if not stop:
            return _("Please tell an administrator.")
        return _("The administrators were notified on %s.", server._time(stop.create_date))
