"""The provider takes the mails, and answers 500, or hangs up after the data of SMTP."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.faults import ApiFault, SmtpFault


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    outcome = Outcome()
    # Mailjet is asked. At Aldeamo, which can't be, the events tell.
    for code, transport in (("mailjet", "api"), ("aldeamo", "api"), ("mailjet", "smtp")):
        mailing = Mailing(world, contacts=160, code=code, transport=transport)
        mailing.prepare()
        provider = mailing.campaign.provider
        if transport == "api":
            provider.api.order(ApiFault.ACCEPTED_DOWN, times=2, path=mailing.send_path)
        else:
            provider.smtp.order(SmtpFault.CLOSED_ACCEPTED, times=10)
        mailing.send()
        is_met = not (provider.smtp.pending_faults + provider.api.pending_faults)
        mailing.outcome.require(is_met, f"{code} {transport}: not every fault was met")
        mailing.post()
        outcome.add(mailing.count())
    return outcome
