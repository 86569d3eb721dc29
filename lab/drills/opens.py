"""As many events of a mailing as are wanted: each recipient opens the mail again and again."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from lab.drills.mailing import Mailing
from lab.sandbox import Step


def opens(mailing: Mailing) -> Iterator[dict[str, Any]]:
    """Make one event after the other; the mailing counts each as posted."""
    messages = mailing.received()
    born = datetime.now(timezone.utc) - timedelta(hours=2)
    for second in count():
        for message in messages:
            at = born + timedelta(seconds=second)
            (event,) = mailing.campaign.provider.events_for(message, Step.OPENED, at)
            mailing.events.append(event)
            yield event
