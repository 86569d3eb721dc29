# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib

from odoo import _, api, models
from odoo.exceptions import AccessError, UserError
from odoo.osv.expression import OR
from odoo.tools import email_normalize

from ...addresses import comparable, normalize, spellings

UNSETTLED = ("waiting", "calling", "in_doubt")
# Columns that identify the recipient or the subject
PERSONAL = (
    *("recipient", "subject", "outcome_text", "failure_text"),
    *("partner_id", "mail_message_id", "mail_mail_id", "model", "res_id"),
)


class MailDelivery(models.Model):
    """Making deliveries anonymous when a person asks for it.

    Everything that identifies the person is deleted; statuses, times and the mailing stay. The
    random token stays, so that later events still count; what these say of the person is not
    stored, see `mail.tracking`.
    """

    _inherit = "mail.delivery"

    @api.model
    def _of_person(self, email, partners):
        """Return the deliveries to a person, also copies.

        This reads the whole table, which is acceptable for this rare request.

        :param str email: the address, perhaps with a name; False for none
        :param res.partner partners:
        """
        domains = [[("partner_id", "in", partners.ids)]]
        address = comparable(email_normalize(email))
        if address:
            domains += [[("recipient", "=", address)]]
            domains += [[("email_to", "ilike", way)] for way in spellings(address)]
        return self.search(OR(domains)).filtered(
            lambda delivery: (
                delivery.partner_id & partners
                or delivery.recipient == address
                or delivery._goes_to(address)
            )
        )

    def _anonymize(self, person=None):
        """Make e-mails and their events anonymous, irreversibly.

        :param str person: address of a person who may have been in copy
        :raises AccessError: the user is no administrator
        :raises UserError: an e-mail is not sent yet, or in doubt
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(_("Only administrators can make emails anonymous."))
        if any(row["state"] in UNSETTLED for row in self._lock_reports(self.ids)):
            raise UserError(
                _(
                    "Some of these emails are not sent yet or are in doubt. Wait until they are "
                    "sent, or cancel them first."
                )
            )
        person = comparable(email_normalize(person))
        for delivery in self.sudo():
            is_in_copy = person and delivery.recipient != person and delivery._goes_to(person)
            gone = person if is_in_copy else delivery.recipient
            copies = (gone,) if is_in_copy else (gone, False)
            delivery.mail_tracking_ids.filtered(
                lambda event, copies=copies: event.recipient in copies
            )._anonymize()
            delivery.email_to = delivery._others(gone)
            if not is_in_copy:
                delivery._forget_person()
        self.env["mail.delivery.content"]._drop(self.ids)

    def _goes_to(self, address):
        return address in map(normalize, (self.email_to or "").split(", "))

    def _others(self, address):
        """Return the other addresses that an e-mail was sent to."""
        others = (self.email_to or "").split(", ")
        return ", ".join(other for other in others if normalize(other) != address) or False

    def _forget_person(self):
        self.mailing_trace_id.sudo().write(
            {"email": False, "message_id": False, "failure_reason": False}
        )
        self.write(
            {
                **dict.fromkeys(PERSONAL, False),
                "provider_message_id": hidden_id(self.provider, self.provider_message_id),
                "is_anonymous": True,
            }
        )


def hidden_id(provider, provider_message_id):
    """Return a hash of the provider's id: it finds the e-mail here, but not at the provider."""
    text = f"{provider} {provider_message_id}"
    return bool(provider_message_id) and hashlib.sha256(text.encode()).hexdigest()
