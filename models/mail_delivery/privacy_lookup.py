# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, models
from odoo.tools import email_normalize

from ...addresses import comparable, spellings

LOOKUP = "privacy.lookup.wizard"


class MailDelivery(models.Model):
    """Has Odoo's Privacy Lookup find the e-mails and events of a person, where it is installed.

    It looks for fields of certain names. Of a delivery that would be the sender's address, and an
    event has none of them.
    """

    _inherit = "mail.delivery"

    def _register_hook(self):
        """Extend the lookup: as it needn't be installed, no class can inherit it."""
        super()._register_hook()
        if LOOKUP not in self.env:
            return
        lookup = self.env.registry[LOOKUP]

        def _get_query_models_blacklist(self):
            models_left_out = super(lookup, self)._get_query_models_blacklist()
            return [*models_left_out, "mail.delivery", "mail.tracking"]

        def _get_query(self):
            query, values = super(lookup, self)._get_query()
            more, more_values = self.env["mail.delivery"]._lookup_query(self.email)
            return query + more, [*values, *more_values]

        lookup._get_query_models_blacklist = _get_query_models_blacklist
        lookup._get_query = _get_query

    @api.model
    def _lookup_query(self, email):
        """Return what finds a person's deliveries and events, to be added to the lookup's query.

        :param str email: as it was entered
        :return: SQL, in which `indirect_references` are the person's contacts, and its parameters
        """
        address = comparable(email_normalize(email))
        model_id = self.env["ir.model"]._get_id
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

    @api.model
    def _offer_in_privacy_lookup(self):
        """Add the action to what the lookup has found."""
        model = self.env["ir.model"]._get(f"{LOOKUP}.line")
        if not model:
            return
        values = {
            "name": "Make Emails Anonymous",
            "model_id": model.id,
            "binding_model_id": model.id,
            "binding_view_types": "list",
            "groups_id": [(6, 0, self.env.ref("base.group_system").ids)],
            "state": "code",
            "code": 'action = env["mail.delivery.anonymization"].open_for(records)',
        }
        xml_id = "mail_mailjet_aldeamo.privacy_lookup_line_action_anonymize_emails"
        self.env["ir.actions.server"]._load_records([{"xml_id": xml_id, "values": values}])
