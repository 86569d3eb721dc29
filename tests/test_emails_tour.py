# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import HttpCase, new_test_user, tagged

from .axe import axe
from .common import ProviderCase
from .test_access import MARKETER
from .test_apply import SOFT

ACTION = "mail_mailjet_aldeamo.mail_delivery_action"


class EmailsTourCase(ProviderCase, HttpCase):
    """An email that was opened and clicked, and one that bounced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()
        new_test_user(cls.env, "marketer", groups=MARKETER)

    def setUp(self):
        super().setUp()
        ana, leo = self.make_trace("ana@example.com"), self.make_trace("leo@example.com")
        self.email = ana.mail_delivery_ids
        link = self.env["link.tracker"].create(
            {"url": "https://empresa.example/sale", "title": "Sale"}
        )
        _sent, *opened, _clicked, bounced = self.apply(
            self.aldeamo_event(ana, "sent"),
            *(
                self.aldeamo_event(ana, "open", timestamp=f"2026-03-02 08:0{minute}:00")
                for minute in range(3)
            ),
            self.aldeamo_event(
                ana, "click", timestamp="2026-03-02 09:00:00", destination=link.short_url
            ),
            self.aldeamo_event(leo, "bounce", **SOFT),
        )
        machine, *people = opened
        machine.machine = machine._fields["machine"].get_values(self.env)[0]
        for event in people:
            event.write({"client": "Gmail", "system": "Android", "device_type": "mobile"})
        self.email.write(dict.fromkeys(("create_date", "accepted_at"), "2026-03-02 06:00:00"))
        leo.mail_delivery_ids.write({"failure": "mailbox_full"})
        bounced.failure = "mailbox_full"

    def walk(self, tour, place, login):
        self.start_tour(
            f"/web?axe={axe(self.env)}#{place}", f"mail_mailjet_aldeamo_{tour}", login=login
        )


@tagged("post_install", "-at_install", "slow")
class TestEmailsTour(EmailsTourCase):
    """A marketer and an administrator look up the outcome of an email."""

    def test_marketer_finds_what_became_of_an_email(self):
        self.walk("emails", f"action={ACTION}", "marketer")

    def test_administrator_makes_a_contact_anonymous(self):
        partner = self.env["res.partner"].create({"name": "Ana", "email": "ana@example.com"})
        self.walk("anonymize", f"model=res.partner&id={partner.id}&view_type=form", "admin")
        self.env.invalidate_all()
        self.assertTrue(self.email.is_anonymous)


@tagged("post_install", "-at_install", "slow")
class TestEmailsTourOnAPhone(EmailsTourCase):
    browser_size = "400x800"
    touch_enabled = True

    def test_why_an_email_did_not_arrive(self):
        self.walk("emails_phone", f"action={ACTION}", "marketer")
