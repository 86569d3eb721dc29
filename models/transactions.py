# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Retrying transactions after conflicts with concurrent ones."""

import logging
import random
import threading
import time

import psycopg2

from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE, PG_CONCURRENCY_ERRORS_TO_RETRY

_logger = logging.getLogger(__name__)

CLEANING_TIME = 60  # seconds: other cleaning jobs wait meanwhile


def is_concurrent(error):
    """Tell whether the error is a conflict with a concurrent transaction."""
    codes = PG_CONCURRENCY_ERRORS_TO_RETRY
    return isinstance(error, psycopg2.OperationalError) and error.pgcode in codes


def retried(env, step):
    """Run `step` in a transaction of its own and return its result.

    After a conflict, roll back and retry a little later, as often as Odoo retries a request. Then
    raise the error: the job's next run continues.

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
            # Random, so that two conflicting transactions don't meet again.
            time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311


def clean(env, steps):
    """Run each step, in transactions of its own, until there is no more to delete. After a minute,
    leave the rest to another run of Odoo's cleaning job.

    :param steps: functions that return whether there may be more
    """
    deadline = time.monotonic() + CLEANING_TIME
    for step in steps:
        while retried(env, step):
            if time.monotonic() > deadline:
                env.ref("base.autovacuum_job")._trigger()
                return
