# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import api, models
from odoo.osv.expression import OR
from odoo.tools import email_normalize

from ...addresses import comparable
from .words import short_link_code

# What tells who did something, with what, and where more precisely than the country.
PERSONAL = (
    *("recipient", "contact_email", "subject", "reason", "state_reason", "payload", "reference"),
    *("place", "city", "latitude", "longitude", "user_agent", "categories"),
    *("provider_message_id", "provider_contact"),
)


class MailTracking(models.Model):
    """Events whose person asked to be forgotten: what happened, and when, stays."""

    _inherit = "mail.tracking"

    @api.model
    def _of_person(self, email, deliveries):
        """Return the events of a person, also those that no delivery explains.

        :param str email: the address, perhaps with a name; False for none
        :param mail.delivery deliveries: to the person
        """
        domains = [[("delivery_id", "in", deliveries.ids)]]
        if address := comparable(email_normalize(email)):
            domains += [[("recipient", "=", address)], [("contact_email", "=", address)]]
        return self.search(OR(domains))

    def _anonymize(self):
        """Make events anonymous, after they had their effect. There is no way back."""
        self.invalidate_recordset()
        waiting = self.filtered(lambda event: event.state == "pending")
        # The job writes by SQL.
        waiting.invalidate_recordset()
        waiting._apply_one_by_one()
        self.invalidate_recordset()
        by_link = {}
        for event in self:
            by_link.setdefault(impersonal(event.url), []).append(event.id)
        for link, ids in by_link.items():
            self.browse(ids).write({**dict.fromkeys(PERSONAL, False), "url": link})


def impersonal(url):
    """Return what a link says that is the same for everybody who got it, or False.

    Of Odoo's short link that is its code. Any other link may name the person in each of its parts
    but the host.
    """
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return False
    if not host:
        return False
    code = short_link_code(url)
    return f"{parts.scheme}://{host}/" + (f"r/{code}" if code else "")
