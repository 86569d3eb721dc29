# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json

from odoo.tests.common import HttpCase, tagged

from lab.demo_dns import BROKEN

from .dns_common import DnsCase


@tagged("post_install", "-at_install")
class TestDnsTour(DnsCase, HttpCase):
    """The DNS check in a browser."""

    def test_publishing_what_is_shown_puts_everything_right(self):
        form = f"/web#id={self.mailjet.id}&model=ir.mail_server&view_type=form"
        self.start_tour(form, "mail_mailjet_aldeamo_dns_broken", login="admin")
        shown = json.loads(self.env["ir.config_parameter"].get_param("dns_tour_operations"))
        self.assertGreaterEqual(len(shown), 4)
        for operation in shown:
            self.panel.carry_out(operation)
        self.start_tour(form, "mail_mailjet_aldeamo_dns_mended", login="admin")
        self.assertEqual(self.mailjet.dns_check_ids.mapped("state"), ["ok", "ok"])

    def test_what_stands_in_the_dns_is_text(self):
        attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
        for name in (f"_dmarc.{BROKEN}", f"mailjet._domainkey.{BROKEN}"):
            self.panel.enter(name, "TXT", f"v=DMARC1; p={attack}")
        self.panel.enter(BROKEN, "TXT", f"v=spf1 include:<b>{attack}</b> {attack} -all")
        self.start_tour(
            f"/web#action=mail_mailjet_aldeamo.mail_dns_check_action&active_id={self.mailjet.id}",
            "mail_mailjet_aldeamo_dns_hostile",
            login="admin",
        )
