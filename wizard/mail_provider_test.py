# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from markupsafe import Markup

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..models.dialogs import opened
from ..models.mail_delivery.mail_delivery import is_long_ago


class MailProviderTest(models.TransientModel):
    """Sends a test mail in the same way as all mails of a server, and shows its events."""

    _name = "mail.provider.test"
    _description = "Test of a Mail Server"

    mail_server_id = fields.Many2one(
        "ir.mail_server", required=True, readonly=True, ondelete="cascade"
    )
    email_from = fields.Char(
        string="From", compute="_compute_email_from", store=True, readonly=False
    )
    email_to = fields.Char(string="To", default=lambda self: self.env.user.email)
    delivery_id = fields.Many2one("mail.delivery", readonly=True, ondelete="set null")
    problem = fields.Char(readonly=True)

    @api.depends("mail_server_id")
    def _compute_email_from(self):
        for wizard in self:
            wizard.email_from = wizard._likely_sender()

    def _likely_sender(self):
        """Return the most likely sender address of this server."""
        server = self.mail_server_id
        usable = server.provider_sender_ids.filtered(
            lambda sender: sender.is_needed and sender.is_usable
        )
        user = self.env.user
        addresses = {sender.email for sender in usable}
        if usable and email_normalize(user.email) not in addresses:
            return usable[0].email
        if user.email and server._match_from_filter(user.email, server.from_filter):
            return user.email_formatted
        return server._get_test_email_from()

    def action_send(self):
        """Send the test mail, and show its progress.

        :raises UserError: an address is not valid
        """
        self.ensure_one()
        for address in (self.email_from, self.email_to):
            if not email_normalize(address):
                raise UserError(_("“%s” isn't an email address.", address or ""))
        mail = self._make_mail()
        mail.with_context(mailing_test_mail=True).send()
        self.delivery_id = self.env["mail.delivery"].search([("mail_mail_id", "=", mail.id)])
        self.problem = not self.delivery_id and (
            mail.failure_reason or _("The email could not be sent.")
        )
        # Don't leave it in the queue: a test that is sent later is of no use.
        mail.unlink()
        return self._opened()

    def _make_mail(self):
        server = self.mail_server_id
        body = Markup("<p>%s</p><p>%s</p>") % (
            _("This is a test of the mail server “%s” of Odoo.", server.name),
            _(
                "The email has arrived. Let your mail program show its pictures: then Odoo learns "
                "that it was opened."
            ),
        )
        mails = self.env["mail.mail"].sudo()
        return mails.create(
            {
                "subject": _("Test of “%s”", server.name),
                "body_html": body,
                "email_from": self.email_from,
                "email_to": self.email_to,
                "mail_server_id": server.id,
                # Keep the mail: the delivery is found by it.
                "auto_delete": False,
            }
        )

    def _opened(self):
        return opened(self, _("Send Test Email"))

    # --- Progress

    def follow(self):
        """Return the progress of the test mail.

        :return: ``steps``: each with ``name``, ``state`` (``right``, ``todo`` or ``wrong``),
            ``time`` (UTC) and ``reason``; ``is_over``: no more events are expected; ``missing``:
            the overdue event, or False
        :rtype: dict
        """
        self.ensure_one()
        delivery = self.delivery_id
        steps = [
            self._shown(_("In the outbox"), delivery.create_date),
            self._shown_acceptance(),
            self._shown_arrival(),
            self._shown(_("Opened"), delivery.opened_at),
        ]
        has_failed = any(step["state"] == "wrong" for step in steps)
        return {
            "steps": steps,
            "is_over": bool(delivery.opened_at) or (has_failed and delivery.state != "in_doubt"),
            "missing": self._missing_event(),
        }

    def _shown(self, name, time, has_failed=False, reason=""):
        state = "wrong" if has_failed else "right" if time else "todo"
        time = fields.Datetime.to_string(time) if time else False
        return {"name": name, "state": state, "time": time, "reason": reason or ""}

    def _shown_acceptance(self):
        delivery = self.delivery_id
        name = _("Accepted by %s", self.mail_server_id._dns_provider_name())
        if delivery.state == "accepted":
            return self._shown(name, delivery.accepted_at)
        has_failed = delivery.state in ("refused", "canceled", "in_doubt")
        obstacle = not has_failed and self.mail_server_id._sending_obstacle()
        reason = delivery.reason or (obstacle and obstacle.reason)
        return self._shown(name, has_failed and delivery.failed_at, has_failed, reason)

    def _shown_arrival(self):
        delivery = self.delivery_id
        if delivery.status in ("bounce", "error") and delivery.state == "accepted":
            return self._shown(_("Delivered"), delivery.failed_at, True, delivery.reason)
        return self._shown(_("Delivered"), delivery.delivered_at)

    def _missing_event(self):
        """Return the overdue event, a key of `EVENT_TYPES`, or False."""
        delivery = self.delivery_id
        if delivery._is_overdue():
            return "delivered"
        is_unread = delivery.status == "sent" and delivery.delivered_at
        return "opened" if is_unread and is_long_ago(delivery.delivered_at) else False

    def explain(self):
        """Return the likely reasons why an event is missing, in order.

        :return: for each, ``state`` (``right``: not the reason; ``wrong``: the reason;
            ``unknown``: Odoo can't find out) and ``text``
        :rtype: list[dict]
        """
        self.ensure_one()
        missing = self._missing_event()
        if not missing:
            return []
        return self.mail_server_id._why_no_event(self.delivery_id, missing)
