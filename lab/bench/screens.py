"""How fast the screens open over large tables: what the web client asks for, one after another.

``python -m lab.bench.screens SIZE`` is the part that runs within Odoo.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from lxml import etree

from dev.console import step
from dev.postgres import Server
from dev.processes import run_as_command
from lab.bench import data, in_odoo, services
from lab.bench.figures import Run, summary
from lab.bench.lines import Line
from lab.bench.scale import Scale

_BUDGET = 1.0  # seconds
_ADDRESS = "user77@domain77.example"
# Emails of the mailing whose results are looked at, among all others
_MAILING = 100_000
# What the page of the results asks for at the same time, and the method
_RESULTS = (
    ("results of a mailing of 100,000: figures", "get_results"),
    ("results of a mailing of 100,000: opens and clicks", "get_results_of_events"),
)
_RESULTS_BUDGET = 2.0  # seconds
_TIMES = 3
_PAGE, _COUNTED = 80, 10_001  # as the web client has them
# What is shown, its model, the view, what is searched for. `None`: the latest record's form.
_SCREENS: tuple[tuple[str, str, str, list[Any] | None], ...] = (
    ("emails, list", "mail.delivery", "list", []),
    ("emails, kanban", "mail.delivery", "kanban", []),
    ("emails of an address", "mail.delivery", "list", [("address", "ilike", _ADDRESS)]),
    ("emails that failed", "mail.delivery", "list", [("status", "in", ("error", "bounce"))]),
    ("an email", "mail.delivery", "form", None),
    ("events, list", "mail.tracking", "list", []),
    ("events of an address", "mail.tracking", "list", [("recipient", "ilike", _ADDRESS)]),
    ("an event", "mail.tracking", "form", None),
    ("mail servers, list", "ir.mail_server", "list", []),
    ("a mail server", "ir.mail_server", "form", None),
    ("a mailing", "mailing.mailing", "form", None),
)


def measure(pg: Server, scale: Scale) -> Iterator[Line]:
    """Open each screen several times in a database of the largest size."""
    size = max(scale.stored)
    with (
        services.database(pg, "screens") as database,
        step(f"Screens over {size:,} emails and {3 * size:,} events"),
    ):
        found = in_odoo.results(pg, database, "lab.bench.screens", size)
    for screen in found:
        times = screen["seconds"]
        yield Line(
            f"Screens over {size:,} emails and {3 * size:,} events",
            screen["name"],
            summary([Run(len(times), sum(times), times)]),
            budget=f"≤ {screen['budget']:g} s",
            is_met=max(times) <= screen["budget"],
        )


def main(arguments: list[str]) -> int:
    """Fill the tables; print how long each screen takes."""
    [size] = map(int, arguments)
    with in_odoo.environment() as env:
        server, mailing = data.make_mailing(env)
        data.fill(env.cr, server, mailing, 1, size)
        for kind in ("opened", "clicked"):
            _add_events(env.cr, kind)
        data.analyze(env.cr)
        for name, model, view, domain in _SCREENS:
            seconds = [_open(env, model, view, domain) for _time in range(_TIMES)]
            print(json.dumps({"name": name, "seconds": seconds, "budget": _BUDGET}))
        found = _small_mailing(env, mailing)
        for name, method in _RESULTS:
            seconds = [_results(env, found, method) for _time in range(_TIMES)]
            print(json.dumps({"name": name, "seconds": seconds, "budget": _RESULTS_BUDGET}))
    sys.stdout.flush()
    return 0


def _add_events(cr: Any, kind: str) -> None:
    """Add one more event of each e-mail."""
    cr.execute(
        """
        INSERT INTO mail_tracking (event_type, occurred_at, recipient, provider, origin, state,
                                   provider_message_id, mail_server_id, fingerprint, payload,
                                   delivery_id, processed_at, create_date, client, system,
                                   device_type, country_id, city, url)
        SELECT %(kind)s, occurred_at + interval '1 minute', recipient, provider, origin, state,
               provider_message_id, mail_server_id, md5(%(kind)s || fingerprint), payload,
               delivery_id, processed_at, create_date, 'Client ' || mod(delivery_id, 8),
               'System ' || mod(delivery_id, 5),
               (ARRAY['desktop', 'mobile', 'tablet'])[1 + mod(delivery_id, 3)],
               (SELECT min(id) FROM res_country) + mod(delivery_id, 6),
               'City ' || mod(delivery_id, 40),
               CASE WHEN %(kind)s = 'clicked'
                    THEN 'https://shop.example/offers/' || mod(delivery_id, 12) END
          FROM mail_tracking WHERE event_type = 'delivered'
        """,
        {"kind": kind},
    )
    cr.commit()


def _small_mailing(env: Any, mailing: Any) -> Any:
    """Return a mailing with the first emails of the large one: 60 % were opened, 4 % failed."""
    small = mailing.copy({"subject": "Results"})
    small.write({"state": "done", "sent_date": mailing.create_date})
    values = {"mailing": small.id, "last": _MAILING}
    for statement in (
        """
        UPDATE mail_delivery SET mass_mailing_id = %(mailing)s,
               status = CASE WHEN mod(id, 25) = 0 THEN 'bounce' WHEN mod(id, 5) < 3 THEN 'open'
                             ELSE 'sent' END,
               failed_kind = CASE WHEN mod(id, 25) = 0 THEN 'hard' END,
               opened_at = CASE WHEN mod(id, 5) < 3 THEN delivered_at END,
               clicked_at = CASE WHEN mod(id, 20) = 1 THEN delivered_at END
         WHERE id IN (SELECT id FROM mail_delivery ORDER BY id LIMIT %(last)s)
        """,
        """
        UPDATE mailing_trace AS trace SET mass_mailing_id = %(mailing)s, trace_status = status
          FROM mail_delivery AS email
         WHERE email.mailing_trace_id = trace.id AND email.mass_mailing_id = %(mailing)s
        """,
    ):
        env.cr.execute(statement, values)
    data.analyze(env.cr)
    env.invalidate_all()
    return small


def _results(env: Any, mailing: Any, method: str) -> float:
    """Ask for a part of what the page of the results shows; return the seconds."""
    env.invalidate_all()
    started = time.perf_counter()
    getattr(mailing, method)()
    return time.perf_counter() - started


def _open(env: Any, model: str, view: str, domain: list[Any] | None) -> float:
    """Ask for the view and for what it shows; return the seconds."""
    env.invalidate_all()
    records = env[model]
    started = time.perf_counter()
    found = records.get_views([(False, view), (False, "search")], {"load_filters": True})
    fields = _fields(found["views"][view]["arch"], found["models"], model)
    if domain is None:
        records.search([], limit=1).web_read(fields)
    else:
        records.web_search_read(domain, fields, limit=_PAGE, count_limit=_COUNTED)
    return time.perf_counter() - started


def _fields(arch: str, models: dict[str, Any], model: str) -> dict[str, Any]:
    """Return the fields of a view as the web client names them to the server."""
    return _fields_within(etree.fromstring(arch), models, model)


def _fields_within(node: Any, models: dict[str, Any], model: str) -> dict[str, Any]:
    known = models[model]
    wanted: dict[str, Any] = {}
    for child in node:
        if child.tag != "field":
            wanted |= _fields_within(child, models, model)
            continue
        field = known[child.get("name")]
        wanted[child.get("name")] = {}
        if field["type"] == "many2one":
            wanted[child.get("name")] = {"fields": {"display_name": {}}}
        elif field["type"] in ("one2many", "many2many"):
            inner = _fields_within(child, models, field["relation"]) if len(child) else {}
            wanted[child.get("name")] = {"fields": inner, "limit": _PAGE // 2}
    return wanted


if __name__ == "__main__":
    run_as_command(main)
