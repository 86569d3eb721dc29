# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Odoo's own linters, which read all addons that they find, of this addon alone."""

from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests.common import tagged

from odoo.addons.test_lint.tests import (
    lint_case,
    test_dunderinit,
    test_eslint,
    test_jstranslate,
    test_l10n,
    test_manifests,
    test_markers,
    test_onchange_domains,
    test_override_signatures,
    test_pofile,
    test_routes,
)

ADDON = "mail_mailjet_aldeamo"
FOLDER = Path(get_module_path(ADDON))
# Each for itself: in a checkout they are links, which nobody follows.
FOLDERS = sorted(
    path.name for path in FOLDER.iterdir() if path.is_dir() and path.name not in ("docs", "tests")
)


class OfFiles:
    """The linter takes the folders of the addon for addons."""

    def setUp(self):
        super().setUp()
        self.patch(lint_case, "get_modules", lambda: FOLDERS)
        self.patch(lint_case, "get_module_path", lambda name: str(FOLDER / name))


class OfAddon:
    """The linter finds this addon only."""

    linter = None

    def setUp(self):
        super().setUp()
        self.patch(self.linter, "get_modules", lambda: [ADDON])


class TestDunderinit(OfAddon, test_dunderinit.TestDunderinit):
    linter = test_dunderinit


class TestManifest(OfAddon, test_manifests.ManifestLinter):
    linter = test_manifests


class TestTemplateOfTranslations(OfAddon, test_pofile.PotLinter):
    linter = test_pofile


class TestESLint(OfFiles, test_eslint.TestESLint):
    pass


class TestJsTranslations(OfFiles, test_jstranslate.TestJsTranslations):
    pass


class TestTagsOfTests(OfFiles, test_l10n.L10nLinter):
    pass


class TestOnchangeDomains(OfFiles, test_onchange_domains.TestOnchangeDomains):
    pass


class TestConflictMarkers(OfFiles, test_markers.TestConflictMarkers):
    def test_conflict_markers(self):
        paths = [path for path in self.iter_module_files("*") if path.endswith((".py", ".xml"))]
        self.assertGreater(len(paths), 100)
        for path in paths:
            self.check_file(path)


@tagged("post_install", "-at_install")
class TestOverrideSignatures(test_override_signatures.TestLintOverrideSignatures):
    pass


@tagged("post_install", "-at_install")
class TestRoutes(test_routes.RoutesLinter):
    pass
