"""The provider takes the mails, and answers with items and ids of wrong types."""

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World
from lab.sandbox.faults import ApiFault

_FORMS = 12  # of each provider's answer, by as many seeds
_MAILS = {"mailjet": 50 * _FORMS, "aldeamo": 120}


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    outcome = Outcome()
    for code, contacts in _MAILS.items():
        mailing = Mailing(world, contacts, code)
        mailing.prepare()
        api = mailing.campaign.provider.api
        for seed in range(_FORMS):
            api.order(ApiFault.ACCEPTED_WRONG_TYPES, path=mailing.send_path, seed=seed)
        mailing.send()
        mailing.outcome.require(api.pending_faults == 0, f"{code}: not every answer was malformed")
        mailing.post()
        outcome.add(mailing.count())
    return outcome
