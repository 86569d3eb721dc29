# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Transactions that are tried again where PostgreSQL asks for that."""

import logging
import random
import threading
import time

import psycopg2

from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE, PG_CONCURRENCY_ERRORS_TO_RETRY

_logger = logging.getLogger(__name__)


def is_concurrent(error):
    """Tell whether PostgreSQL wants it tried again: somebody else wrote to the same records."""
    codes = PG_CONCURRENCY_ERRORS_TO_RETRY
    return isinstance(error, psycopg2.OperationalError) and error.pgcode in codes


def retried(env, step):
    """Run `step` in a transaction of its own and return its result.

    Where others write to the same records all of it is undone, and done again a little later, as
    often as Odoo tries a request. Then the error is raised: the job's next run goes on.

    :param odoo.api.Environment env: whose transaction is committed
    """
    if getattr(threading.current_thread(), "testing", False):
        result = step()  # in the test's transaction
        env.flush_all()
        env.invalidate_all()
        return result
    attempt = 0
    while True:
        attempt += 1
        try:
            result = step()
            env.cr.commit()  # pylint: disable=invalid-commit
            return result
        except Exception as error:
            env.cr.rollback()
            if not is_concurrent(error) or attempt >= MAX_TRIES_ON_CONCURRENCY_FAILURE:
                raise
            _logger.info("Others write to the same records; trying again: %s", error)
            # As two that are in each other's way would be again.
            time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311
