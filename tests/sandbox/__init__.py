# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Tests against the providers' stand-ins in `lab/sandbox`, which `make test` puts on the path."""
