# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import _, api, fields, models
from odoo.exceptions import UserError


class MailProviderIdentity(models.Model):
    """Validating a domain by a file on its website, if the website leads to this Odoo."""

    _inherit = "mail.provider.identity"

    file_name = fields.Char(readonly=True, help="The file in the root of the website.")
    file_url = fields.Char(string="URL of the File", compute="_compute_file")
    is_file_served = fields.Boolean(compute="_compute_file")
    can_serve_file = fields.Boolean(compute="_compute_file")

    @api.depends("file_name", "domain")
    def _compute_file(self):
        hosts = self._own_hosts()
        for record in self:
            names = {record.domain, f"www.{record.domain}"}
            has_file = record.is_domain and record.file_name
            record.file_url = has_file and f"http://{record.domain}/{record.file_name}"
            record.can_serve_file = bool(has_file) and not hosts.isdisjoint(names)
            record.is_file_served = bool(has_file) and bool(record._files())

    @api.model
    def _own_hosts(self):
        """Return the host names of this Odoo, as far as it knows them."""
        urls = [self.env["ir.mail_server"].browse().get_base_url()]
        if "website" in self.env:
            urls += self.env["website"].sudo().search([("domain", "!=", False)]).mapped("domain")
        names = (urlsplit(url if "//" in url else f"//{url}").hostname for url in urls if url)
        return set(names)

    def _files(self):
        """Return the attachments that serve the file."""
        attachments = self.env["ir.attachment"].sudo()
        return attachments.search([("res_model", "=", self._name), ("res_id", "in", self.ids)])

    def action_serve_file(self):
        """Serve the file that the provider looks for.

        :raises UserError: the URL is used by another file
        """
        self.ensure_one()
        self.check_access_rights("write")
        url = f"/{self.file_name}"
        others = self.env["ir.attachment"].sudo().search([("url", "=", url)]) - self._files()
        if not self.file_name or others:
            raise UserError(_("Odoo can't serve this file: another file uses the same URL."))
        self._files().unlink()
        self.env["ir.attachment"].sudo().create(
            {
                "name": self.file_name,
                "url": url,
                # The provider expects an empty file, but Odoo serves no file without content.
                "raw": b"\n",
                "mimetype": "text/plain",
                "public": True,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def action_remove_file(self):
        """Stop serving the file."""
        self.check_access_rights("write")
        self._files().unlink()

    def write(self, vals):
        """When the domain becomes validated, remove the file."""
        result = super().write(vals)
        if vals.get("state") == "active":
            self._files().unlink()
        return result
