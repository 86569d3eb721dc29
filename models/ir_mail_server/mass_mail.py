# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

# Distance between the priority numbers of other servers and those for mass mail.
SEQUENCE_GAP = 10


class IrMailServer(models.Model):
    """Servers kept for mass mail, so that an invoice never waits behind a newsletter.

    Odoo's own guide to providers asks that the priority number of such a server be greater than
    that of every other one.
    """

    _inherit = "ir.mail_server"

    mass_mail = fields.Boolean(
        string="For Mass Mail Only",
        help="Odoo does not choose this server for other emails as long as there is another "
        "server. Its priority number must be greater than the numbers of all other servers.",
    )
    is_mass_mailing_default = fields.Boolean(compute="_compute_is_mass_mailing_default")

    def _compute_is_mass_mailing_default(self):
        default_id = self.env["mailing.mailing"]._get_default_mail_server_id()
        for server in self:
            server.is_mass_mailing_default = bool(server.id) and server.id == default_id

    @api.onchange("mass_mail")
    def _onchange_mass_mail(self):
        if self.mass_mail:
            self.sequence = self._mass_mail_sequence(self.sequence)

    def _make_room_for_mass_mail(self, vals):
        """Return the servers that `vals` turns into servers for mass mail, each with its new
        priority number if that changes.

        :param dict vals: of `write`
        """
        if not vals.get("mass_mail") or "sequence" in vals:
            return []
        numbers = [(server, server._mass_mail_sequence(server.sequence)) for server in self]
        return [(server, number) for server, number in numbers if number != server.sequence]

    def _mass_mail_sequence(self, sequence):
        """Return the priority number for a server for mass mail.

        :param int sequence: its current number; kept if it is great enough
        """
        others = self.sudo().search([("mass_mail", "=", False), ("id", "not in", self._origin.ids)])
        default = self.default_get(["sequence"])["sequence"]
        # A server that is added later gets the default number, which must be smaller.
        highest = max([*others.mapped("sequence"), default])
        return sequence if sequence > highest else highest + SEQUENCE_GAP

    @api.constrains("mass_mail", "sequence", "active")
    def _check_mass_mail_sequence(self):
        """Check all servers once, at the end of the transaction.

        Dragging a line in the list writes one server after the other: the order may be wrong
        until the last one is written.
        """
        precommit = self.env.cr.precommit
        if not precommit.data.get("mail_mailjet_aldeamo.mass_mail_sequence"):
            precommit.data["mail_mailjet_aldeamo.mass_mail_sequence"] = True
            precommit.add(self.env["ir.mail_server"].sudo()._check_mass_mail_sequences)

    @api.model
    def _check_mass_mail_sequences(self):
        """Check that the servers for mass mail come after all others.

        :raises ValidationError: two servers are in the wrong order; the text says what to do
        """
        servers = self.search([("active", "=", True)])
        mass_mail = servers.filtered("mass_mail").sorted("sequence")[:1]
        other = servers.filtered(lambda server: not server.mass_mail).sorted("sequence")[-1:]
        if mass_mail and other and mass_mail.sequence <= other.sequence:
            raise ValidationError(
                _(
                    "“%(mass_mail)s” is for mass mail only. So its priority number "
                    "(%(mass_mail_sequence)s) must be greater than the number of “%(other)s” "
                    "(%(other_sequence)s). Otherwise Odoo would send other emails through it. Give "
                    "“%(mass_mail)s” a greater number or “%(other)s” a smaller number.",
                    mass_mail=mass_mail.name,
                    mass_mail_sequence=mass_mail.sequence,
                    other=other.name,
                    other_sequence=other.sequence,
                )
            )

    def _find_mail_server(self, email_from, mail_servers=None):
        """When Odoo chooses a server, skip those for mass mail: a filter beats the order."""
        if mail_servers is None:
            mail_servers = self.sudo().search([("active", "=", True)], order="sequence")
        others = mail_servers.filtered(lambda server: server.active and not server.mass_mail)
        return super()._find_mail_server(email_from, others or mail_servers)

    def action_use_for_mass_mailing(self):
        """Make this the server of all new mass mailings (Settings ▸ Dedicated Server)."""
        self.ensure_one()
        self.mass_mail = True
        set_param = self.env["ir.config_parameter"].set_param
        set_param("mass_mailing.outgoing_mail_server", True)
        set_param("mass_mailing.mail_server_id", self.id)
        return self._notice(_("New mass mailings will be sent through “%s”.", self.name))
