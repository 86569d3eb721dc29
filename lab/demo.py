"""`make demo`: the whole way of two mailings through a real Odoo, and what comes of it.

Each provider gets an outgoing mail server, a mailing list and a mailing. Odoo's own queue
sends them to the sandbox, which posts its script's events to the webhooks. The mailings'
statistics must then be what the script and the number of recipients say.
"""

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from dev.console import say, step
from dev.databases import fresh_database
from dev.locks import exclusive
from dev.odoo import Odoo, RpcError
from dev.postgres import Server, postgres
from dev.processes import run_as_command
from dev.sql import execute
from dev.webhook_server import WebhookServer
from lab.demo_dns import BROKEN, RIGHT, DemoDns
from lab.demo_player import Player
from lab.mailings import make_mailing, make_server
from lab.sandbox import Sandbox
from lab.sandbox.aldeamo import CATEGORIES
from lab.sandbox.provider import FakeProvider
from lab.sandbox.providers import FakeAldeamo, FakeMailjet

_PATIENCE = 180
# How long ago the mailings were sent, for Results to show the first 48 hours
_AGE = timedelta(hours=60)
_TIMES = {
    "mail_delivery": ("create_date", "called_at", "accepted_at"),
    "mailing_mailing": ("create_date", "sent_date"),
    "mailing_trace": ("create_date", "sent_datetime"),
}
_FIRST_NAMES = (
    "ana",
    "luis",
    "marta",
    "carlos",
    "sofia",
    "jorge",
    "elena",
    "andres",
    "lucia",
    "diego",
)
_LAST_NAMES = ("gomez", "rojas", "perez", "castro", "vargas", "mora", "leon", "ruiz")
_DOMAINS = ("correo.example", "buzon.example", "cliente.example")
# Mailjet's templates by id: name, and HTML
_TEMPLATES = {
    4201: ("Bienvenida", "<h1>Hola {{var:name}}</h1><p>Gracias por suscribirse.</p>"),
    4202: ("Novedades del mes", "<h1>Novedades</h1><p>Esto es lo nuevo, {{var:name}}.</p>"),
}
_BODY = """
<p>Hola,</p>
<p>mira <a href="https://empresa.example/promociones?a=1&amp;b=2">las promociones</a>
y <a href="https://empresa.example/novedades">las novedades</a> de esta semana.</p>
<p><a href="/unsubscribe_from_list">Cancelar la suscripción</a></p>
"""
# It depends on the machine, so it isn't a part of the verdict: events answered late were stored.
_LATE = """\
  ! {} answers took more than 100 ms, as this machine is busy. Nothing is lost here, but Aldeamo
    counts on answers within 100 ms. Let nothing else run, or have the webhook server answer:
    make demo WEBHOOK_SERVER=1"""


@dataclass(frozen=True)
class Campaign:
    """One provider's records in Odoo, by id."""

    label: str
    provider: FakeProvider
    server: int
    mailing_list: int
    mailing: int
    emails: list[str]


@dataclass(frozen=True)
class Line:
    """One line of the result: what was seen beside what must be seen."""

    label: str
    seen: int
    expected: int

    def __str__(self) -> str:
        mark = "✓" if self.seen == self.expected else "✗"
        return f"  {self.label:<44}{self.seen:>6}{self.expected:>10}  {mark}"


def main(arguments: list[str], visit: Callable[[Odoo], None] | None = None) -> int:
    """Run the demo; return 0 if every line of the result is as expected.

    :param visit: what is done with it while it runs, in place of waiting for Ctrl-C
    """
    parser = argparse.ArgumentParser(prog="python -m lab.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop everything after the result")
    parser.add_argument(
        "--contacts", type=int, default=40, metavar="N", help="contacts per list (default: 40)"
    )
    parser.add_argument(
        "--transport", choices=("smtp", "api"), default="smtp", help="how the mails leave"
    )
    parser.add_argument(
        "--webhook-server", action="store_true", help="have the events posted to the webhook server"
    )
    options = parser.parse_args(arguments)
    with ExitStack() as running:
        running.enter_context(exclusive("demo", "another demo runs in this checkout"))
        pg = running.enter_context(postgres())
        sandbox = running.enter_context(Sandbox())
        dns = running.enter_context(DemoDns(sandbox))
        trusted = {"REQUESTS_CA_BUNDLE": sandbox.ca_bundle}
        database = fresh_database(pg, "demo")
        _watch(pg, database, False)
        # Without workers, the bus of the web client is at the same port, and needs no proxy.
        odoo = running.enter_context(Odoo(pg, database, workers=0, env=trusted))
        campaigns = _set_up(odoo, sandbox, dns, options)
        if options.webhook_server:
            _post_to(running.enter_context(WebhookServer(pg, odoo.database)), campaigns)
        _send(odoo, campaigns)
        _grow_old(pg, odoo)
        _play(odoo, campaigns)
        _watch(pg, database, True)
        is_good = _show(odoo, campaigns)
        if not options.once:
            with dns.served(), Player(sandbox, partial(_deliver, odoo)):
                if visit:
                    visit(odoo)
                else:
                    _introduce(odoo, sandbox)
                    _stay()
    return 0 if is_good else 1


def _set_up(
    odoo: Odoo, sandbox: Sandbox, dns: DemoDns, options: argparse.Namespace
) -> list[Campaign]:
    for name, value in {"web.base.url": odoo.url, **dns.parameters}.items():
        odoo.rpc("ir.config_parameter", "set_param", name, value)
    # Mails that a user of the demo writes must come from an address that the sandbox accepts.
    # (Odoo warns a user by mail whose address is changed, but not a partner.)
    [admin] = odoo.rpc("res.partner", "search", [("user_ids.login", "=", "admin")])
    odoo.rpc("res.partner", "write", [admin], {"email": f"admin@{RIGHT}"})
    [company] = odoo.rpc("res.company", "search", [], limit=1)
    odoo.rpc("res.company", "write", [company], {"email": f"hola@{RIGHT}"})
    api = {"transport": options.transport}
    api_key = {**api, "api_key": sandbox.aldeamo.api_key, **dns.aldeamo}
    for number, (name, html) in _TEMPLATES.items():
        sandbox.mailjet.template_names[number] = name
        sandbox.mailjet.templates[number] = html
    people = _people()
    clients, subscribers = (list(itertools.islice(people, options.contacts)) for _list in range(2))
    return [
        _campaign(odoo, "Mailjet", sandbox.mailjet, "Clientes", clients, api),
        # Named after a category that Aldeamo's subscribers can leave.
        _campaign(odoo, "Aldeamo", sandbox.aldeamo, next(iter(CATEGORIES)), subscribers, api_key),
    ]


def _people() -> Iterator[str]:
    """Yield the addresses of different people, without end."""
    for number in itertools.count():
        for last, first in itertools.product(_LAST_NAMES, _FIRST_NAMES):
            domain = _DOMAINS[(len(first) + len(last)) % len(_DOMAINS)]
            yield f"{first}.{last}{number or ''}@{domain}"


def _post_to(webhook_server: WebhookServer, campaigns: list[Campaign]) -> None:
    """Have the providers post to the webhook server, as a proxy before it and Odoo would."""
    for campaign in campaigns:
        path = urlsplit(campaign.provider.webhook_url or "").path
        campaign.provider.webhook_url = webhook_server.url + path


def _campaign(
    odoo: Odoo,
    label: str,
    provider: FakeMailjet | FakeAldeamo,
    list_name: str,
    emails: list[str],
    api: dict[str, str],
) -> Campaign:
    with step(f"{label}: mail server, list “{list_name}” with {len(emails)} contacts, mailing"):
        server = make_server(
            odoo,
            provider,
            label,
            provider=label.lower(),
            api_url=provider.api_url,
            mass_mail=True,
            from_filter=f"{RIGHT}, {BROKEN}",
            **api,
        )
        odoo.rpc("ir.mail_server", "test_smtp_connection", [server])
        [values] = odoo.rpc("ir.mail_server", "read", [server], ["webhook_url"])
        provider.webhook_url = values["webhook_url"]
        subject = f"Promociones de la semana ({label})"
        mailing, mailing_list = make_mailing(odoo, server, emails, list_name, subject, _BODY)
    return Campaign(label, provider, server, mailing_list, mailing, emails)


def _send(odoo: Odoo, campaigns: list[Campaign]) -> None:
    with step("Odoo's queue sends the mailings"):
        odoo.rpc("mailing.mailing", "action_launch", [campaign.mailing for campaign in campaigns])
        _wait(
            "the sandbox received every mail",
            lambda: all(
                len(campaign.provider.received) >= len(campaign.emails) for campaign in campaigns
            ),
        )


def _watch(pg: Server, database: str, is_on: bool) -> None:
    """Switch the job that notifies of stopped servers. Until the events are posted, it would find
    that none came for two days and a half.
    """
    execute(
        pg,
        database,
        """
        UPDATE ir_cron SET active = %s WHERE id = (
            SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_watch_servers'
        )
        """,
        is_on,
    )


def _grow_old(pg: Server, odoo: Odoo) -> None:
    """Have the mailings been sent days ago, so that people have had the time to read them."""
    with step("Two days and a half go by"):
        _wait(
            "the queue is done",
            lambda: not odoo.rpc("mailing.mailing", "search_count", [("state", "!=", "done")]),
        )
        for table, columns in _TIMES.items():
            changes = ", ".join(f"{column} = {column} - %s" for column in columns)
            execute(pg, odoo.database, f"UPDATE {table} SET {changes}", *[_AGE] * len(columns))


def _play(odoo: Odoo, campaigns: list[Campaign]) -> None:
    for campaign in campaigns:
        with step(f"{campaign.label} posts its events"):
            campaign.provider.play(_AGE)
    with step("Odoo's job applies them"):
        _wait(
            "no event is waiting",
            lambda: not odoo.rpc("mail.tracking", "search_count", [("state", "=", "pending")]),
        )


def _wait(what: str, is_so: Callable[[], bool]) -> None:
    """Wait until it is so. If it never is, the result has to show where it went wrong."""
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            say(f"  After {_PATIENCE} s it is still not so that {what}.")
            return
        time.sleep(0.25)


def _show(odoo: Odoo, campaigns: list[Campaign]) -> bool:
    """Print the result; return whether every line is as expected."""
    is_good = True
    for campaign in campaigns:
        lines = list(_result(odoo, campaign))
        report = campaign.provider.report
        say(f"\n{campaign.label:<46}{'seen':>6}{'expected':>10}")
        for line in lines:
            say(str(line))
        say(
            f"  webhook: {report.posted} requests, answered in {report.median * 1000:.0f} ms "
            f"(median), {report.max * 1000:.0f} ms (slowest)"
        )
        if report.slow:
            say(_LATE.format(report.slow))
        for reason, count in _not_applied(odoo, campaign.server).items():
            say(f"  {count} × {reason}")
        is_good = is_good and all(line.seen == line.expected for line in lines)
    say("\nEverything as expected." if is_good else "\nNot everything as expected: see ✗.")
    return is_good


def _result(odoo: Odoo, campaign: Campaign) -> Iterator[Line]:
    contacts = len(campaign.emails)
    report = campaign.provider.report
    expected = campaign.provider.script.expected(contacts)
    states = _event_states(odoo, campaign.server)
    statistics = ["expected", "sent", "delivered", "opened", "clicked", "bounced", "failed"]
    [mailing] = odoo.rpc("mailing.mailing", "read", [campaign.mailing], statistics)
    blacklisted = [("email", "in", campaign.emails)]
    opted_out = [("list_id", "=", campaign.mailing_list), ("opt_out", "=", True)]

    yield Line("mails Odoo made", mailing["expected"], contacts)
    yield Line("mails Odoo handed over", mailing["sent"], contacts)
    yield Line("mails the provider received", len(campaign.provider.received), contacts)
    yield Line("events the provider posted", report.events, expected["events"])
    yield Line("events Odoo stored", states.total(), expected["events"])
    yield Line("events Odoo applied", states["done"], expected["events"])
    yield Line("requests sent again", report.resent, 0)
    yield Line("requests lost", report.failed + report.dropped, 0)
    for name in ("delivered", "opened", "clicked", "bounced", "failed"):
        yield Line(f"mailing's statistics: {name}", mailing[name], expected[name])
    yield Line(
        "addresses on the blacklist",
        odoo.rpc("mail.blacklist", "search_count", blacklisted),
        expected["blacklisted"],
    )
    yield Line(
        "contacts opted out of the list",
        odoo.rpc("mailing.subscription", "search_count", opted_out),
        expected["opted_out"],
    )


def _event_states(odoo: Odoo, server: int) -> Counter[str]:
    """Return how many events of a server there are in each state."""
    received = [("mail_server_id", "=", server)]
    groups = odoo.rpc("mail.tracking", "read_group", received, ["state"], ["state"])
    return Counter({group["state"]: group["state_count"] for group in groups})


def _not_applied(odoo: Odoo, server: int) -> Counter[str]:
    """Return what Odoo says of the events that had no effect, and of how many."""
    domain = [("mail_server_id", "=", server), ("state", "!=", "done")]
    events = odoo.rpc(
        "mail.tracking", "search_read", domain, ["event_type", "state", "state_reason"]
    )
    return Counter(
        f"{event['event_type']} {event['state']}: {event['state_reason'] or 'no reason given'}"
        for event in events
    )


def _deliver(odoo: Odoo, mail: bytes) -> None:
    """Hand a mail over to Odoo, which has the mailboxes of all addresses here."""
    with suppress(RpcError):  # an address that is nobody's
        odoo.rpc("mail.thread", "message_process", False, mail.decode(errors="replace"))


def _introduce(odoo: Odoo, sandbox: Sandbox) -> None:
    mailjet, aldeamo = sandbox.mailjet, sandbox.aldeamo
    say(
        f"\nOdoo runs on {odoo.url} (user admin, password admin).\n"
        "  the results     Email Marketing ▸ Mailings\n"
        "  the servers     Settings ▸ Technical ▸ Email ▸ Outgoing Mail Servers\n"
        "                  (in developer mode: Settings ▸ Activate the developer mode)\n"
        f"  the DNS         Check DNS on a server: {RIGHT} is right, {BROKEN} isn't.\n"
        "                  Publish what it shows, then check again:\n"
        "                  make dns-publish NAME=… TYPE=TXT VALUE='…'\n"
        "  your own mails  Send some: both providers answer them after a few seconds, as\n"
        "                  lab/demo_events.py says. Change it as you like.\n"
        "  the keys        for servers that you set up yourself, by SMTP with STARTTLS or by API.\n"
        "                  Also by SMTP, first choose REST API and enter the API's address,\n"
        "                  then choose SMTP. Otherwise Odoo asks the real Mailjet.\n"
        f"    Mailjet       {mailjet.smtp_host}:{mailjet.smtp_port}, {mailjet.api_url}\n"
        f"                  API key {mailjet.user}, secret key {mailjet.password}\n"
        f"    Aldeamo       {aldeamo.smtp_host}:{aldeamo.smtp_port}, {aldeamo.api_url}\n"
        f"                  user {aldeamo.user}, password {aldeamo.password}\n"
        f"                  API key {aldeamo.api_key}\n"
        "Ctrl-C stops everything."
    )


def _stay() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        say("\nStopping …")


if __name__ == "__main__":
    run_as_command(main)
