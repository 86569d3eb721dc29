"""Odoo killed in the middle of sending by API, and started again."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException

import pytest

from dev import sql
from dev.databases import fresh_database
from dev.odoo import Odoo
from lab.campaign import Campaign
from lab.sandbox import Sandbox, Step

QUEUE = "mail.ir_cron_mail_scheduler_action"
OUTBOX = "mail_mailjet_aldeamo.ir_cron_deliver"


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


class Life:
    """One database, and the lives that Odoo leads on it."""

    def __init__(self, pg, sandbox):
        self.pg = pg
        self.sandbox = sandbox
        self.database = fresh_database(pg, "crash")

    def odoo(self):
        # no cron of its own: the test says when the queue runs
        return Odoo(
            self.pg,
            self.database,
            extra=["--max-cron-threads=0"],
            env={"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle},
        )

    def query(self, statement):
        return sql.execute(self.pg, self.database, statement)

    def let_time_pass(self):
        """An hour goes by before Odoo is up again."""
        self.query(
            "UPDATE mail_delivery SET called_at = called_at - interval '1 hour',"
            " retry_at = retry_at - interval '1 hour' WHERE state != 'accepted'"
        )


@pytest.fixture
def life(pg, sandbox):
    return Life(pg, sandbox)


def run_queue(odoo, campaign, afterwards=lambda: None):
    """Have Odoo work on its queue and its outbox until nothing is left in them, or it dies.

    :param afterwards: called each time that both have run
    """
    campaign.odoo = odoo
    while campaign.is_unfinished():
        campaign.run_job(QUEUE)
        campaign.run_job(OUTBOX)
        afterwards()


def prepare(odoo, campaign):
    """Have Odoo make the mails of the mailing. More than 100 are left to the queue."""
    odoo.rpc("mailing.mailing", "action_send_mail", [campaign.mailing])


def run_until_killed(odoo, campaign):
    """Work on the queue until one of the sandbox's hooks kills Odoo."""
    with pytest.raises((OSError, HTTPException)):
        run_queue(odoo, campaign)


def sends(provider):
    return [call for call in provider.api.calls if call.messages]


def test_a_mailing_of_1000_leaves_in_20_calls_over_few_connections(life, sandbox):
    with life.odoo() as odoo:
        campaign = Campaign(odoo, sandbox.mailjet, "mailjet", contacts=1000, transport="api")
        prepare(odoo, campaign)
        run_queue(odoo, campaign)
        # No event ever came: acceptance is all that will be known.
        assert set(campaign.statuses().values()) == {"sent"}
    assert campaign.sent() == Counter(campaign.emails)
    assert [call.messages for call in sends(sandbox.mailjet)] == [50] * 20
    assert len({call.connection for call in sends(sandbox.mailjet)}) <= 4


def test_killed_at_three_points_every_mail_leaves_once(life, sandbox):
    """Before Mailjet takes a call, after it took one, and after Odoo got its answer."""
    mailjet = sandbox.mailjet

    with life.odoo() as odoo:
        campaign = Campaign(
            odoo, mailjet, "mailjet", contacts=400, transport="api", connection_count=1
        )
        prepare(odoo, campaign)

        def before_processing(_call):
            if len(sends(mailjet)) == 2:
                odoo.kill()
                raise ConnectionError("Odoo has died meanwhile")

        mailjet.api.before_processing = before_processing
        run_until_killed(odoo, campaign)
    assert len(mailjet.received) == 50
    mailjet.api.before_processing = None

    life.let_time_pass()
    with life.odoo() as odoo:

        def before_answer(_call):
            if len(mailjet.received) == 150:
                odoo.kill()

        mailjet.api.before_answer = before_answer
        run_until_killed(odoo, campaign)
    assert len(mailjet.received) == 150
    mailjet.api.before_answer = None

    life.let_time_pass()
    with life.odoo() as odoo, ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill_once_answered, life, odoo)
        run_until_killed(odoo, campaign)
        killing.result()

    life.let_time_pass()
    with life.odoo() as odoo:
        run_queue(odoo, campaign, life.let_time_pass)
        assert set(campaign.statuses().values()) == {"sent"}
        assert set(campaign.states()) == {"accepted"}
        assert not life.query("SELECT 1 FROM mail_delivery_content")
    assert campaign.sent() == Counter(campaign.emails)


def kill_once_answered(life, odoo):
    """Kill Odoo between an answer and the commit of what it means."""
    blocked = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'odoo-%' AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    deadline = time.monotonic() + 60
    with closing(sql.connect(life.pg, life.database)) as other, other.cursor() as cursor:
        # What the courier locks to write an answer down.
        while not cursor.rowcount > 0:
            cursor.execute(
                "SELECT FROM mail_delivery WHERE state = 'calling'"
                " AND called_at > now() AT TIME ZONE 'UTC' - interval '1 minute' FOR UPDATE"
            )
            assert time.monotonic() < deadline, "nothing is handed over"
            time.sleep(0.005)
        while not life.query(blocked):
            assert time.monotonic() < deadline, "no answer is written down"
            time.sleep(0.005)
        odoo.kill()


def test_where_nobody_can_be_asked_the_unanswered_are_in_doubt_until_an_event_comes(life, sandbox):
    aldeamo = sandbox.aldeamo
    with life.odoo() as odoo:
        campaign = Campaign(odoo, aldeamo, contacts=120, transport="api", api_key=aldeamo.api_key)
        prepare(odoo, campaign)

        def before_answer(_call):
            if len(aldeamo.received) >= 18:
                odoo.kill()

        aldeamo.api.before_answer = before_answer
        run_until_killed(odoo, campaign)
    aldeamo.api.before_answer = None
    life.let_time_pass()
    with life.odoo() as odoo:
        run_queue(odoo, campaign)
        sent = campaign.sent()
        assert set(sent.values()) == {1}
        in_doubt = campaign.states()["in_doubt"]
        missing = set(campaign.emails) - set(sent)
        # A call that had not arrived when Odoo was killed is in doubt as well.
        assert len(missing) < in_doubt <= 4
        statuses = Counter(campaign.statuses().values())
        assert statuses == {"process": in_doubt, "sent": 120 - in_doubt}
        aldeamo.webhook_url = f"{odoo.url}/{aldeamo.webhook_url.split('/', 3)[3]}"
        for message in aldeamo.received:
            for event in aldeamo.events_for(message, Step.DELIVERED):
                assert aldeamo.post(event).status == 200
        campaign.run_job("mail_mailjet_aldeamo.ir_cron_apply_mail_tracking")
        assert campaign.states()["accepted"] == 120 - len(missing)
        expected = dict.fromkeys(campaign.emails, "sent") | dict.fromkeys(missing, "process")
        assert campaign.statuses() == expected
    assert campaign.sent() == sent
