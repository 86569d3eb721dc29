"""What a mailing and its events take on the disk, indexes included.

``python -m lab.bench.disk MAILS`` is the part that runs within Odoo.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from email.message import EmailMessage
from functools import partial
from typing import Any

from dev.console import step as reported
from dev.postgres import Server
from dev.processes import run_as_command
from lab.bench import data, in_odoo, services
from lab.bench.lines import Line
from lab.bench.scale import Scale
from lab.sandbox import Step, mailjet
from lab.sandbox.message import AcceptedMail, read_mail

_MAILS, _EVENTS = 100_000, 160_000
_AT_ONCE, _LATER = 150, 80  # megabytes
_TABLES = ("mail_delivery", "mail_delivery_content", "mail_tracking")
_CHUNK = 50


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Measure in a database of its own; the figures of a smaller run are scaled up."""
    mails = scale.disk_mails
    with services.database(pg, "disk") as database, reported(f"Disk: {mails:,} mails"):
        [found] = in_odoo.results(pg, database, "lab.bench.disk", mails)
    group = f"Disk for a mailing of {_MAILS:,} with {_EVENTS:,} events, indexes included"
    for what, name, budget in (
        ("at once", "at_once", _AT_ONCE),
        ("after 30 days, what is free again left out", "later", _LATER),
    ):
        sizes = {table: size * _MAILS / mails / 1e6 for table, size in found[name].items()}
        note = ", ".join(f"{table} {size:.0f}" for table, size in sizes.items())
        scaled = f"; {mails:,} mails measured" if mails < _MAILS else ""
        yield Line(
            group,
            what,
            budget=f"≤ {budget} MB",
            is_met=sum(sizes.values()) <= budget,
            note=f"{sum(sizes.values()):.0f} MB: {note}{scaled}",
        )


def main(arguments: list[str]) -> int:
    """Hand mails over, have them accepted and their events applied; print the tables' sizes."""
    [mails] = map(int, arguments)
    with in_odoo.environment() as env:
        server, mailing = data.make_mailing(env)
        server.write({"provider": "mailjet", "smtp_user": "bench", "smtp_pass": "bench"})
        for first in range(0, mails, _CHUNK):
            _post_events(env, server, _send_chunk(env, server, mailing, first))
            if first % (_CHUNK * 100) == 0:
                _apply(env)
        _apply(env)
        print(json.dumps({"at_once": _sizes(env), "later": _sizes_later(env)}))
    sys.stdout.flush()
    return 0


def _send_chunk(env: Any, server: Any, mailing: Any, first: int) -> list[AcceptedMail]:
    """Hand a chunk over, and have it accepted; return what the provider has then."""
    # Odoo has put the addon into its namespace by now.
    from odoo.addons.mail_mailjet_aldeamo.models.mail_delivery.outbox import OutboxSession
    from odoo.addons.mail_mailjet_aldeamo.providers.transport import Limits, Outcome

    session = OutboxSession(server, None)
    with session.buffering():
        for number in range(first, first + _CHUNK):
            _put_into_outbox(env, session, mailing, number)
    env.cr.postcommit.clear()  # it would deliver them
    claimed = env["mail.delivery"]._claim(server, "smtp", Limits(), _CHUNK)
    env.cr.commit()
    calls = [call for batch in claimed for call in batch]
    env["mail.delivery"]._record([(call, Outcome("accepted")) for call in calls])
    env.cr.commit()
    env.invalidate_all()
    return [
        AcceptedMail(
            mail_from=call.mail.sender,
            recipients=call.mail.recipients,
            peer="127.0.0.1",
            transport="smtp",
            content=partial(read_mail, call.mail.content),
        )
        for call in calls
    ]


def _put_into_outbox(env: Any, session: Any, mailing: Any, number: int) -> None:
    email = f"cliente{number}@dominio{number % 997}.example"
    trace = env["mailing.trace"].create(
        {
            "trace_type": "mail",
            "email": email,
            "model": "mailing.contact",
            "res_id": number + 1,
            "mass_mailing_id": mailing.id,
        }
    )
    token = secrets.token_urlsafe(16)
    message = EmailMessage()
    message["From"] = "Tienda <tienda@empresa.example>"
    message["To"] = email
    message["Subject"] = "Promociones de la semana"
    message["X-MJ-CustomID"] = token
    message["X-Mailjet-Campaign"] = f"odoo-mailing-{mailing.id}"
    message.set_content("<p><a href='https://empresa.example/'>Hola</a></p>", subtype="html")
    owner = {
        "mailing_trace_id": trace.id,
        "mass_mailing_id": mailing.id,
        "model": "mailing.contact",
        "res_id": number + 1,
        "company_id": env.company.id,
        "recipient": email,
    }
    session.expect({token: owner}, ())
    session.send_message(message, "tienda@empresa.example", [email])


def _post_events(env: Any, server: Any, received: Sequence[AcceptedMail]) -> None:
    """Store the events: each mail is delivered, two of five are opened, one of five is clicked."""
    now = datetime.now(timezone.utc)
    for index, message in enumerate(received):
        steps = [Step.DELIVERED]
        steps += [Step.OPENED] * (index % 5 in (0, 1)) + [Step.CLICKED] * (index % 5 == 0)
        for step in steps:
            for recipient in message.recipients:
                body = json.dumps(mailjet.event(message, recipient, step, now))
                env["mail.tracking"]._receive(server.id, "mailjet", body.encode())
    env.cr.commit()


def _apply(env: Any) -> None:
    env["mail.tracking"]._cron_apply()
    env.cr.commit()


def _sizes(env: Any) -> dict[str, int]:
    """Return the bytes of each table with its indexes, as they lie on the disk."""
    env.cr.execute(
        "SELECT name, pg_total_relation_size(name::regclass) FROM unnest(%s) AS name",
        [list(_TABLES)],
    )
    return dict(env.cr.fetchall())


def _sizes_later(env: Any) -> dict[str, int]:
    """Return what is still in use after a month of cleaning."""
    for table, columns in (
        ("mail_delivery", ("create_date", "called_at", "accepted_at")),
        ("mail_tracking", ("create_date", "occurred_at", "processed_at")),
    ):
        earlier = ", ".join(f"{name} = {name} - interval '31 days'" for name in columns)
        env.cr.execute(f"UPDATE {table} SET {earlier}")
    env.cr.commit()
    env["ir.autovacuum"]._run_vacuum_cleaner()
    env.cr.commit()
    env.cr._cnx.autocommit = True
    # PostgreSQL uses again what cleaning leaves free. Only now do the files' sizes show it.
    env.cr.execute(f"VACUUM FULL {', '.join(_TABLES)}")
    env.cr._cnx.autocommit = False
    return _sizes(env)


if __name__ == "__main__":
    run_as_command(main)
