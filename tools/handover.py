# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Handing mails over to a provider's API so that none is lost and none is sent twice."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from odoo import fields, models

from ..providers.api import ApiError, Outcome
from ..providers.base import Text, _
from ..providers.outgoing import Outgoing

# A mail that the provider doesn't know after this time has not arrived there.
KNOWN_AFTER = timedelta(minutes=2)
CLOCK_DIFFERENCE = timedelta(minutes=5)
# What the provider has, or may have.
REMEMBERED = ("accepted", "unknown", "waiting")
PAUSE = 2  # seconds, before the provider is asked about what it did not answer


@dataclass
class Part:
    """What one or several recipients of a mail get, and what became of it.

    :param key: names it across restarts
    :param mail: `mail.mail`
    :param partner: `res.partner` that it is for, or none
    """

    key: str
    mail: models.BaseModel
    partner: models.BaseModel
    outgoing: Outgoing
    outcome: Outcome | None = None


class Inquiry:
    """Asks a provider whether it has mails, until a question isn't answered: the others wouldn't
    be either, and each may take a minute.

    :param providers.api.Api api:
    """

    def __init__(self, api):
        self.api = api
        self._obstacle = None

    def find(self, part, since):
        """Return the outcome of a part, or None if the provider doesn't know it."""
        if self._obstacle:
            return self._obstacle
        try:
            ids = self.api.find(part.outgoing, since - CLOCK_DIFFERENCE)
        except ApiError as error:
            self._obstacle = Outcome("unknown", reason=error.reason)
            return self._obstacle
        return Outcome("accepted", ids=ids) if ids else None


def hand_over(deliveries, api, parts):
    """Hand the parts over to the API; each gets its outcome.

    :param deliveries: `mail.api.delivery`, which remembers through crashes
    :param providers.api.Api api:
    :param list[Part] parts:
    """
    if not parts:
        return
    earlier = deliveries._begin([part.key for part in parts])
    inquiry = Inquiry(api)
    for part in parts:
        if part.key in earlier:
            part.outcome = recall(inquiry, part, earlier[part.key])
    missing = [part for part in parts if not part.outcome]
    if earlier:
        deliveries._begin_again([part.key for part in missing])
    send(deliveries, api, missing)
    unanswered = [part for part in missing if part.outcome.result == "unknown"]
    if unanswered and api.can_find:
        time.sleep(PAUSE)
        find_unanswered(deliveries, inquiry, unanswered)
    elif unanswered:
        give_up(unanswered)
    # The provider has not taken these, so that nothing has to be remembered of them.
    deliveries._forget([part.key for part in parts if part.outcome.result not in REMEMBERED])
    judge_failed(parts)


def send(deliveries, api, parts):
    """Send the parts in as few calls as the API allows."""
    queue = iter(parts)
    for mails in api.batches([part.outgoing for part in parts]):
        batch = list(islice(queue, len(mails)))
        for part, outcome in zip(batch, api.send(mails), strict=True):
            part.outcome = outcome
        deliveries._answer(
            {part.key: part.outcome.ids for part in batch if part.outcome.result == "accepted"}
        )
        obstacle = next((part.outcome for part in batch if part.outcome.stops_others), None)
        if obstacle:
            for part in queue:
                part.outcome = replace(obstacle, result="later")
            return


def recall(inquiry, part, earlier):
    """Return what became of a part that an earlier process handed over, or None if it is known
    not to have arrived.
    """
    if earlier.ids is not None:
        return Outcome("accepted", ids=earlier.ids)
    if not inquiry.api.can_find:
        return None
    found = inquiry.find(part, earlier.started_at)
    if found:
        return found
    if fields.Datetime.now() - earlier.started_at > KNOWN_AFTER:
        return None
    return Outcome(
        "waiting",
        reason=Text(
            _("Odoo was interrupted while it handed this mail over, and soon asks if it arrived.")
        ),
    )


def find_unanswered(deliveries, inquiry, parts):
    for part in parts:
        part.outcome = inquiry.find(part, fields.Datetime.now()) or part.outcome
    deliveries._answer(
        {part.key: part.outcome.ids for part in parts if part.outcome.result == "accepted"}
    )


def give_up(parts):
    """Leave it to people whether to send again what may have arrived."""
    for part in parts:
        reason = Text(
            _(
                "%(reason)s The mail may have arrived all the same: look for its events, or ask "
                "the recipient, before you send it again."
            ),
            {"reason": part.outcome.reason},
        )
        part.outcome = Outcome("refused", failure="unknown", reason=reason)


def judge_failed(parts):
    """Tell apart a provider that fails on a mail from one that fails on everything."""
    works = any(part.outcome.result == "accepted" for part in parts)
    for part in parts:
        if part.outcome.result == "failed":
            part.outcome = replace(part.outcome, result="refused" if works else "later")
