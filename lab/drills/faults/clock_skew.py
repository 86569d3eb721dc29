"""The provider's clock is wrong: hours ahead, years behind, backwards, before there was e-mail."""

from datetime import datetime, timedelta, timezone
from itertools import cycle

from lab.drills.mailing import Mailing
from lab.drills.outcome import Outcome
from lab.drills.world import World

_SKEWS = (
    timedelta(hours=20),
    timedelta(days=3),
    timedelta(days=36500),
    timedelta(days=-400),
    timedelta(days=-20000),
)


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    mailing = Mailing(world)
    mailing.prepare()
    mailing.send()
    now = datetime.now(timezone.utc)
    for index, (event, skew) in enumerate(zip(mailing.make_events(), cycle(_SKEWS))):
        event["time"] = int((now + skew - timedelta(minutes=index)).timestamp())
    mailing.post()
    outcome = mailing.count()
    impossible = world.value(
        "SELECT count(*) FROM mail_tracking WHERE occurred_at < '2009-01-01'"
        " OR occurred_at > now() AT TIME ZONE 'UTC' + interval '1 day'"
    )
    outcome.require(impossible == 0, f"times that can't be true: {impossible}")
    return outcome
