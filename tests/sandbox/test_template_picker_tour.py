# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo.tests.common import HttpCase, tagged

from .test_template_picker import PickerCase


@tagged("post_install", "-at_install")
class TestTemplatePickerTour(PickerCase, HttpCase):
    """A marketer chooses the provider's template by its name, after the preview."""

    registry_test_mode = False  # see `CommittedCase`

    def test_picked(self):
        mailing = self.new_mailing()
        self.start_tour(
            f"/web#id={mailing.id}&model=mailing.mailing&view_type=form",
            "mail_mailjet_aldeamo_template_picker",
            login="marketer",
        )
        mailing.invalidate_recordset()
        self.assertEqual(mailing.provider_template, "42")
