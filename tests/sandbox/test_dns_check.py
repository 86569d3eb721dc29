# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import socket
import time
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests.common import TransactionCase, new_test_user, tagged
from odoo.tools.translate import TranslationModuleReader, code_translations

from lab.demo_dns import BROKEN, RIGHT

from ...dns_check import CHECKS, STATUSES
from ...models.mail_dns_check import run as run_module
from ...models.mail_dns_check.packing import DECISIVE
from .dns_common import DnsCase

MARKETER = "base.group_user,mass_mailing.group_mass_mailing_user"


@tagged("post_install", "-at_install")
class TestDnsCheck(DnsCase, TransactionCase):
    """The DNS check as the page calls it."""

    def test_domains_are_proposed(self):
        alias = self.env["mail.alias.domain"].create({"name": "alias.example"})
        self.env.company.write(
            {"email": "info@Firma.example", "website": "https://www.tienda-online.example/es"}
        )
        self.env["res.users"].search([]).partner_id.email = False
        self.mailjet.from_filter = False
        self.env.company.alias_domain_id = alias
        self.assertEqual(self.proposed(), ["alias.example", "firma.example"])
        # This server sends from nothing else.
        self.mailjet.from_filter = "avisos@correo.example, straße.example, not a domain"
        self.assertEqual(self.proposed(), ["correo.example", "xn--strae-oqa.example"])
        values = self.checks.prepare(self.mailjet.id)
        self.assertEqual(values["domains"][1]["name"], "straße.example (xn--strae-oqa.example)")
        self.assertEqual({card["headline"] for card in values["domains"]}, {"Not checked yet"})

    def proposed(self):
        self.env.flush_all()
        return [card["domain"] for card in self.checks.prepare(self.mailjet.id)["domains"]]

    def test_the_website_is_proposed_where_nothing_else_is_known(self):
        self.env["res.users"].search([]).partner_id.email = False
        self.env.company.website = "https://www.tienda-online.example/es"
        self.mailjet.from_filter = False
        self.assertEqual(self.proposed(), ["tienda-online.example"])

    def test_the_first_server_is_proposed(self):
        plain = self.env["ir.mail_server"].create({"name": "Plain", "smtp_host": "localhost"})
        for server_id in (None, plain.id, 0):
            values = self.checks.prepare(server_id)
            self.assertEqual(values["server_id"], self.mailjet.id)
            self.assertNotIn(plain.id, [server["id"] for server in values["servers"]])
        (self.mailjet | self.aldeamo).active = False
        values = self.checks.prepare()
        self.assertEqual((values["servers"], values["domains"]), ([], []))

    def test_a_domain_is_added_as_people_write_it(self):
        for text in ("info@Tienda.example", "https://www.tienda.example/x", " tienda.example. "):
            self.assertEqual(self.checks.add(self.mailjet.id, text)["domain"], BROKEN)
        for text in ("localhost", "192.0.2.1", "a b.example", "//", "[::1", ""):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.checks.add(self.mailjet.id, text)

    def test_a_right_domain(self):
        for server in (self.mailjet, self.aldeamo):
            with self.subTest(server=server.name):
                card = self.check(server, RIGHT)[RIGHT]
                statuses = self.statuses(card)
                self.assertEqual({statuses[name] for name in DECISIVE}, {"ok"})
                self.assertEqual(card["state"], "ok")
                self.assertEqual(card["headline"], f"Ready to send through {server.name}")
                self.assertFalse(any(result["operations"] for result in card["results"]))

    def test_a_broken_domain_is_right_once_the_records_are_published(self):
        for server in (self.mailjet, self.aldeamo):
            with self.subTest(server=server.name):
                before = self.check(server, BROKEN)[BROKEN]
                self.assertEqual(before["state"], "fail")
                self.assertIn("DKIM", before["headline"])
                self.follow(before)
                after = self.check(server, BROKEN)[BROKEN]
                statuses = self.statuses(after)
                self.assertEqual({statuses[name] for name in DECISIVE}, {"ok"})
        # The other provider's records still exist.
        self.assertEqual(self.check(self.mailjet, BROKEN)[BROKEN]["state"], "ok")

    def test_a_right_domain_does_not_wait_for_a_dead_one(self):
        self.dns.trouble("muerta.example", "TIMEOUT")
        self.dns.trouble("*.muerta.example", "TIMEOUT")
        start = time.monotonic()
        cards = self.checks.check(self.aldeamo.id, ["muerta.example", RIGHT], hurry=True)
        self.assertLess(time.monotonic() - start, 4)
        self.assertEqual([card["domain"] for card in cards], [RIGHT])
        self.assertEqual(cards[0]["state"], "ok")
        [late] = self.checks.check(self.aldeamo.id, ["muerta.example"])
        self.assertEqual((late["domain"], late["state"]), ("muerta.example", "unknown"))

    def test_what_became_right_is_said(self):
        first = self.check(self.mailjet, BROKEN)[BROKEN]
        self.assertEqual((first["fixed"], first["is_unchanged"]), ([], False))
        again = self.check(self.mailjet, BROKEN)[BROKEN]
        self.assertEqual((again["fixed"], again["is_unchanged"]), ([], True))
        [dkim] = [result for result in again["results"] if result["name"] == "dkim"]
        for operation in dkim["operations"]:
            self.panel.carry_out(operation)
        after = self.check(self.mailjet, BROKEN)[BROKEN]
        self.assertEqual(after["fixed"], ["DKIM", "Alignment"])
        self.assertFalse(after["is_unchanged"])

    def test_the_letter_to_a_colleague(self):
        card = self.check(self.mailjet, BROKEN)[BROKEN]
        letter = card["letter"]
        self.assertIn(BROKEN, letter["subject"])
        shown = [
            operation
            for result in card["results"]
            if result["name"] in DECISIVE
            for operation in result["operations"]
        ]
        self.assertTrue(shown)
        for operation in shown:
            for part in ("name", "value", "old_value"):
                self.assertIn(operation[part] or "", letter["body"])
        # The SPF record is listed once, although two checks need it.
        self.assertEqual(letter["body"].count("Replace this record"), 2)
        self.assertEqual(letter["body"].count("Remove this record"), 1)
        self.assertIsNone(self.check(self.mailjet, RIGHT)[RIGHT]["letter"])

    def test_results_are_kept(self):
        self.check(self.mailjet, RIGHT, BROKEN)
        cards = {card["domain"]: card for card in self.checks.prepare(self.mailjet.id)["domains"]}
        self.assertEqual(cards[RIGHT]["state"], "ok")
        self.assertTrue(cards[BROKEN]["checked"])
        self.assertEqual(len(cards[BROKEN]["results"]), len(CHECKS))
        self.assertEqual(self.mailjet.dns_check_ids.mapped("state"), ["ok", "fail"])
        self.assertFalse(self.aldeamo.dns_check_ids)
        self.check(self.mailjet, RIGHT)
        self.assertEqual(len(self.mailjet.dns_check_ids), 2)
        self.checks.forget(self.mailjet.id, BROKEN)
        self.assertEqual(self.mailjet.dns_check_ids.mapped("domain"), [RIGHT])
        action = self.mailjet.dns_check_ids.action_open()
        self.assertEqual(action["context"]["active_id"], self.mailjet.id)

    def test_what_mailjet_says(self):
        verdict = self.check(self.mailjet, RIGHT)[RIGHT]["verdict"]
        self.assertEqual({check["status"] for check in verdict["checks"]}, {"unchecked"})
        self.assertFalse(verdict["checked"])
        verdict = self.checks.ask_provider(self.mailjet.id, RIGHT)
        self.assertEqual({check["status"] for check in verdict["checks"]}, {"ok"})
        self.assertTrue(verdict["checked"])
        verdict = self.checks.ask_provider(self.mailjet.id, BROKEN)
        self.assertEqual({check["status"] for check in verdict["checks"]}, {"error"})

    def test_a_domain_that_mailjet_does_not_know(self):
        verdict = self.check(self.mailjet, "otra.example")["otra.example"]["verdict"]
        self.assertIn("does not know this domain", verdict["text"])
        self.assertFalse(verdict["checks"])

    def test_without_a_usable_key(self):
        self.mailjet.write({"smtp_pass": "wrong", "dns_token": "abc", "dns_token_host": "_x"})
        card = self.check(self.mailjet, RIGHT)[RIGHT]
        self.assertIn("key", card["verdict"]["text"])
        statuses = self.statuses(card)
        # The preset has the include and the selector, but accepts any valid key.
        self.assertEqual((statuses["spf_esp"], statuses["dkim"]), ("ok", "ok"))
        self.assertEqual(statuses["ownership"], "fail")
        self.panel.enter(f"_x.{RIGHT}", "TXT", "abc")
        self.assertEqual(self.statuses(self.check(self.mailjet, RIGHT)[RIGHT])["ownership"], "ok")
        self.mailjet.smtp_pass = False
        self.assertIn("credentials", self.check(self.mailjet, RIGHT)[RIGHT]["verdict"]["text"])

    def test_a_provider_that_does_not_answer_costs_three_seconds(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            self.mailjet.api_url = f"https://127.0.0.1:{silent.getsockname()[1]}"
            start = time.monotonic()
            card = self.check(self.mailjet, RIGHT)[RIGHT]
        self.assertLess(time.monotonic() - start, 5)
        self.assertTrue(card["verdict"]["text"])
        self.assertEqual(self.statuses(card)["dkim"], "ok")

    def test_what_aldeamo_wants_has_to_be_entered(self):
        self.aldeamo.write(dict.fromkeys(self.dns.aldeamo, False))
        card = self.check(self.aldeamo, RIGHT)[RIGHT]
        statuses = self.statuses(card)
        names = ("ownership", "spf_esp", "dkim")
        self.assertEqual({statuses[name] for name in names}, {"info"})
        self.assertEqual(card["state"], "info")
        self.assertIsNone(card["verdict"])

    def test_a_tracking_domain_of_ones_own(self):
        self.mailjet.dns_tracking_host = f"enlaces.{RIGHT}"
        results = self.check(self.mailjet, RIGHT)[RIGHT]["results"]
        [tracking] = [result for result in results if result["name"] == "tracking"]
        self.assertEqual(tracking["status"], "warning")
        [record] = tracking["operations"]
        self.assertEqual((record["type"], record["host"]), ("CNAME", "enlaces"))

    def test_a_dead_resolver_is_unknown_within_the_deadline(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            port = silent.getsockname()[1]
            self.env["ir.config_parameter"].set_param("mail_mailjet_aldeamo.dns_port", port)
            start = time.monotonic()
            with patch.object(run_module, "DEADLINE", 2):
                cards = self.check(self.mailjet, RIGHT, BROKEN)
        self.assertLess(time.monotonic() - start, 3)
        for card in cards.values():
            self.assertEqual(card["state"], "unknown")
            self.assertLessEqual(set(self.statuses(card).values()), {"unknown", "info"})

    def test_a_resolver_that_is_none(self):
        set_param = self.env["ir.config_parameter"].set_param
        set_param("mail_mailjet_aldeamo.dns_nameserver", "ns1.example")
        with self.assertRaisesRegex(UserError, "name server"):
            self.check(self.mailjet, RIGHT)

    def test_hostile_contents_can_be_kept(self):
        self.panel.enter(BROKEN, "TXT", b"v=spf1 \x00\xff<script>alert(1)</script> -all")
        self.panel.enter(f"_dmarc.{BROKEN}", "TXT", b"v=DMARC1; p=\xed\xa0\x80\x00<b>; rua=%(x)s")
        card = self.check(self.mailjet, BROKEN)[BROKEN]
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(card["results"], self.mailjet.dns_check_ids._card()["results"])
        self.assertIn("<script>", str(card["results"]))

    def test_only_administrators(self):
        for login, groups in (("employee", "base.group_user"), ("marketer", MARKETER)):
            user = new_test_user(self.env, login, groups=groups)
            checks = self.checks.with_user(user)
            for method, arguments in (
                ("prepare", []),
                ("add", [self.mailjet.id, RIGHT]),
                ("check", [self.mailjet.id, [RIGHT]]),
                ("ask_provider", [self.mailjet.id, RIGHT]),
                ("forget", [self.mailjet.id, RIGHT]),
                ("search", [[]]),
            ):
                with self.subTest(login=login, method=method), self.assertRaises(AccessError):
                    getattr(checks, method)(*arguments)
            for name in ("dns_token", "dns_check_ids", "dns_watch"):
                with self.subTest(login=login, field=name), self.assertRaises(AccessError):
                    self.mailjet.with_user(user).read([name])

    def test_texts_are_translated(self):
        module = "mail_mailjet_aldeamo"
        terms = {row[4] for row in TranslationModuleReader(self.env.cr, [module])}
        marked = {text for check in CHECKS.values() for text in (check.title, check.why)}
        self.assertLessEqual(marked | set(STATUSES.values()), terms)
        spanish = {
            "Ownership": "Propiedad",
            "Wrong": "Mal",
            "There is no key at %(name)s.": "Falta la clave en %(name)s.",
        }
        self.env["res.lang"]._activate_lang("es_ES")
        key = (module, "es_ES")
        with patch.dict(code_translations.python_translations, {key: spanish}):
            cards = self.checks.with_context(lang="es_ES").check(self.mailjet.id, [BROKEN])
            results = {result["name"]: result for result in cards[0]["results"]}
        self.assertEqual(results["ownership"]["title"], "Propiedad")
        self.assertEqual(results["ownership"]["word"], "Mal")
        [problem] = results["dkim"]["problems"]
        self.assertEqual(problem["texts"][0], f"Falta la clave en mailjet._domainkey.{BROKEN}.")
        # Stored without a language: each user reads his own.
        english = self.mailjet.dns_check_ids.with_context(lang="en_US")._card()["results"]
        self.assertEqual(english[0]["title"], "Ownership")
