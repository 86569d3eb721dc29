"""What happens to the recipients of a mail, and what that must do to Odoo's statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """One thing that happens to a mail; each is one event of the provider."""

    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    HARD_BOUNCE = "hard bounce"
    SOFT_BOUNCE = "soft bounce"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    # Mailjet only: it refused to send
    BLOCKED = "blocked"
    # Aldeamo only
    REACTIVATED = "reactivated"
    CATEGORY_UPDATE = "category update"


@dataclass(frozen=True)
class Journey:
    """The steps of one recipient.

    :param share: how many recipients of one cycle of the script go this way
    :param effects: what one such recipient adds to the mailing's ``delivered``, ``opened``,
        ``clicked``, ``bounced``, and in the end to the ``blacklisted`` addresses and the
        subscriptions ``opted_out``
    """

    share: int
    steps: tuple[Step, ...]
    effects: tuple[str, ...]


class Script:
    """Journeys dealt out to the recipients in turn, again from the start after each cycle."""

    def __init__(self, journeys: Sequence[Journey]):
        rounds = range(max((journey.share for journey in journeys), default=0))
        # One of each kind first, so that few recipients already show every kind.
        self._cycle = [journey for turn in rounds for journey in journeys if journey.share > turn]

    def steps(self, index: int) -> tuple[Step, ...]:
        """The steps of the recipient with that index, in order of time."""
        return self._cycle[index % len(self._cycle)].steps if self._cycle else ()

    def expected(self, recipients: int) -> Counter[str]:
        """The effects that many recipients must have, and the number of ``events``."""
        total: Counter[str] = Counter()
        if self._cycle:
            for index in range(recipients):
                journey = self._cycle[index % len(self._cycle)]
                total.update(journey.effects)
                total["events"] += len(journey.steps)
        return total


_D, _O, _C = Step.DELIVERED, Step.OPENED, Step.CLICKED

# fmt: off
_COMMON = (
    #       share  steps                     effects
    Journey(6,     (_D,),                    ("delivered",)),
    Journey(4,     (_D, _O),                 ("delivered", "opened")),
    Journey(3,     (_D, _O, _C),             ("delivered", "opened", "clicked")),
    Journey(2,     (Step.HARD_BOUNCE,),      ("bounced",)),
    Journey(1,     (Step.SOFT_BOUNCE,),      ("bounced",)),
    Journey(1,     (_D, Step.COMPLAINED),    ("delivered", "blacklisted")),
)

# An unsubscribe of Mailjet names the mail, hence the mailing list; one of Aldeamo names only the
# address.
MAILJET_MIX = Script((
    *_COMMON,
    Journey(3, (_D, _O, Step.UNSUBSCRIBED),                ("delivered", "opened", "opted_out")),
))
ALDEAMO_MIX = Script((
    *_COMMON,
    Journey(1, (_D, _O, Step.UNSUBSCRIBED),                ("delivered", "opened", "blacklisted")),
    Journey(1, (_D, Step.UNSUBSCRIBED, Step.REACTIVATED),  ("delivered",)),
    Journey(1, (_D, Step.CATEGORY_UPDATE),                 ("delivered", "opted_out")),
))
# fmt: on

SILENT = Script(())
"""No events at all."""
