# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...providers.api import ApiError
from ...providers.base import Text
from ...providers.base import _ as mark
from .deliver import JOB, LEASE

_logger = logging.getLogger(__name__)

# The provider's search finds a mail some time after its acceptance. If it does not find the mail
# after this time, the provider does not have it.
FOUND_WITHIN = timedelta(minutes=15)
# The clocks of Odoo and the provider may differ by so much.
CLOCK_DIFFERENCE = timedelta(minutes=5)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=30)
CHUNK = 100  # look-ups in one run of the job


class MailDelivery(models.Model):
    """Deliveries in doubt: it is not known whether the provider has them.

    Odoo never sends such an e-mail again by itself. It asks the provider if possible; an event of
    the e-mail proves that it was accepted; otherwise a person decides.
    """

    _inherit = "mail.delivery"

    @api.model
    def _expire_leases(self):
        """Put deliveries in doubt whose process ended during the call."""
        now = fields.Datetime.now()
        reason = Text(
            mark("Odoo was interrupted while it handed this email over: the provider may have it.")
        )
        self.env.cr.execute(
            """
            SELECT id FROM mail_delivery WHERE state = 'calling' AND called_at < %s
             FOR UPDATE SKIP LOCKED
            """,
            [now - LEASE],
        )
        self.browse(row[0] for row in self.env.cr.fetchall()).write(
            {"state": "in_doubt", "retry_at": now, "outcome_text": reason.as_json()}
        )

    @api.model
    def _look_up_in_doubt(self):
        """Ask the providers with a search whether they have the deliveries in doubt."""
        self.env.cr.execute(
            """
            SELECT id FROM mail_delivery
             WHERE state = 'in_doubt' AND retry_at <= %s ORDER BY retry_at, id LIMIT %s
            """,
            [fields.Datetime.now(), CHUNK],
        )
        due = self.browse(row[0] for row in self.env.cr.fetchall())
        for server, deliveries in due.grouped("mail_server_id").items():
            deliveries._ask(server)

    def _ask(self, server):
        """Ask one provider; each answer is committed."""
        provider_api = server._api() if server and server._transport_limits("api") else None
        if provider_api is None or not provider_api.can_find:
            self.write({"retry_at": False})  # events or people decide
            return
        with provider_api:
            for delivery in self:
                if delivery.account != server._account_name():
                    # The current account is another one: it can't find the mail.
                    delivery.retry_at = False
                    continue
                since = delivery.called_at - CLOCK_DIFFERENCE
                recipients = delivery.email_to.split(", ")
                try:
                    ids = provider_api.find(delivery.token, recipients, since)
                except ApiError as error:
                    _logger.info("Delivery %s can't be asked about: %s", delivery.id, error)
                    delivery.retry_at = delivery._time_to_ask_again()
                    break
                delivery._resolve_doubt(ids)
                self.env.cr.commit()  # pylint: disable=invalid-commit

    def _time_to_ask_again(self):
        self.ensure_one()
        now = fields.Datetime.now()
        age = now - self.called_at
        return now + min(max(age / 2, SHORTEST_WAIT), LONGEST_WAIT)

    def _resolve_doubt(self, ids):
        """Store the provider's answer about one delivery.

        :param dict ids: recipient → the provider's id; None if the provider doesn't know it
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if ids:
            self._mark_arrived(ids.get(self.recipient) or next(iter(ids.values())))
        elif now - self.called_at > FOUND_WITHIN:
            self.write(self._values_of_retry(now))
            self._follow()
        else:
            self.retry_at = self._time_to_ask_again()

    def _mark_arrived(self, provider_message_id=None):
        """Mark the e-mails as accepted."""
        self._record_accepted(dict.fromkeys(self.ids, provider_message_id))

    # --- People decide

    def action_send_again(self):
        """Send failed e-mails, or those in doubt, again.

        :raises UserError: the content was deleted
        """
        self._check_people_may_decide()
        settled = ("refused", "in_doubt", "canceled")
        again = self.sudo().filtered(lambda delivery: delivery.state in settled)
        kept = self.env["mail.delivery.content"].sudo().search([("delivery_id", "in", again.ids)])
        if again - kept.delivery_id or not again:
            raise UserError(
                _(
                    "Odoo no longer has the content of this email. Send it again from its source: "
                    "press Retry on the mailing, or the red envelope in the chatter."
                )
            )
        again.write(
            {
                "state": "waiting",
                "attempts": 0,
                "retry_at": False,
                "create_date": fields.Datetime.now(),
                "failed_at": False,
                "failure": False,
                "outcome_text": False,
            }
        )
        again._follow()
        self.env["ir.cron"]._wake(JOB)

    def action_has_arrived(self):
        """Mark e-mails in doubt as accepted: the user found out that they arrived."""
        self._check_people_may_decide()
        self.sudo().filtered(lambda delivery: delivery.state == "in_doubt")._mark_arrived()

    def action_cancel(self):
        """Cancel e-mails that have not been sent."""
        self._check_people_may_decide()
        unsettled = ("waiting", "in_doubt")
        deliveries = self.sudo().filtered(lambda delivery: delivery.state in unsettled)
        deliveries.write({"state": "canceled", "retry_at": False})
        deliveries._follow()

    def _check_people_may_decide(self):
        """Check that the user is an administrator, or a marketer and the e-mails are mailings'.

        :raises AccessError: neither
        """
        self.check_access_rule("read")
        if self.env.user.has_group("base.group_system"):
            return
        is_marketer = self.env.user.has_group("mass_mailing.group_mass_mailing_user")
        if not is_marketer or any(not delivery.mass_mailing_id for delivery in self):
            raise AccessError(_("Only administrators can decide about emails of other users."))
