"""The database is restored from before a mailing, with its secret and with a new one."""

from typing import Any

from lab.drills.mailing import Mailing, address_of
from lab.drills.outcome import Outcome
from lab.drills.world import World

_CONTACTS = 60


def run(world: World) -> Outcome:
    """Make the fault; return what came of it."""
    outcome = Outcome()
    for has_new_secret in (False, True):
        lost = Mailing(world, _CONTACTS)
        # Its mails get the numbers that the lost ones had.
        other = Mailing(world, _CONTACTS)
        with world.going_back():
            lost.prepare()
            lost.send()
            rows = _rows(world, lost)
        if has_new_secret:
            world.query(
                "UPDATE ir_config_parameter SET value = gen_random_uuid()"
                " WHERE key = 'database.secret'"
            )
        other.prepare()
        other.send()
        outcome.require(_rows(world, other) == rows, "the other mails have other numbers")
        before = _effects(world, other)
        lost.post()
        world.wait("all events are stored", lost.is_all_stored)
        lost.run_job()
        outcome.require(_effects(world, other) == before, "events hit somebody else's mails")
        bounced = {address_of(event) for event in lost.events if event["event"] == "bounce"}
        counters = dict(
            world.query(
                "SELECT email, message_bounce FROM mailing_contact WHERE email = ANY(%s)",
                lost.campaign.emails,
            )
        )
        expected = {email: int(email in bounced) for email in lost.campaign.emails}
        outcome.require(counters == expected, "bounces of mails that nobody knows don't count")
        outcome.notes.append(
            f"{'new' if has_new_secret else 'same'} secret: {len(lost.events)} events of"
            f" {len(rows)} mails that the database doesn't know, {len(bounced)} bounces counted"
        )
        # Its own events: they don't end up at the mails of the same numbers either.
        other.post()
        outcome.add(other.count())
    return outcome


def _rows(world: World, mailing: Mailing) -> list[int]:
    found = world.query(
        "SELECT id FROM mail_delivery WHERE mass_mailing_id = %s ORDER BY id",
        mailing.campaign.mailing,
    )
    return [number for (number,) in found]


def _effects(world: World, mailing: Mailing) -> Any:
    """Return what events change of a mailing's mails."""
    return world.query(
        "SELECT delivery.id, delivery.status, trace_status, failed_kind, delivered_at, opened_at"
        "  FROM mail_delivery AS delivery"
        "  JOIN mailing_trace AS trace ON trace.id = delivery.mailing_trace_id"
        " WHERE delivery.mass_mailing_id = %s ORDER BY delivery.id",
        mailing.campaign.mailing,
    )
