"""An event that arrives between the provider's acceptance of a mail and Odoo's commit."""

import itertools
import time
from collections import Counter

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
        server = self.create(
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
        token = self.read("ir.mail_server", server, "webhook_url").rpartition("/")[2]
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
            mail_server_id=server,
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
        self.odoo.rpc("ir.cron", "method_direct_trigger", [data["res_id"]])

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

    def post_event(message):
        (event,) = campaign.provider.events_for(message, Step.OPENED)
        assert campaign.provider.post(event).status == 200
        campaign.run_job("mail_mailjet_aldeamo.ir_cron_apply_mail_tracking")
        (recipient,) = message.recipients
        within.append((recipient, campaign.statuses().get(recipient)))

    campaign.provider.on_message = post_event
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
