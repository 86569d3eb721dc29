"""A mailing as the end-to-end tests and the drills use it."""

import itertools
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from dev.odoo import Odoo
from lab.mailings import make_mailing, make_server, run_job
from lab.sandbox.providers import FakeAldeamo, FakeMailjet

_serial = itertools.count(1)


class Campaign:
    """A mailing sent by Odoo's mail queue through the sandbox.

    :param code: the provider's name in Odoo
    :param contacts: how many
    :param server_values: more values of the mail server
    """

    def __init__(
        self,
        odoo: Odoo,
        provider: FakeAldeamo | FakeMailjet,
        code: str = "aldeamo",
        contacts: int = 3,
        **server_values: Any,
    ) -> None:
        self.odoo = odoo
        self.provider = provider
        self.code = code
        name = f"campaign{next(_serial)}"
        self.server = make_server(
            odoo,
            provider,
            name,
            provider=code,
            api_url=provider.api_url,
            mass_mail=True,
            **server_values,
        )
        token = self.read("ir.mail_server", self.server, "webhook_url").rpartition("/")[2]
        self.provider.webhook_url = f"{odoo.url}/mail_provider/{token}"
        self.emails = [f"{name}-{index}@cliente.example" for index in range(contacts)]
        self.mailing, _list = make_mailing(
            odoo, self.server, self.emails, name, name, "<p>Hola</p>"
        )

    def create(self, model: str, **values: Any) -> Any:
        return self.odoo.rpc(model, "create", values)

    def read(self, model: str, record: int, name: str) -> Any:
        return self.odoo.rpc(model, "read", [record], [name])[0][name]

    def send(self) -> None:
        """Have Odoo send the mailing; wait until each mail has left and the queue is at rest."""
        self.odoo.rpc("mailing.mailing", "action_launch", [self.mailing])
        self.wait(self.is_at_rest)
        while self.is_unfinished():
            self.run_job("mail.ir_cron_mail_scheduler_action")
            self.run_job("mail_mailjet_aldeamo.ir_cron_deliver")
            self.wait(self.is_at_rest)

    def is_at_rest(self) -> bool:
        """Whether mails were received, and none any more for a while."""
        before = len(self.provider.received)
        time.sleep(2)
        return 0 < before == len(self.provider.received)

    def sent(self) -> Counter[str]:
        """Return address → how many times a mail left for it."""
        return Counter(
            recipient for message in self.provider.received for recipient in message.recipients
        )

    def is_unfinished(self) -> bool:
        """Whether the queue still holds mails of the mailing, or the outbox deliveries.

        Mailjet can be asked about what is in doubt: that is unfinished, too.
        """
        waiting = [("mailing_id", "=", self.mailing), ("state", "=", "outgoing")]
        states = ["waiting", "calling", *(["in_doubt"] if self.code == "mailjet" else [])]
        kept = [("mass_mailing_id", "=", self.mailing), ("state", "in", states)]
        return (
            int(self.odoo.rpc("mail.mail", "search_count", waiting)) > 0
            or int(self.odoo.rpc("mail.delivery", "search_count", kept)) > 0
        )

    def states(self) -> Counter[str]:
        """Return state → how many deliveries of the mailing."""
        domain = [("mass_mailing_id", "=", self.mailing)]
        found = self.odoo.rpc("mail.delivery", "search_read", domain, ["state"])
        return Counter(delivery["state"] for delivery in found)

    def run_job(self, xmlid: str) -> None:
        """Run one of Odoo's scheduled jobs now, in the worker that takes the request."""
        self.wait(lambda: run_job(self.odoo, xmlid))

    def wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, "Odoo did not get there in time"
            time.sleep(0.25)

    def statuses(self) -> dict[str, str]:
        traces = self.odoo.rpc(
            "mailing.trace",
            "search_read",
            [("mass_mailing_id", "=", self.mailing)],
            ["email", "trace_status"],
        )
        return {trace["email"]: trace["trace_status"] for trace in traces}
