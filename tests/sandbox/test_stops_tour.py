# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import HttpCase, tagged

from .test_stops import StopCase

SERVERS = "/web#action=base.action_ir_mail_server_list"


@tagged("post_install", "-at_install")
class TestStopsTour(StopCase, HttpCase):
    """A refused key is shown on the mailing, in the list and as an activity, and corrected."""

    registry_test_mode = False  # see `CommittedCase`

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())

    def test_key_refused_and_mended(self):
        server = self.account_server(
            "aldeamo", "smtp", name="Aldeamo Sandbox", smtp_pass="wrong", delivery_rule="auto"
        )
        self.send_mailing(server)
        self.mailing.mail_server_id = server
        self.watch()
        self.start_tour(
            f"/web#id={self.mailing.id}&model=mailing.mailing&view_type=form",
            "mail_mailjet_aldeamo_stop_marketer",
            login="marketer",
        )
        self.start_tour(SERVERS, "mail_mailjet_aldeamo_stop_admin", login="overseer")
        self.env.invalidate_all()
        self.run_delivery_job()
        self.assertEqual(len(self.aldeamo.received), 1)
        self.assert_fixed(server, "sending")
        self.start_tour(SERVERS, "mail_mailjet_aldeamo_stop_over", login="overseer")
