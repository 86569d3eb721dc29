"""An event that arrives between the provider's acceptance of a mail and Odoo's commit."""

from collections import Counter

import pytest

from dev import sql
from dev.campaign import Campaign
from dev.sandbox import Sandbox, Step


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
    """The control: such a webhook makes Odoo send a mail twice, so these tests can see it."""
    campaign = Campaign(odoo, sandbox.aldeamo)
    victim = campaign.emails[1]

    def update_trace(message):
        if victim in message.recipients and not campaign.sent()[victim]:
            statement = "UPDATE mailing_trace SET trace_status = 'open' WHERE email = %s"
            sql.execute(pg, odoo.database, statement, victim)

    campaign.provider.on_message = update_trace
    campaign.send()
    assert campaign.sent()[victim] == 2


def test_each_mail_leaves_once_and_its_event_is_applied_afterwards(odoo, sandbox):
    campaign = Campaign(odoo, sandbox.aldeamo)
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
    campaign = Campaign(odoo, sandbox.aldeamo)

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
