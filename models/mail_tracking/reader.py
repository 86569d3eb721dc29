# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import _, api, fields, models, tools

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
    """Device, place and link of an open or a click, and their texts.

    The job derives device and place, because the webhook has to answer fast.
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

    def _device_words(self):
        """Return mail client, system and kind of device; "" if nothing is known."""
        client = self.client or self.system
        if self.client and self.system:
            client = _("%(client)s on %(system)s", client=self.client, system=self.system)
        labels = dict(self._fields["device_type"]._description_selection(self.env))
        return ", ".join(filter(None, (client, labels.get(self.device_type))))

    def _place_words(self):
        """Return city and country, or the place as reported; "" if it is not known."""
        return ", ".join(filter(None, (self.city, self.country_id.name))) or self.place or ""

    def _link_targets(self):
        """Return clicked link → its target, for Odoo's own short links."""
        codes = {url: short_link_code(url) for url in filter(None, self.mapped("url"))}
        found = self.env["link.tracker.code"].search(
            [("code", "in", [code for code in codes.values() if code])]
        )
        targets = {code.code: code.link_id.url for code in found}
        return {url: targets.get(code, url) for url, code in codes.items()}


def short_link_code(url):
    """Return the code of Odoo's short link ``/r/<code>`` or ``/r/<code>/m/…``, or None."""
    try:
        parts = urlsplit(url).path.split("/")
    except ValueError:
        return None
    return parts[2] if len(parts) in (3, 5) and parts[:2] == ["", "r"] else None
