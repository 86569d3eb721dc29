# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from urllib.parse import urlsplit

from odoo import _, models


class MailTracking(models.Model):
    """Texts about the reader of an event."""

    _inherit = "mail.tracking"

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
