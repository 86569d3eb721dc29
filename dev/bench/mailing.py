"""A mailing in Odoo, from the contacts to the mails that left."""

from __future__ import annotations

import time
from itertools import count
from typing import Any
from xmlrpc.client import Fault

from dev.console import Stop
from dev.odoo import Odoo
from dev.sandbox.provider import Provider

_PATIENCE = 1800
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

    def __init__(self, odoo: Odoo, sandbox: Provider, contacts: int, **server_values: Any) -> None:
        self._odoo = odoo
        self._sandbox = sandbox
        self._contacts = contacts
        name = f"mailing{next(_serial)}"
        self.server = odoo.rpc(
            "ir.mail_server",
            "create",
            {
                "name": name,
                "smtp_host": sandbox.smtp_host,
                "smtp_port": sandbox.smtp_port,
                "smtp_encryption": "starttls",
                "smtp_user": sandbox.user,
                "smtp_pass": sandbox.password,
                **server_values,
            },
        )
        mailing_list = odoo.rpc("mailing.list", "create", {"name": name})
        odoo.rpc(
            "mailing.contact",
            "create",
            [
                {"email": f"{name}-{n}@cliente.example", "list_ids": [(6, 0, [mailing_list])]}
                for n in range(contacts)
            ],
        )
        [model] = odoo.rpc("ir.model", "search", [("model", "=", "mailing.list")])
        self._id = odoo.rpc(
            "mailing.mailing",
            "create",
            {
                "subject": f"Promociones de la semana ({name})",
                "mailing_type": "mail",
                "mailing_model_id": model,
                "contact_list_ids": [(6, 0, [mailing_list])],
                "mail_server_id": self.server,
                "email_from": "tienda@empresa.example",
                "body_html": _BODY,
            },
        )

    def prepare(self) -> None:
        """Have Odoo make the mails, which wait in its queue then."""
        self._odoo.rpc("mailing.mailing", "action_send_mail", [self._id])

    def send(self) -> float:
        """Have Odoo's queue send the prepared mails, all of them; return the seconds."""
        before = len(self._sandbox.received)
        started = time.monotonic()
        while self._waiting():
            _run_queue(self._odoo)
            if time.monotonic() > started + _PATIENCE:
                raise Stop("The queue does not get done.")
        seconds = time.monotonic() - started
        if len(self._sandbox.received) - before != self._contacts:
            raise Stop(f"Not every mail left once (log: {self._odoo.log_path}).")
        return seconds

    def _waiting(self) -> int:
        domain = [("mailing_id", "=", self._id), ("state", "=", "outgoing")]
        return self._odoo.rpc("mail.mail", "search_count", domain)


def _run_queue(odoo: Odoo) -> None:
    """Run the job that sends mails, in the worker that takes the request."""
    [data] = odoo.rpc(
        "ir.model.data",
        "search_read",
        [("module", "=", "mail"), ("name", "=", "ir_cron_mail_scheduler_action")],
        ["res_id"],
    )
    try:
        odoo.rpc("ir.cron", "method_direct_trigger", [data["res_id"]])
    except Fault as fault:
        if "currently being executed" not in fault.faultString:
            raise
        time.sleep(0.1)  # Odoo's scheduler is at it
