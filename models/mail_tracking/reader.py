# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models, tools

from ...user_agents.agent import DEVICE_TYPES, read_agent
from ...user_agents.machines import MACHINES

# Columns that the job fills → their types in PostgreSQL
FACTS = {
    "client": "text",
    "system": "text",
    "device_type": "text",
    "country_id": "int",
    "is_elsewhere": "bool",
}


class MailTracking(models.Model):
    """Device and place of an open or a click.

    The job derives them, because the webhook has to answer fast.
    """

    _inherit = "mail.tracking"

    client = fields.Char(
        string="Mail Client or Browser", help="The name that the program itself reports."
    )
    system = fields.Char(string="Operating System")
    device_type = fields.Selection(
        list(DEVICE_TYPES.items()),
        string="Device",
        help="iPads usually report themselves as computers.",
    )
    # As reported; the job sets `country_id`.
    country = fields.Char(string="Reported Country", groups="base.group_system")
    country_id = fields.Many2one("res.country", ondelete="set null")
    country_code = fields.Char(related="country_id.code")
    city = fields.Char()
    machine = fields.Selection(
        list(MACHINES.items()),
        string="Probably a Machine",
        help="Why Odoo thinks that a machine opened or clicked, not a person.",
    )

    @api.model
    def _facts_of(self, event):
        """Return the values of `FACTS` of an event, in their order.

        If a proxy loads pictures for a person, the place is the proxy's: no country.

        :param PendingEvent event:
        """
        agent = read_agent(event.user_agent)
        if agent.is_proxy:
            return agent.client, None, None, None, True
        country = event.country and self._country_ids().get(event.country.casefold())
        device_type = event.device_type or agent.device_type
        return agent.client, agent.system, device_type, country, False

    @api.model
    @tools.ormcache()
    def _country_ids(self):
        """Return lower-case code or English name → country's id."""
        self.env.cr.execute("SELECT id, code, name->>'en_US' FROM res_country")
        return {
            key.casefold(): id_
            for id_, code, name in self.env.cr.fetchall()
            for key in (name, code)
            if key
        }
