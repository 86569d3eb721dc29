# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import polib

from odoo.tests.common import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    def test_spanish_is_complete(self):
        terms = {row[4] for row in TranslationModuleReader(self.env.cr, ["mail_mailjet_aldeamo"])}
        spanish = polib.pofile(file_path("mail_mailjet_aldeamo/i18n/es.po"))
        translated = {entry.msgid for entry in spanish.translated_entries()}
        self.assertEqual(terms - translated, set())
        self.assertEqual(translated - terms, set(), "no longer used")
