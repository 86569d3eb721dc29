"""The session that writes down what the provider said is ended, again and again."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from dev.console import Stop
from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World

_TIMES = 3
_CALLING = "SELECT count(*) FROM mail_delivery WHERE state = 'calling' AND mass_mailing_id = %s"
_WAITING = (
    "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%%mail_delivery%%'"
    " AND application_name LIKE 'odoo-%%' AND cardinality(pg_blocking_pids(pid)) > 0"
)


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    outcome = Outcome()
    for transport in ("api", "smtp"):
        mailing = Mailing(world, contacts=300, transport=transport)
        mailing.prepare()
        provider = mailing.campaign.provider
        provider.api.latency = 0.3
        provider.smtp_latency = 0.05
        lost = 0
        try:
            with ThreadPoolExecutor(1) as pool:
                sending = pool.submit(mailing.try_to_send)
                for _time in range(_TIMES):
                    lost += _end_session(world, mailing)
                sending.result()
        finally:
            provider.api.latency = provider.smtp_latency = 0.0
        mailing.outcome.require(lost >= _TIMES, f"{transport}: only {lost} sessions were lost")
        mailing.send()
        mailing.post()
        outcome.add(mailing.count())
        outcome.notes.append(f"{transport}: {lost} sessions ended while mails were under way")
    return outcome


def _end_session(world: World, mailing: Mailing) -> int:
    """End the session that is about to store the answers of calls; return how many sessions ended.

    If the calls end before their rows are locked, try again with the rows of the next calls.
    """
    number = mailing.campaign.mailing
    # The answers can't be written down while somebody else holds the rows.
    holding = (
        "SELECT FROM mail_delivery WHERE state = 'calling'"
        f" AND mass_mailing_id = {number} FOR UPDATE"
    )
    while True:
        world.wait("mails are under way", lambda: world.value(_CALLING, number) > 0)
        with world.holding(holding), suppress(Stop):
            world.wait(
                "an answer waits for us",
                lambda: world.value(f"SELECT count(*) {_WAITING}") > 0,
                patience=10,
            )
            return len(world.query(f"SELECT pg_terminate_backend(pid) {_WAITING}"))
