# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Transactions that are tried again where PostgreSQL asks for that."""

import psycopg2

from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY


def is_concurrent(error):
    """Tell whether PostgreSQL wants it tried again: somebody else wrote to the same records."""
    codes = PG_CONCURRENCY_ERRORS_TO_RETRY
    return isinstance(error, psycopg2.OperationalError) and error.pgcode in codes
