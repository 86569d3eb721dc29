"""Whatever the provider does wrong, and however often Odoo is killed: each mail arrives once, or is
in doubt and listed, and Odoo says of each what is true.

``SEEDS="1 2 3" MAILS="150 50" make test ARGS=…`` tries others than the first, and more mails: of
a mailing, and of the chatter.
"""

import os
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from random import Random

import pytest

from dev import sql
from dev.console import say
from dev.databases import fresh_database
from dev.odoo import Odoo, RpcError
from lab.campaign import Campaign
from lab.mailings import run_job
from lab.sandbox import Sandbox
from lab.sandbox.faults import ApiFault, FaultPlan, SmtpFault

SEEDS = os.environ.get("SEEDS", "1").split()
MAILING, CHATTER = (int(number) for number in os.environ.get("MAILS", "80 20").split())
KILLS = 2
KINDS = 6  # of faults that must be met
PATIENCE = 8  # seconds: until Odoo is killed although no more mails arrive
# Seconds: until a mail with no fault left has left, all back-off shortened.
SETTLING = 240
# Share of the calls, connections, mails or addresses.
API_RATES = {
    **dict.fromkeys([ApiFault.RATE_LIMITED, ApiFault.DOWN, ApiFault.REFUSED], 0.03),
    **dict.fromkeys([fault for fault in ApiFault if fault.name.startswith("ACCEPTED_")], 0.03),
    **dict.fromkeys([ApiFault.RESET, ApiFault.SLOW, ApiFault.UNREACHABLE], 0.02),
    ApiFault.REVOKED: 0.01,
    ApiFault.MAIL_REFUSED: 0.03,
    ApiFault.MAIL_POISONED: 0.02,
    ApiFault.LOOK_UP_DOWN: 0.1,
    ApiFault.LOOK_UP_BROKEN: 0.1,
    ApiFault.LOOK_UP_HANGING: 0.05,
    ApiFault.LOOK_UP_LAGGING: 0.3,
}
SMTP_RATES = {**dict.fromkeys(SmtpFault, 0.02), SmtpFault.REVOKED: 0.01}


# --- what Odoo says: the only part that knows how the addon keeps it ---


@dataclass(frozen=True)
class Said:
    """What Odoo says about one mail that it sent."""

    email: str
    state: str
    reason: str


def what_odoo_says(odoo):
    """Return what is in the outbox, and what left it."""
    rows = odoo.rpc("mail.delivery", "search_read", [], ["recipient", "state", "reason"])
    return [Said(row["recipient"], row["state"], row["reason"] or "") for row in rows]


UNFINISHED = {"waiting", "calling"}
# What the trace or the notification of a mail may say, by the state of its delivery.
TRUE_STATUSES = {
    "accepted": {"pending", "sent"},
    "refused": {"error", "exception", "bounce"},
    "in_doubt": {"process", "pending"},
}


def statuses(odoo):
    """Return address → what the trace, or the notification, says."""
    traces = odoo.rpc("mailing.trace", "search_read", [], ["email", "trace_status"])
    notifications = odoo.rpc(
        "mail.notification",
        "search_read",
        [("notification_type", "=", "email"), ("res_partner_id.email", "ilike", "charla")],
        ["res_partner_id", "notification_status"],
    )
    ids = [notification["res_partner_id"][0] for notification in notifications]
    emails = {row["id"]: row["email"] for row in odoo.rpc("res.partner", "read", ids, ["email"])}
    return {trace["email"]: trace["trace_status"] for trace in traces} | {
        emails[notification["res_partner_id"][0]]: notification["notification_status"]
        for notification in notifications
    }


def let_time_pass(life):
    """An hour goes by for all that waits for a time."""
    columns = life.query(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = 'mail_delivery' AND data_type LIKE 'timestamp%'"
    )
    changes = ", ".join(f"{name} = {name} - interval '1 hour'" for (name,) in columns)
    # A call that is under way ends before its hour is over.
    life.query(
        f"UPDATE mail_delivery SET {changes} WHERE state IN ('waiting', 'in_doubt')"
        " OR (state = 'calling' AND called_at < now() AT TIME ZONE 'UTC' - interval '15 seconds')"
    )
    life.query(
        "UPDATE ir_mail_server SET sending_paused_until = sending_paused_until - interval '1 hour'"
    )


def mend(life, server):
    """Somebody enters the credentials again, as after a provider refused them."""
    fields = ["smtp_pass", "api_key"]
    [values] = life.odoo.rpc("ir.mail_server", "read", [server], fields)
    values.pop("id")
    life.odoo.rpc("ir.mail_server", "write", [server], values)


# --- the lives of an Odoo ---


class Life:
    """A database, and an Odoo on it that dies and lives again.

    :ivar plan: what goes wrong at the provider
    """

    def __init__(self, pg, sandbox, code, transport, seed):
        self.pg = pg
        self.code = code
        self.transport = transport
        self.provider = getattr(sandbox, code)
        self.random = Random(f"{seed} {code} {transport}")
        self.seed = seed
        self.database = fresh_database(pg, "once")
        self.odoo = Odoo(pg, self.database, env={"REQUESTS_CA_BUNDLE": sandbox.ca_bundle})
        self.plan = None
        self._alive = threading.Event()

    def __enter__(self):
        self.odoo.start()
        self._alive.set()
        return self

    def __exit__(self, *_error):
        self.odoo.stop()

    def query(self, statement):
        return sql.execute(self.pg, self.database, statement)

    def make_campaign(self):
        key = {"api_key": self.provider.api_key} if self.code == "aldeamo" else {}
        campaign = Campaign(
            self.odoo,
            self.provider,
            self.code,
            contacts=MAILING,
            transport=self.transport,
            **key,
        )
        # No events: what is said of a mail comes from its sending alone.
        self.provider.webhook_url = None
        return campaign

    def let_faults_begin(self):
        api = self.transport == "api"
        rates = API_RATES if api else {**SMTP_RATES, **look_ups()}
        # Fewer mails are to meet as many kinds of faults.
        rates = {fault: min(rate * 200 / (MAILING + CHATTER), 0.3) for fault, rate in rates.items()}
        self.plan = FaultPlan(self.seed, rates, patience=3.0, pause=1.0)
        self.provider.api.plan = self.plan
        if not api:
            self.provider.smtp.plan = self.plan

    def suffer(self):
        """Have Odoo go on while there are faults, until it has met enough of them."""
        deadline = time.monotonic() + 120
        while len(self.plan.met) < KINDS and time.monotonic() < deadline:
            let_time_pass(self)
            with suppress(RpcError):
                self.run_queues()
            time.sleep(1)

    def let_faults_end(self):
        self.provider.api.heal()
        self.provider.smtp.heal()

    def kill_now_and_then(self):
        """Kill Odoo some times while it sends, each time as soon as some more mails arrived."""
        for _kill in range(KILLS):
            target = len(self.provider.received) + self.random.randint(5, 30)
            deadline = time.monotonic() + PATIENCE
            while len(self.provider.received) < target and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(self.random.random() / 5)
            self._alive.clear()
            self.odoo.kill()
            time.sleep(self.random.random())
            self.odoo.start()
            self._alive.set()

    def insist(self, do, is_done):
        """Do something in an Odoo that may die before it reports that it has done it."""
        deadline = time.monotonic() + 180
        while True:
            self._alive.wait(60)
            try:
                if is_done():
                    return
                do()
                return
            except (OSError, HTTPException, RpcError):
                assert time.monotonic() < deadline
                time.sleep(0.2)

    def chat(self, index, document):
        """Post a message to somebody; once, whatever becomes of Odoo meanwhile."""
        subject = f"charla {index}"
        email = f"charla{index}@cliente.example"
        partners = [("email", "=", email)]

        def post():
            found = self.odoo.rpc("res.partner", "search", partners)
            partner = found or [
                self.odoo.rpc("res.partner", "create", {"name": f"Cliente {index}", "email": email})
            ]
            self.odoo.rpc(
                "res.partner",
                "message_post",
                [document],
                subject=subject,
                body="Hola",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                email_from="Ventas <ventas@empresa.example>",
                partner_ids=partner,
            )

        def is_posted():
            domain = [("subject", "=", subject), ("model", "=", "res.partner")]
            return self.odoo.rpc("mail.message", "search_count", domain) > 0

        self.insist(post, is_posted)
        return email

    def run_queues(self):
        """Run what sends by itself, now."""
        models = ("mail.mail", "mail.delivery", "mailing.mailing", "ir.mail_server")
        jobs = self.odoo.rpc("ir.cron", "search", [("model_id.model", "in", models)])
        for name in self.odoo.rpc(
            "ir.model.data",
            "search_read",
            [("model", "=", "ir.cron"), ("res_id", "in", jobs)],
            ["complete_name"],
        ):
            run_job(self.odoo, name["complete_name"])

    def is_settled(self):
        waiting = [("state", "=", "outgoing")]
        return (
            not self.odoo.rpc("mail.mail", "search_count", waiting)
            and not any(said.state in UNFINISHED for said in what_odoo_says(self.odoo))
            # Odoo asks the provider if the provider can be asked.
            and not (self.code == "mailjet" and "in_doubt" in states(self.odoo))
        )

    def settle(self):
        deadline = time.monotonic() + SETTLING
        while not self.is_settled() and time.monotonic() < deadline:
            let_time_pass(self)
            with suppress(RpcError):
                self.run_queues()
            time.sleep(0.5)


def look_ups():
    """The faults of asking Mailjet, which is done by its API also after SMTP."""
    return {fault: rate for fault, rate in API_RATES.items() if fault.name.startswith("LOOK_UP_")}


def states(odoo):
    return Counter(said.state for said in what_odoo_says(odoo))


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("transport", ["smtp", "api"])
@pytest.mark.parametrize("code", ["aldeamo", "mailjet"])
def test_every_mail_arrives_once_or_is_in_doubt(pg, sandbox, code, transport, seed):
    with Life(pg, sandbox, code, transport, seed) as life:
        campaign = life.make_campaign()
        document = campaign.create("res.partner", name="Documento")
        life.let_faults_begin()
        launched = [("id", "=", campaign.mailing), ("state", "!=", "draft")]
        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(life.kill_now_and_then)
            life.insist(
                lambda: life.odoo.rpc("mailing.mailing", "action_launch", [campaign.mailing]),
                lambda: life.odoo.rpc("mailing.mailing", "search_count", launched),
            )
            emails = [*campaign.emails, *(life.chat(index, document) for index in range(CHATTER))]
            killing.result()
        life.suffer()
        life.let_faults_end()
        mend(life, campaign.server)
        life.settle()
        check(life, campaign, emails)


def check(life, campaign, emails):
    """Compare what was received with what Odoo says."""
    # Odoo itself may write to its administrator meanwhile, a digest for example.
    received = Counter({email: campaign.sent()[email] for email in emails})
    said = what_odoo_says(life.odoo)
    shown = statuses(life.odoo)
    met = {fault.name: number for fault, number in sorted(life.plan.met.items(), key=str)}
    say(
        f"{life.code} {life.transport} seed {life.seed}: {len(emails)} mails, "
        f"{sum(received.values())} received, {dict(states(life.odoo))}; {met}"
    )
    assert [email for email in emails if received[email] > 1] == []
    by_email = {}
    for one in said:
        by_email.setdefault(one.email, []).append(one)
    wrong = []
    for email in emails:
        of_mail = {one.state for one in by_email.get(email, [])}
        expected = {"accepted", "in_doubt"} if received[email] else {"refused", "in_doubt"}
        if len(by_email.get(email, [])) != 1 or not of_mail <= expected:
            wrong.append(f"{email}: received {received[email]} times, said {by_email.get(email)}")
        elif shown.get(email) not in TRUE_STATUSES[next(iter(of_mail))]:
            wrong.append(f"{email}: {of_mail}, and shown as {shown.get(email)}")
    assert wrong == []
    # It was no easy life.
    assert len(life.plan.met) >= KINDS
