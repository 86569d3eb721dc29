# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
import random
import threading
import time

from odoo import api, models
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE

from ..transactions import is_concurrent

_logger = logging.getLogger(__name__)


class MailTracking(models.Model):
    """Transactions of the jobs: small ones, tried again where PostgreSQL asks for that."""

    _inherit = "mail.tracking"

    @api.model
    def _retried(self, step):
        """Run `step` in a transaction of its own and return its result.

        Where others write to the same records all of it is undone, and done again a little
        later, as often as Odoo tries a request. Then the error is raised: the job's next run
        goes on.
        """
        if getattr(threading.current_thread(), "testing", False):
            result = step()  # in the test's transaction
            self.env.flush_all()
            self.env.invalidate_all()
            return result
        attempt = 0
        while True:
            attempt += 1
            try:
                result = step()
                self.env.cr.commit()  # pylint: disable=invalid-commit
                return result
            except Exception as error:
                self.env.cr.rollback()
                if not is_concurrent(error) or attempt >= MAX_TRIES_ON_CONCURRENCY_FAILURE:
                    raise
                _logger.info("Others write to the same records; trying again: %s", error)
                # As two that are in each other's way would be again.
                time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311
