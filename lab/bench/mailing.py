"""A mailing in Odoo, from the contacts to the mails that left."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from dev.console import Stop
from dev.odoo import Odoo
from lab.mailings import make_mailing, make_server, run_job
from lab.sandbox.provider import FakeProvider

_PATIENCE = 1800
_QUEUE = "mail.ir_cron_mail_scheduler_action"
_OUTBOX = "mail_mailjet_aldeamo.ir_cron_deliver"
_serial = count(1)
# A newsletter: Odoo makes a link of its own of each, for each recipient.
_BODY = "".join(
    f"<p style='color:#333333'>Párrafo {number}: "
    f"<a href='https://empresa.example/promociones/{number}'>promoción {number}</a> "
    "para los clientes de la tienda.</p>"
    for number in range(12)
)


class Mailing:
    """A mailing that Odoo's queue sends through the sandbox.

    :param contacts: more than 100, so that Odoo leaves them to its queue
    :param server_values: of the outgoing mail server, besides what every one has
    """

    def __init__(
        self, odoo: Odoo, sandbox: FakeProvider, contacts: int, **server_values: Any
    ) -> None:
        self._odoo = odoo
        self._sandbox = sandbox
        self._contacts = contacts
        self._has_outbox = "provider" in server_values
        name = f"mailing{next(_serial)}"
        self.server = make_server(odoo, sandbox, name, **server_values)
        emails = [f"{name}-{n}@cliente.example" for n in range(contacts)]
        subject = f"Promociones de la semana ({name})"
        self._id, _list = make_mailing(odoo, self.server, emails, name, subject, _BODY)

    def prepare(self) -> float:
        """Have Odoo make the mails, which wait in its queue then; return the seconds."""
        started = time.monotonic()
        self._odoo.rpc("mailing.mailing", "action_send_mail", [self._id])
        return time.monotonic() - started

    def send(self) -> float:
        """Have Odoo's queue send the prepared mails, all of them; return the seconds until it has
        written down that the provider has them.
        """
        before = len(self._sandbox.received)
        started = time.monotonic()
        while self._is_waiting():
            if not run_job(self._odoo, _QUEUE):
                time.sleep(0.1)
            if self._has_outbox and self._outbox("not in", ("accepted", "refused")):
                run_job(self._odoo, _OUTBOX)
            if time.monotonic() > started + _PATIENCE:
                raise Stop("The queue does not get done.")
        seconds = time.monotonic() - started
        if len(self._sandbox.received) - before != self._contacts:
            raise Stop(f"Not every mail left once (log: {self._odoo.log_path}).")
        if self._has_outbox and self._outbox("=", "accepted") != self._contacts:
            raise Stop(f"Not every mail is known to be accepted (log: {self._odoo.log_path}).")
        return seconds

    def _is_waiting(self) -> bool:
        domain = [("mailing_id", "=", self._id), ("state", "=", "outgoing")]
        return bool(
            self._odoo.rpc("mail.mail", "search_count", domain)
            or (self._has_outbox and self._outbox("in", ("waiting", "calling")))
        )

    def _outbox(self, operator: str, states: Any) -> int:
        """Return how many deliveries of the mailing are in some states."""
        domain = [("mass_mailing_id", "=", self._id), ("state", operator, states)]
        return int(self._odoo.rpc("mail.delivery", "search_count", domain))
