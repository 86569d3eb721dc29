# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import api, models
from odoo.osv.expression import OR
from odoo.tools import email_normalize

from ...addresses import comparable
from .reader import short_link_code

# Columns that identify the person, the device, or the place more precisely than its country
PERSONAL = (
    *("recipient", "contact_email", "subject", "reason", "state_reason", "payload", "token"),
    *("place", "city", "latitude", "longitude", "user_agent", "categories"),
    *("provider_message_id", "provider_contact"),
)


class MailTracking(models.Model):
    """Making events anonymous; their types and times stay."""

    _inherit = "mail.tracking"

    @api.model
    def _of_person(self, email, deliveries):
        """Return the events of a person, also those without a delivery.

        :param str email: the address, perhaps with a name; False for none
        :param mail.delivery deliveries: to the person
        """
        domains = [[("delivery_id", "in", deliveries.ids)]]
        if address := comparable(email_normalize(email)):
            domains += [[("recipient", "=", address)], [("contact_email", "=", address)]]
        return self.search(OR(domains))

    def _anonymize(self):
        """Apply events, then make them anonymous, irreversibly."""
        self.invalidate_recordset()
        waiting = self.filtered(lambda event: event.state == "pending")
        # The job has written by SQL.
        waiting.invalidate_recordset()
        waiting._apply_one_by_one()
        self.invalidate_recordset()
        by_link = {}
        for event in self:
            by_link.setdefault(impersonal(event.url), []).append(event.id)
        for link, ids in by_link.items():
            self.browse(ids).write({**dict.fromkeys(PERSONAL, False), "url": link})


def impersonal(url):
    """Return the part of a link that is the same for all recipients, or False.

    For Odoo's short links this is the code. In other links, every part but the host may identify
    the person.
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
