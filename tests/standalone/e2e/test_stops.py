"""A key is refused: told at once, and the mails leave within seconds once it is mended."""

import time
from collections import Counter

from lab.campaign import Campaign
from lab.sandbox import Sandbox

SECONDS = 10


def seconds_until(campaign, is_so):
    began = time.monotonic()
    campaign.wait(is_so)
    return time.monotonic() - began


def stops(campaign):
    """The stops of the campaign's server, with their activities."""
    domain = [("mail_server_id", "=", campaign.server)]
    return campaign.odoo.rpc("mail.provider.stop", "search_read", domain, ["kind", "activity_ids"])


def test_mended_and_the_mails_leave_at_once(odoo):
    with Sandbox() as sandbox:
        campaign = Campaign(odoo, sandbox.aldeamo, contacts=60)
        server, write = campaign.server, "write"
        odoo.rpc("ir.mail_server", write, [server], {"smtp_pass": "wrong"})
        odoo.rpc("mailing.mailing", "action_launch", [campaign.mailing])
        campaign.wait(lambda: stops(campaign))
        [stop] = stops(campaign)
        assert stop["kind"] == "sending"
        assert stop["activity_ids"]
        assert campaign.read("ir.mail_server", server, "sending_state") == "wrong"
        assert "Waiting emails of this mailing: 60." in campaign.read(
            "mailing.mailing", campaign.mailing, "server_notice"
        )
        assert not campaign.sent()
        campaign.wait(lambda: campaign.read("mailing.mailing", campaign.mailing, "state") == "done")
        # Some are in the outbox, the others in Odoo's queue.
        waiting = campaign.read("ir.mail_server", server, "mail_waiting_count")
        assert waiting == 60
        odoo.rpc("ir.mail_server", write, [server], {"smtp_pass": sandbox.aldeamo.password})
        left = seconds_until(campaign, lambda: len(campaign.sent()) == 60)
        assert left < SECONDS
        assert campaign.sent() == Counter(campaign.emails)
        campaign.wait(lambda: not stops(campaign))
        notice = campaign.read("mailing.mailing", campaign.mailing, "server_notice")
        assert "Waiting emails" not in (notice or "")


def test_credit_again_and_send_waiting_mails(odoo):
    """Nothing changes in Odoo: somebody presses the button."""
    with Sandbox() as sandbox:
        campaign = Campaign(odoo, sandbox.aldeamo, contacts=60)
        sandbox.aldeamo.smtp.revoke()
        odoo.rpc("mailing.mailing", "action_launch", [campaign.mailing])
        campaign.wait(lambda: stops(campaign))
        campaign.wait(lambda: campaign.read("mailing.mailing", campaign.mailing, "state") == "done")
        sandbox.aldeamo.smtp.heal()
        odoo.rpc("ir.mail_server", "action_send_waiting", [campaign.server])
        left = seconds_until(campaign, lambda: len(campaign.sent()) == 60)
        assert left < SECONDS
        assert campaign.sent() == Counter(campaign.emails)
