"""Two Odoo servers on one database deliver 20 000 mails side by side."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from dev.odoo import Odoo
from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.faults import ApiFault, SmtpFault

_MAILS = {"api": 16_000, "smtp": 4_000}
_CONNECTIONS = 4  # of each server
_PATIENCE = 300  # seconds


def run(world: World) -> Outcome:
    """Do it; return what came of it."""
    outcome = Outcome()
    with _odoo(world) as second:
        # Odoo runs a job on one server at a time: each gets one of its own.
        jobs = [_job(world, name) for name in ("first", "second")]
        for transport, number in _MAILS.items():
            mailing = Mailing(world, contacts=1, transport=transport, connection_count=_CONNECTIONS)
            _fill_outbox(world, mailing, number)
            begun = time.monotonic()
            with _Calls(mailing) as calls, ThreadPoolExecutor(2) as pool:
                servers = zip((world.odoo, second), jobs, strict=True)
                working = [pool.submit(_deliver, odoo, mailing, job) for odoo, job in servers]
                for work in working:
                    work.result()
            seconds = time.monotonic() - begun
            outcome.require(
                calls.most > _CONNECTIONS, f"{transport}: one server at a time delivered"
            )
            outcome.notes.append(
                f"{transport}: {number / seconds:.0f} mails/s, {calls.most} calls at once at most"
            )
            outcome.add(mailing.count())
    return outcome


def _odoo(world: World) -> Odoo:
    trusted = {"REQUESTS_CA_BUNDLE": world.sandbox.ca_bundle}
    return Odoo(world.pg, world.database, extra=["--max-cron-threads=0"], env=trusted)


def _job(world: World, name: str) -> int:
    """Create a scheduled job that delivers; return its id."""
    [model] = world.odoo.rpc("ir.model", "search", [("model", "=", "mail.delivery")])
    values = {
        "name": f"Deliver ({name})",
        "model_id": model,
        "state": "code",
        "code": "model._cron_deliver()",
        "user_id": 1,  # the superuser, as the addon's own job
        "active": False,  # it is the drill that runs it
    }
    return int(world.odoo.rpc("ir.cron", "create", values))


def _deliver(odoo: Odoo, mailing: Mailing, job: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while mailing.campaign.is_unfinished() and time.monotonic() < deadline:
        odoo.rpc("ir.cron", "method_direct_trigger", [job])


def _fill_outbox(world: World, mailing: Mailing, number: int) -> None:
    """Put one mail into the outbox and copy it: Odoo would take long to compose so many."""
    campaign = mailing.campaign
    if mailing.transport == "api":
        campaign.provider.api.order(ApiFault.RATE_LIMITED, path=mailing.send_path)
    else:
        campaign.provider.smtp.order(SmtpFault.BYE)
    mailing.prepare()
    ((trace, delivery, token),) = world.query(
        "SELECT mailing_trace_id, id, token FROM mail_delivery"
        " WHERE mass_mailing_id = %s AND state = 'waiting'",
        campaign.mailing,
    )
    [email] = campaign.emails
    campaign.emails += [email.replace("-0@", f"-{n}@") for n in range(1, number)]
    email_of = f"replace('{email}', '-0@', '-' || n || '@')"
    for table, row, changes in (
        ("mailing_trace", trace, f"'email', {email_of}"),
        (
            "mail_delivery",
            delivery,
            f"'mailing_trace_id', {trace} + n, 'token', '{token}' || n,"
            f" 'recipient', {email_of}, 'email_to', {email_of}",
        ),
    ):
        world.query(
            f"""
            INSERT INTO {table}
            SELECT made.* FROM {table} AS sample, generate_series(1, {number - 1}) AS n,
                   LATERAL jsonb_populate_record(
                       sample, jsonb_build_object('id', {row} + n, {changes})) AS made
             WHERE sample.id = {row}
            """
        )
        world.query(f"SELECT setval('{table}_id_seq', {row + number})")
    world.query(
        f"""
        INSERT INTO mail_delivery_content (delivery_id, content)
        SELECT {delivery} + n,
               convert_to(
                   replace(replace(convert_from(content, 'UTF8'), '{email}', {email_of}),
                           '{token}', '{token}' || n), 'UTF8')
          FROM mail_delivery_content, generate_series(1, {number - 1}) AS n
         WHERE delivery_id = {delivery}
        """
    )
    world.query("ANALYZE mail_delivery, mail_delivery_content, mailing_trace")
    world.let_time_pass()


class _Calls:
    """Sees how many calls are made, or mails taken by SMTP, at once; a context manager.

    :ivar most: at once so far
    """

    def __init__(self, mailing: Mailing) -> None:
        self.most = 0
        self._provider = mailing.campaign.provider
        self._transport = mailing.transport
        self._number = 0
        self._lock = Lock()

    def __enter__(self) -> "_Calls":
        if self._transport == "api":
            self._provider.api.before_processing = lambda _call: self._change(1)
            self._provider.api.before_answer = lambda _call: self._change(-1)
        else:
            self._provider.on_message = self._take
        return self

    def __exit__(self, *_error: object) -> None:
        self._provider.api.before_processing = self._provider.api.before_answer = None
        self._provider.on_message = None

    def _take(self, _message: object) -> None:
        self._change(1)
        time.sleep(0.02)
        self._change(-1)

    def _change(self, by: int) -> None:
        with self._lock:
            self._number += by
            self.most = max(self.most, self._number)
