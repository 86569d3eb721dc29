# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import hashlib
import hmac
import json
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests.common import Form, HttpCase, TransactionCase, tagged

from ..providers import PROVIDERS
from ..providers.aldeamo import Aldeamo
from ..providers.authentication import Authentication, same
from .common import ProviderCase


class SmtpOnly(Aldeamo):
    code = "smtp_only"
    name = "SMTP Only"
    api = templates = None


class ApiOnly(Aldeamo):
    code = "api_only"
    name = "API Only"
    smtp = None


class Signature(Authentication):
    """As some providers sign their posts: with a key that they show, over the body."""

    key_label = "Signing Key"
    key_help = "The provider shows it beside the webhook."
    needs_body = True

    def is_authentic(self, header, body, key):
        return same(self.headers(body, key)["X-Signature"], header("X-Signature"))

    def headers(self, body, key):
        return {"X-Signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


class Signed(Aldeamo):
    code = "signed"
    name = "Signed"
    authentication = Signature()


INVENTED = {provider.code: provider for provider in (SmtpOnly(), ApiOnly(), Signed())}


class InventedCase:
    """With providers that don't exist, whose abilities differ."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.dict(PROVIDERS, INVENTED))


@tagged("post_install", "-at_install")
class TestAbilities(InventedCase, TransactionCase):
    """A provider need not be able to do everything."""

    def make(self, code, **values):
        return self.env["ir.mail_server"].create({"provider": code, **values})

    def test_smtp_only(self):
        server = self.make("smtp_only", smtp_user="empresa", smtp_pass="secreto")
        self.assertEqual((server.transport, server.smtp_port), ("smtp", 2589))
        self.assertFalse(server.has_transport_choice or server.api_url or server.provider_api_help)
        self.assertTrue(server._transport_limits("smtp"))
        self.assertIsNone(server._transport_limits("api"))
        self.assertFalse(server._has_api_credentials() or server._has_template_list())
        with self.assertRaises(ValidationError):
            server.write({"transport": "api", "api_key": "k", "api_url": "https://x.example"})

    def test_api_only(self):
        server = self.make("api_only", api_key="k")
        self.assertEqual((server.transport, server.smtp_host), ("api", False))
        self.assertFalse(server.has_transport_choice)
        self.assertTrue(server.has_api_key)
        self.assertTrue(server._transport_limits("api"))
        self.assertIsNone(server._transport_limits("smtp"))
        with self.assertRaises(ValidationError):
            server.transport = "smtp"

    def test_the_form_follows(self):
        form = Form(self.env["ir.mail_server"])
        form.provider = "api_only"
        self.assertEqual((form.transport, form.name), ("api", "API Only"))
        form.provider = "smtp_only"
        self.assertEqual((form.transport, form.name), ("smtp", "SMTP Only"))
        form.provider = "aldeamo"
        self.assertEqual((form.transport, form.smtp_port), ("smtp", 2589))
        form.smtp_user, form.smtp_pass = "empresa", "secreto"
        self.assertTrue(form.save().has_transport_choice)

    def test_another_provider_sends_in_its_own_way(self):
        server = self.make("api_only", api_key="k")
        server.write({"provider": "smtp_only", "smtp_user": "empresa", "smtp_pass": "secreto"})
        self.assertEqual((server.transport, server.smtp_port), ("smtp", 2589))

    def test_without_templates(self):
        server = self.make("smtp_only", smtp_user="empresa", smtp_pass="secreto")
        template = self.env["mail.template"].create(
            {"name": "a", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        template.mail_server_id = server
        self.assertFalse(template.provider_template_help)
        with self.assertRaises(ValidationError):
            template.provider_template = "42eqy7oaigql"

    def test_every_step_of_the_checklist_says_something(self):
        for code, provider in INVENTED.items():
            with self.subTest(provider=code):
                values = {"smtp_user": "empresa", "smtp_pass": "secreto"} if provider.smtp else {}
                server = self.make(code, **values, api_key="k")
                for step in server._checklist():
                    self.assertTrue(step["reason"], step["code"])


@tagged("post_install", "-at_install")
class TestSignedWebhook(InventedCase, ProviderCase, HttpCase):
    """A provider that signs what it posts."""

    provider = "signed"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()
        cls.server.webhook_password = "clave"
        cls.body = json.dumps({"event": "open", "type": "SMTP", "email": "ana@example.com"})

    def post(self, body, key="clave", token=None):
        self.env.flush_all()
        headers = Signature().headers(body.encode(), key) if key else {}
        url = f"{self.base_url()}/mail_provider/{token or self.token}"
        return self.opener.post(url, body.encode(), headers=headers).status_code

    def test_it_must_be_signed(self):
        self.assertEqual(self.post(self.body, key=None), 401)
        self.assertEqual(self.post(self.body, key="otra"), 401)
        self.assertEqual(self.post(self.body, token=f"{self.server.id}-wrong"), 404)
        self.assertFalse(self.env["mail.tracking"].search([("provider", "=", "signed")]))
        self.assertEqual(self.post(self.body), 200)
        event = self.env["mail.tracking"].search([("provider", "=", "signed")])
        self.assertEqual(event.event_type, "opened")

    def test_before_the_key_is_entered_the_url_is_the_secret(self):
        self.server.webhook_password = False
        self.assertEqual(self.post(self.body, key=None), 200)

    def test_another_url_has_the_same_key(self):
        former = self.token
        self.server.action_rotate_webhook_secret()
        self.assertFalse(self.server.webhook_user)
        for token in (former, f"{self.server.id}-{self.server.webhook_secret}"):
            self.assertEqual(self.post(self.body, key=None, token=token), 401)
            self.assertEqual(self.post(self.body, token=token), 200)

    def test_another_provider_has_another_key(self):
        former = self.token
        self.server.provider = "aldeamo"
        self.assertFalse(self.server.webhook_password)
        self.assertEqual(self.post(self.body, key=None, token=former), 401)
        self.assertEqual(self.post(self.body, token=former), 200)

    def test_odoo_signs_its_own_test(self):
        with patch.object(type(self.server), "get_base_url", lambda _self: self.base_url()):
            self.env.flush_all()
            self.assertEqual(self.server._post_test_event().status_code, 200)
