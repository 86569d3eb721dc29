"""How much memory sending large mails takes, beside stock Odoo by SMTP."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dev.console import Stop, step
from dev.odoo import Odoo
from dev.postgres import Server
from lab.bench import services
from lab.bench.lines import Line
from lab.bench.scale import Scale
from lab.mailings import make_server, run_job
from lab.sandbox import Sandbox
from lab.sandbox.provider import FakeProvider

_SIZE = 5_000_000  # bytes of each mail's file
_MORE = 150  # megabytes beside stock SMTP
_PATIENCE = 3600
_QUEUE = "mail.ir_cron_mail_scheduler_action"
_OUTBOX = "mail_mailjet_aldeamo.ir_cron_deliver"


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Send the same mails in each way; compare the peaks of the worker's memory."""
    mails = scale.large_mails
    group = f"Memory while sending {mails} mails of {_SIZE / 1e6:g} MB"
    with Sandbox() as sandbox:
        provider = sandbox.mailjet
        # What it has taken would fill the memory of the machine.
        provider.on_message = lambda _message: provider.received.clear()
        stock = _peak(pg, sandbox, mails, is_stock=True)
        yield Line(group, "stock SMTP", note=f"{stock:.0f} MB")
        for name, transport in (("API", "api"), ("SMTP through the outbox", "smtp")):
            peak = _peak(
                pg,
                sandbox,
                mails,
                provider="mailjet",
                transport=transport,
                api_url=provider.api_url,
            )
            yield Line(
                group,
                name,
                budget=f"≤ stock SMTP + {_MORE} MB",
                is_met=peak <= stock + _MORE,
                note=f"{peak:.0f} MB, {peak - stock:+.0f} MB",
            )


def _peak(
    pg: Server, sandbox: Sandbox, mails: int, is_stock: bool = False, **server_values: Any
) -> float:
    """Return the largest memory of a worker of Odoo while it sends, in megabytes."""
    name = server_values.get("transport", "stock")
    with ExitStack() as running:
        running.enter_context(step(f"Memory: {mails} large mails, {name}"))
        database = running.enter_context(services.database(pg, "memory", is_stock))
        odoo = running.enter_context(
            services.odoo(
                pg,
                database,
                workers=1,
                cron_workers=0,
                env={"REQUESTS_CA_BUNDLE": sandbox.ca_bundle},
                # What is measured is what they need, not when Odoo replaces a worker.
                extra=["--limit-memory-soft=0", "--limit-memory-hard=0"],
            )
        )
        _prepare(odoo, sandbox.mailjet, mails, server_values)
        for process in _processes(odoo):
            Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak begins anew
        deadline = time.monotonic() + _PATIENCE
        while _is_unfinished(odoo, is_stock):
            run_job(odoo, _QUEUE)
            if not is_stock:
                run_job(odoo, _OUTBOX)
            if time.monotonic() > deadline:
                raise Stop(f"The large mails don't leave (log: {odoo.log_path}).")
        return max(map(_peak_of, _processes(odoo)))


def _prepare(odoo: Odoo, provider: FakeProvider, mails: int, server_values: dict[str, Any]) -> None:
    server = make_server(odoo, provider, "large", **server_values)
    # Not compressible: some of PostgreSQL's tables would hold less than a real file takes.
    data = base64.b64encode(os.urandom(_SIZE)).decode()
    file = odoo.rpc("ir.attachment", "create", {"name": "catalogo.pdf", "datas": data})
    odoo.rpc(
        "mail.mail",
        "create",
        [
            {
                "subject": "Catálogo",
                "body_html": "<p>Adjunto va el catálogo.</p>",
                "email_from": "Tienda <tienda@empresa.example>",
                "email_to": f"grande{number}@cliente.example",
                "mail_server_id": server,
                "attachment_ids": [(6, 0, [file])],
            }
            for number in range(mails)
        ],
    )


def _is_unfinished(odoo: Odoo, is_stock: bool) -> bool:
    queue = int(odoo.rpc("mail.mail", "search_count", [("state", "=", "outgoing")]))
    if is_stock:
        return queue > 0
    unfinished = [("state", "not in", ("accepted", "refused"))]
    return queue + int(odoo.rpc("mail.delivery", "search_count", unfinished)) > 0


def _processes(odoo: Odoo) -> list[int]:
    """Return the process numbers of Odoo's and its workers."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
        if session == odoo.process.pid:
            found.append(int(folder.name))
    return found


def _peak_of(process: int) -> float:
    """Return the largest resident memory that a process had, in megabytes."""
    text = Path(f"/proc/{process}/status").read_text()
    [kilobytes] = re.findall(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)
    return int(kilobytes) / 1024
