# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import polib

from odoo.tests.common import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader, code_translations

from ..dns_check import ACTIONS, CHECKS, MESSAGES, STATUSES, Text
from ..dns_check.net.answer import ERRORS
from ..dns_check.paste_errors import first_paste_error
from ..dns_check.result import Problem, conclude
from ..models.mail_dns_check.packing import pack
from ..providers.aldeamo.errors import NAMES
from ..providers.base import Text as Words
from ..providers.mailjet.errors import CODES, RESOURCE_CODES, outcome_of_mail

MODULE = "mail_mailjet_aldeamo"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The template has all that there is to translate; `standalone/test_texts.py` the rest."""

    def test_the_template_is_complete(self):
        """`make translations` writes it."""
        self.env.cr.execute(
            """
            SELECT ours.module || '.' || ours.name
              FROM ir_model_data ours
              JOIN ir_model_data theirs USING (model, res_id)
             WHERE ours.module = %s AND theirs.module != ours.module
            """,
            [MODULE],
        )
        # Models and fields that the addon extends: Odoo exports their labels with it, too, and
        # would put our words in the place of Odoo's own.
        not_ours = {name for (name,) in self.env.cr.fetchall()}
        terms = {
            term
            for _module, _type, _name, record, term, *_more in TranslationModuleReader(
                self.env.cr, [MODULE]
            )
            if record not in not_ours
        }
        template = polib.pofile(file_path(f"{MODULE}/i18n/{MODULE}.pot"))
        self.assertEqual({entry.msgid for entry in template}, terms)

    def test_the_labels_of_odoo_stay(self):
        """Odoo's own records keep its words, also where ours overwrite what is there."""
        self.env["res.lang"]._activate_lang("es_419")
        modules = self.env.ref("base.module_mail") + self.env.ref(f"base.module_{MODULE}")
        modules._update_translations(["es_419"], overwrite=True)
        field = self.env["ir.model.fields"]._get("mail.template", "mail_server_id")
        label = field.with_context(lang="es_419").field_description
        self.assertEqual(label, "Servidor de correo saliente")


@tagged("post_install", "-at_install")
class TestShownInSpanish(TransactionCase):
    """Texts from outside the models."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("es_ES")
        cls.spanish = cls.env["ir.mail_server"].with_context(lang="es_ES")
        cls.check = cls.env["mail.dns.check"].with_context(lang="es_ES")
        cls.po = {e.msgid: e.msgstr for e in polib.pofile(file_path(f"{MODULE}/i18n/es.po"))}

    def test_a_provider_error(self):
        error = {"ErrorCode": "mj-0007", "ErrorMessage": "No recipient."}
        self.assertEqual(
            self.spanish._translate_text(outcome_of_mail(error).reason),
            "El correo no tiene destinatario: introduzca una dirección en el contacto. "
            "(Mailjet: mj-0007, No recipient.)",
        )

    def test_every_provider_error(self):
        meanings = [*CODES.values(), *RESOURCE_CODES.values(), *NAMES.values()]
        for template in {meaning.template for meaning in meanings}:
            with self.subTest(template):
                self.assertEqual(self.spanish._translate_text(Words(template)), self.po[template])

    def test_a_dns_advice(self):
        problem = Problem.of("spf_mistaken", what=first_paste_error('v=spf1" -all'))
        found = Text("The name %(name)s does not exist", name="example.com")
        shown = self.check._shown(pack(conclude("spf", [problem], found=found)))
        self.assertEqual(
            shown["problems"][0]["texts"],
            [
                "Un registro parece SPF, pero no es válido: en la posición 7: unas comillas.",
                "Los receptores actúan como si el registro no existiera.",
                "Corrija el registro en el DNS y vuelva a comprobarlo.",
            ],
        )
        self.assertEqual(shown["found"], "El nombre example.com no existe")
        self.assertEqual((shown["title"], shown["word"]), ("Registro SPF", "Incorrecto"))
        self.assertTrue(shown["why"].startswith("SPF es la lista"))

    def test_the_words_of_the_dns_check(self):
        words = {*STATUSES.values(), *ERRORS.values(), *ACTIONS.values()}
        for message in MESSAGES.values():
            words |= {message.wrong, message.leads_to, message.todo, message.by_hand} - {""}
        words |= {word for check in CHECKS.values() for word in (check.title, check.why)}
        for word in words:
            with self.subTest(word):
                self.assertEqual(self.check._translated(word), self.po[word])

    def test_without_a_request(self):
        """A job has no request whose language Odoo could take."""
        tracking = self.env["mail.tracking"].with_context(lang="es_ES")
        choices = dict(tracking.fields_get(["event_type"])["event_type"]["selection"])
        self.assertEqual(choices["delivered"], "Entregado")
        wizard = self.env["mail.provider.identity.add"].with_context(lang="es_ES")
        choices = dict(wizard.fields_get(["email_type"])["email_type"]["selection"])
        self.assertTrue(choices["bulk"].startswith("Masivo"))

    def test_the_words_of_the_browser(self):
        messages = code_translations.get_web_translations(MODULE, "es_ES")["messages"]
        shown = {message["id"]: message["string"] for message in messages}
        for word in ("Asking the DNS…", "name does not exist", "Send These Records to a Colleague"):
            self.assertEqual(shown[word], self.po[word])
