# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.exceptions import ValidationError
from odoo.tests.common import TransactionCase


class TestDnsSettings(TransactionCase):
    """The resolver settings of the DNS check."""

    def save(self, **values):
        values = {f"mail_dns_{name}": value for name, value in values.items()}
        self.env["res.config.settings"].create(values).execute()
        return self.env["mail.dns.check"]._resolver_settings(7)

    def test_the_system_by_default(self):
        settings = self.env["mail.dns.check"]._resolver_settings(7)
        self.assertEqual((settings.nameservers, settings.doh_url), ((), None))
        self.assertEqual((settings.deadline, settings.authoritative), (7, False))

    def test_a_name_server(self):
        settings = self.save(resolver="nameserver", nameserver=" 192.0.2.1", port=5353)
        self.assertEqual(settings.servers(), [("192.0.2.1", 5353)])
        settings = self.save(resolver="nameserver", nameserver="2001:db8::1", port=53)
        self.assertEqual(settings.servers(), [("2001:db8::1", 53)])

    def test_the_authoritative_servers(self):
        self.assertTrue(self.save(authoritative=True).authoritative)
        self.assertFalse(self.save(authoritative=False).authoritative)

    def test_dns_over_https(self):
        url = "https://dns.example.com/dns-query"
        settings = self.save(resolver="doh", doh_url=url, authoritative=True)
        self.assertEqual((settings.doh_url, settings.authoritative), (url, False))
        self.assertIsNone(self.save(resolver="system").doh_url)

    def test_what_cannot_be_used_is_refused(self):
        for message, values in (
            ("IP address", {"resolver": "nameserver", "nameserver": "ns1.example.com"}),
            ("IP address", {"resolver": "nameserver", "nameserver": False}),
            ("port", {"resolver": "nameserver", "nameserver": "192.0.2.1", "port": 65536}),
            ("port", {"resolver": "nameserver", "nameserver": "192.0.2.1", "port": 0}),
            ("HTTPS", {"resolver": "doh", "doh_url": "http://dns.example.com/"}),
            ("HTTPS", {"resolver": "doh", "doh_url": "https://[::1"}),
            ("HTTPS", {"resolver": "doh", "doh_url": False}),
        ):
            with self.subTest(values=values), self.assertRaisesRegex(ValidationError, message):
                self.save(**values)
