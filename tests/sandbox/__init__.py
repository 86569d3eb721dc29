# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tests with the fake providers of `lab/sandbox`, which `make test` adds to the path."""
