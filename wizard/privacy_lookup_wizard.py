# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models
from odoo.tools import email_normalize

from ..addresses import comparable, spellings


class PrivacyLookupWizard(models.TransientModel):
    """Adds the e-mails and events of a person to Odoo's Privacy Lookup.

    The lookup searches fields with certain names. For a delivery this would be the sender's
    address; events have none of them.
    """

    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        return [*super()._get_query_models_blacklist(), "mail.delivery", "mail.tracking"]

    def _get_query(self):
        query, values = super()._get_query()
        more, more_values = lookup_query(self.env, self.email)
        return query + more, [*values, *more_values]


def lookup_query(env, email):
    """Return the SQL for a person's deliveries and events, to add to the lookup's query.

    :param str email: as entered
    :return: SQL, in which `indirect_references` are the person's contacts, and its parameters
    """
    address = comparable(email_normalize(email))
    model_id = env["ir.model"]._get_id
    query = """
        UNION ALL
        SELECT %s AS res_model_id, id AS res_id, TRUE AS is_active
          FROM mail_delivery
         WHERE recipient = %s OR string_to_array(lower(email_to), ', ') && %s::text[]
            OR partner_id IN (SELECT id FROM indirect_references)
        UNION ALL
        SELECT %s AS res_model_id, event.id AS res_id, TRUE AS is_active
          FROM mail_tracking AS event
          LEFT JOIN mail_delivery AS delivery ON delivery.id = event.delivery_id
         WHERE event.recipient = %s OR event.contact_email = %s
            OR (event.recipient IS NOT DISTINCT FROM delivery.recipient
                AND delivery.partner_id IN (SELECT id FROM indirect_references))
    """
    return query, [
        *(model_id("mail.delivery"), address, list(spellings(address or ""))),
        *(model_id("mail.tracking"), address, address),
    ]
