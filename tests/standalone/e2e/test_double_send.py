"""An event that arrives while a mail is being handed over, before its acceptance is known."""

from collections import Counter

import pytest

from dev import sql
from lab.campaign import Campaign
from lab.sandbox import Sandbox, Step
from lab.sandbox.faults import SmtpFault


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


def within_the_window(campaign, step):
    """Have the provider post an event, and Odoo's job run, before a mail is accepted."""

    def post_event(message):
        (event,) = campaign.provider.events_for(message, step)
        assert campaign.provider.post(event).status == 200
        campaign.run_job("mail_mailjet_aldeamo.ir_cron_apply_mail_tracking")

    campaign.provider.on_message = post_event


def test_what_a_webhook_that_updates_the_trace_does(odoo, pg, sandbox):
    """The control: such a webhook makes stock Odoo send twice, so these tests can see it."""
    campaign = Campaign(odoo, sandbox.aldeamo)
    odoo.rpc("ir.mail_server", "write", [campaign.server], {"provider": False})
    victim = campaign.emails[1]

    def update_trace(message):
        if victim in message.recipients and not campaign.sent()[victim]:
            statement = "UPDATE mailing_trace SET trace_status = 'open' WHERE email = %s"
            sql.execute(pg, odoo.database, statement, victim)

    campaign.provider.on_message = update_trace
    campaign.send()
    assert campaign.sent()[victim] == 2


def test_each_mail_leaves_once_and_its_event_is_applied_at_once(odoo, sandbox):
    campaign = Campaign(odoo, sandbox.aldeamo)
    within = []
    within_the_window(campaign, Step.OPENED)
    post_event = campaign.provider.on_message

    def post_event_and_look(message):
        (recipient,) = message.recipients
        within.append((recipient, campaign.statuses().get(recipient)))
        post_event(message)

    campaign.provider.on_message = post_event_and_look
    campaign.send()
    assert campaign.sent() == Counter(campaign.emails), "each mail left exactly once"
    # Odoo has committed that it hands them over before it does so.
    assert sorted(within) == [(email, "process") for email in campaign.emails]
    assert campaign.statuses() == dict.fromkeys(campaign.emails, "open")


def test_mails_that_are_tried_again_leave_once(odoo, sandbox):
    """Their traces say `error` until they are sent again."""
    campaign = Campaign(odoo, sandbox.aldeamo)
    # What a retry may cure: nothing is wrong with the addresses.
    sandbox.aldeamo.smtp.order(SmtpFault.FINAL_5XX, len(campaign.emails))
    odoo.rpc("mailing.mailing", "action_launch", [campaign.mailing])
    campaign.wait(lambda: set(campaign.statuses().values()) == {"error"})
    assert not campaign.sent()
    sandbox.aldeamo.smtp.heal()
    within_the_window(campaign, Step.OPENED)
    odoo.rpc("mailing.mailing", "action_retry_failed", [campaign.mailing])
    campaign.wait(lambda: campaign.is_at_rest() and not campaign.is_unfinished())
    assert campaign.sent() == Counter(campaign.emails)
    assert campaign.statuses() == dict.fromkeys(campaign.emails, "open")


def test_mails_that_are_deleted_when_sent_leave_once(odoo, sandbox):
    """Odoo deletes their messages: an event that referred to one would be in its way."""
    campaign = Campaign(odoo, sandbox.aldeamo)
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
