# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import fields
from odoo.tests.common import new_test_user

from .common import ProviderTransactionCase
from .test_access import MARKETER

ACTIONS = ("mail_tracking_action", "mail_delivery_action")


class TestEmptyLists(ProviderTransactionCase):
    """The text of an empty list is correct for each user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)
        cls.administrator = new_test_user(
            cls.env, "administrator", groups="base.group_user,base.group_system"
        )
        cls.env["mail.tracking"].search([]).unlink()
        cls.env["mail.delivery"].search([]).unlink()

    def words(self, action, user):
        """Return the help text as the web client loads it."""
        action = self.env.ref(f"mail_mailjet_aldeamo.{action}").with_user(user)
        return action.sudo()._get_action_dict()["help"]

    def test_nothing_was_reported_as_the_webhook_is_not_set_up(self):
        texts = [self.words("mail_tracking_action", user) for user in self.people()]
        self.assertIn("First an administrator must set up the webhook", texts[0])
        self.assertIn("First set up the webhook on the outgoing mail server", texts[1])

    def people(self):
        return self.marketer, self.administrator

    def test_nothing_was_reported_yet(self):
        for name in ("webhook_registered_datetime", "webhook_entered_datetime"):
            self.server[name] = fields.Datetime.now()
            for user in self.people():
                text = self.words("mail_tracking_action", user)
                self.assertIn("The webhook is set up", text)
                self.assertNotIn("must", text)
            self.server[name] = False

    def test_no_server(self):
        self.env["ir.mail_server"].search([]).active = False
        for user in self.people():
            for action in ACTIONS:
                self.assertIn("outgoing mail server", self.words(action, user))

    def test_nothing_was_sent(self):
        for user in self.people():
            text = self.words("mail_delivery_action", user)
            self.assertIn("No email yet", text)
            self.assertNotIn("filter", text)
            self.assertNotIn("chatter", text)

    def test_nothing_fits(self):
        self.apply(self.aldeamo_event(self.make_trace("ana@example.com"), "open"))
        for action in ACTIONS:
            text = self.words(action, self.administrator)
            self.assertIn("to show here", text)
            self.assertIn("Remove the filter or the search to see more", text)
            for word in ("webhook", "yet", "mailings"):
                self.assertNotIn(word, text)

    def test_who_lacks_the_right_is_told_so(self):
        self.make_delivery("ana@example.com")
        self.receive({"event": "sent", "type": "SMTP", "email": "ana@example.com"})
        for action in ACTIONS:
            model = self.env.ref(f"mail_mailjet_aldeamo.{action}").res_model
            self.assertFalse(self.env[model].with_user(self.marketer).search([]))
            text = self.words(action, self.marketer)
            self.assertIn("of mailings", text)
            self.assertNotIn("webhook", text)
