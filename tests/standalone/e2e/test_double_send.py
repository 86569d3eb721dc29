"""An event that arrives between the provider's acceptance of a mail and Odoo's commit."""

import itertools
import time
from collections import Counter
from xmlrpc.client import Fault

import psycopg2
import pytest

from dev.sandbox import Sandbox, Step

_serial = itertools.count(1)


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


class Campaign:
    """A mailing to three contacts, sent by Odoo's mail queue through the sandbox."""

    def __init__(self, odoo, sandbox):
        self.odoo = odoo
        self.provider = sandbox.aldeamo
        name = f"double{next(_serial)}"
        self.server = self.create(
            "ir.mail_server",
            name=name,
            provider="aldeamo",
            smtp_host=self.provider.smtp_host,
            smtp_port=self.provider.smtp_port,
            smtp_encryption="starttls",
            smtp_user=self.provider.user,
            smtp_pass=self.provider.password,
            mass_mail=True,
        )
        token = self.read("ir.mail_server", self.server, "webhook_url").rpartition("/")[2]
        self.provider.webhook_url = f"{odoo.url}/mail_provider/{token}"
        mailing_list = self.create("mailing.list", name=name)
        self.emails = [f"{name}-{index}@cliente.example" for index in range(3)]
        for email in self.emails:
            self.create("mailing.contact", email=email, list_ids=[(6, 0, [mailing_list])])
        (model,) = odoo.rpc("ir.model", "search", [("model", "=", "mailing.list")])
        self.mailing = self.create(
            "mailing.mailing",
            subject=name,
            mailing_type="mail",
            mailing_model_id=model,
            contact_list_ids=[(6, 0, [mailing_list])],
            mail_server_id=self.server,
            email_from="tienda@empresa.example",
            body_html="<p>Hola</p>",
        )

    def create(self, model, **values):
        return self.odoo.rpc(model, "create", values)

    def read(self, model, record, name):
        return self.odoo.rpc(model, "read", [record], [name])[0][name]

    def send(self):
        """Have Odoo send the mailing; wait until each mail has left and the queue is at rest."""
        self.odoo.rpc("mailing.mailing", "action_launch", [self.mailing])
        self.wait(self.is_at_rest)
        while self.is_unfinished():
            self.run_job("mail.ir_cron_mail_scheduler_action")
            self.wait(self.is_at_rest)

    def is_at_rest(self):
        """Whether mails were received, and none any more for a while."""
        before = len(self.provider.received)
        time.sleep(2)
        return 0 < before == len(self.provider.received)

    def sent(self):
        """Return address → how many times a mail left for it."""
        return Counter(
            recipient for message in self.provider.received for recipient in message.recipients
        )

    def is_unfinished(self):
        """Whether the queue still holds mails of the mailing."""
        waiting = [("mailing_id", "=", self.mailing), ("state", "=", "outgoing")]
        return self.odoo.rpc("mail.mail", "search_count", waiting) > 0

    def run_job(self, xmlid):
        """Run one of Odoo's scheduled jobs now, in the worker that takes the request."""
        module, name = xmlid.split(".")
        (data,) = self.odoo.rpc(
            "ir.model.data",
            "search_read",
            [("module", "=", module), ("name", "=", name)],
            ["res_id"],
        )
        self.wait(lambda: self.has_run(data["res_id"]))

    def has_run(self, job):
        try:
            self.odoo.rpc("ir.cron", "method_direct_trigger", [job])
        except Fault as fault:
            if "currently being executed" not in fault.faultString:
                raise
            return False  # Odoo's scheduler is at it
        return True

    def wait(self, is_so):
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, "Odoo did not get there in time"

    def statuses(self):
        traces = self.odoo.rpc(
            "mailing.trace",
            "search_read",
            [("mass_mailing_id", "=", self.mailing)],
            ["email", "trace_status"],
        )
        return {trace["email"]: trace["trace_status"] for trace in traces}


def within_the_window(campaign, step):
    """Have the provider post an event, and Odoo's job run, before a mail is accepted."""

    def post_event(message):
        (event,) = campaign.provider.events_for(message, step)
        assert campaign.provider.post(event).status == 200
        campaign.run_job("mail_mailjet_aldeamo.ir_cron_apply_mail_tracking")

    campaign.provider.on_message = post_event


def test_what_a_webhook_that_updates_the_trace_does(odoo, pg, sandbox):
    """The control: such a webhook makes Odoo send a mail twice, so these tests can see it."""
    campaign = Campaign(odoo, sandbox)
    victim = campaign.emails[1]

    def update_trace(message):
        if victim in message.recipients and not campaign.sent()[victim]:
            with (
                psycopg2.connect(
                    host=pg.host,
                    port=pg.port,
                    user=pg.user,
                    password=pg.password,
                    dbname=odoo.database,
                ) as connection,
                connection.cursor() as cursor,
            ):
                cursor.execute(
                    "UPDATE mailing_trace SET trace_status = 'open' WHERE email = %s", [victim]
                )

    campaign.provider.on_message = update_trace
    campaign.send()
    assert campaign.sent()[victim] == 2


def test_each_mail_leaves_once_and_its_event_is_applied_afterwards(odoo, sandbox):
    campaign = Campaign(odoo, sandbox)
    within = []
    within_the_window(campaign, Step.OPENED)
    post_event = campaign.provider.on_message

    def post_event_and_look(message):
        post_event(message)
        (recipient,) = message.recipients
        within.append((recipient, campaign.statuses().get(recipient)))

    campaign.provider.on_message = post_event_and_look
    campaign.send()
    assert campaign.sent() == Counter(campaign.emails), "each mail left exactly once"
    # Odoo commits a mailing's traces together with the first of its mails.
    assert sorted(email for email, _status in within) == campaign.emails
    assert {status for _email, status in within} == {None, "outgoing"}
    odoo.rpc(
        "mail.tracking",
        "action_process_again",
        odoo.rpc("mail.tracking", "search", [("state", "=", "pending")]),
    )
    campaign.run_job("mail_mailjet_aldeamo.ir_cron_apply_mail_tracking")
    assert campaign.statuses() == dict.fromkeys(campaign.emails, "open")
    assert campaign.sent() == Counter(campaign.emails)


def test_mails_that_are_tried_again_leave_once(odoo, sandbox):
    """Their traces stand at `error` meanwhile, as no event of theirs would have to wait for."""
    campaign = Campaign(odoo, sandbox)

    def refuse(message):
        raise ConnectionError(message.subject)

    campaign.provider.on_message = refuse
    odoo.rpc("mailing.mailing", "action_launch", [campaign.mailing])
    campaign.wait(lambda: set(campaign.statuses().values()) == {"error"})
    assert not campaign.sent()
    within_the_window(campaign, Step.OPENED)
    mails = odoo.rpc("mail.mail", "search", [("mailing_id", "=", campaign.mailing)])
    odoo.rpc("mail.mail", "mark_outgoing", mails)
    while campaign.is_unfinished():
        campaign.run_job("mail.ir_cron_mail_scheduler_action")
    assert campaign.sent() == Counter(campaign.emails)


def test_mails_that_are_deleted_when_sent_leave_once(odoo, sandbox):
    """Odoo deletes their messages: an event that referred to one would be in its way."""
    campaign = Campaign(odoo, sandbox)
    within_the_window(campaign, Step.HARD_BOUNCE)
    mail = campaign.create(
        "mail.mail",
        subject="Invitación",
        body_html="<p>Hola</p>",
        email_from="tienda@empresa.example",
        email_to=campaign.emails[0],
        mail_server_id=campaign.server,
        auto_delete=True,
    )
    for _run in range(2):
        campaign.run_job("mail.ir_cron_mail_scheduler_action")
    assert campaign.sent() == Counter(campaign.emails[:1])
    assert not odoo.rpc("mail.mail", "search_count", [("id", "=", mail)])
