# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import threading

from odoo import SUPERUSER_ID, api

from ...models.mail_delivery.courier import Courier


class World(threading.Thread):
    """Runs Odoo's jobs and a reporting provider beside the browser of a tour.

    In a test, nothing happens after a commit, and others see the changes of a request after its
    answer. Start this when the test itself no longer uses the database.

    :param registry: of the database
    :param lab.sandbox.provider.FakeProvider account: plays its script for each accepted mail
    :param care: called repeatedly with an environment; does what users do elsewhere
    """

    def __init__(self, registry, account, care):
        super().__init__(name="world")
        self._registry = registry
        self._account = account
        self._care = care
        self._is_over = threading.Event()
        self.failure = None

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._is_over.set()
        if self.ident:
            self.join()
        if self.failure:
            raise self.failure

    def run(self):
        self.testing = True  # jobs run in the test's transaction
        try:
            while not self._is_over.wait(0.3):
                self._turn()
        except Exception as error:  # noqa: BLE001 - the test raises it
            self.failure = error

    def _turn(self):
        with self._registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self._care(env)
            waiting = env["mail.delivery"].search([("state", "=", "waiting")])
            server_ids = waiting.mail_server_id.ids
        for server_id in server_ids:
            Courier(self._registry, server_id).deliver_due(5)
        if self._account.has_webhook:
            self._account.play()
        with self._registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if env["mail.tracking"].search_count([("state", "=", "pending")], limit=1):
                env["mail.tracking"]._cron_apply()
