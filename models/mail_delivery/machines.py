# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models

from ...user_agents.agent import machine_of
from ...user_agents.machines import READINGS, machines_by_time

# If a mail has more opens and clicks than these, judge further ones one by one: reading all of
# them with each new one would take longer and longer.
MOST_READINGS = 500


class Reading(NamedTuple):
    """An open, a click or a delivery, as input of `machines_by_time`."""

    id: int
    delivery_id: int
    event_type: str
    occurred_at: datetime
    url: str
    user_agent: str
    machine: str


class MailDelivery(models.Model):
    """Whether only machines opened and clicked, as far as Odoo can tell.

    Times and statuses include machines; this is shown in addition.
    """

    _inherit = "mail.delivery"

    is_machine_open = fields.Boolean(
        string="Opened by a Machine Only",
        help="So far, probably only machines have opened this email or clicked its links.",
    )
    is_machine_click = fields.Boolean(
        string="Clicked by a Machine Only",
        help="So far, probably only machines have clicked links in this email.",
    )

    @api.model
    def _judge_clicked(self, rows):
        """Judge all opens and clicks of deliveries again.

        Only of deliveries with clicks: the rules about times are about clicks.

        :param list[dict] rows: of `_lock_reports`; changed in place
        """
        rows = {row["id"]: row for row in rows if row["clicked_at"]}
        if not rows:
            return
        changed = {}
        for delivery_id, events in self._readings(list(rows)).items():
            found = machines_by_time(events, agent_rule)
            changed.update(
                (event.id, found[event.id])
                for event in events
                if event.id in found and found[event.id] != event.machine
            )
            set_machine_flags(rows[delivery_id], events, found)
        if changed:
            self.env.cr.execute(
                """
                UPDATE mail_tracking AS event SET machine = judged.machine
                  FROM unnest(%s::int[], %s::text[]) AS judged (id, machine)
                 WHERE event.id = judged.id
                """,
                [list(changed), list(changed.values())],
            )

    @api.model
    def _readings(self, delivery_ids):
        """Return delivery's id → its `Reading`s, if these are at most `MOST_READINGS`."""
        self.env.cr.execute(
            f"""
            SELECT {", ".join(f"event.{name}" for name in Reading._fields)}
              FROM mail_delivery AS delivery
             CROSS JOIN LATERAL (
                   SELECT * FROM mail_tracking AS tracking
                    WHERE tracking.delivery_id = delivery.id AND tracking.state = 'done'
                      AND event_type IN ('delivered', 'opened', 'clicked')
                      AND (tracking.recipient IS NULL OR tracking.recipient = delivery.recipient)
                    LIMIT %s
             ) AS event
             WHERE delivery.id = ANY(%s)
            """,  # noqa: S608 - our own names
            [MOST_READINGS + 1, delivery_ids],
        )
        readings = {}
        for row in self.env.cr.fetchall():
            reading = Reading(*row)
            readings.setdefault(reading.delivery_id, []).append(reading)
        return {id_: events for id_, events in readings.items() if len(events) <= MOST_READINGS}


def agent_rule(event):
    return machine_of(event.event_type, event.user_agent)


def add_reading(row, event):
    """Update the machine flags for an open or a click, before its time is stored.

    :param dict row: columns of `mail.delivery`; changed in place
    :param PendingEvent event:
    """
    is_machine = bool(agent_rule(event))
    row["is_machine_open"] = is_machine and bool(row["is_machine_open"] or not row["opened_at"])
    if event.event_type == "clicked":
        is_first = not row["clicked_at"]
        row["is_machine_click"] = is_machine and bool(row["is_machine_click"] or is_first)


def set_machine_flags(row, events, found):
    """Set the flags whether only machines opened and clicked.

    :param dict row: columns of `mail.delivery`; changed in place
    :param dict found: event's id → code of the rule that found a machine, or None
    """
    readings = [event for event in events if event.event_type in READINGS]
    times = [event.occurred_at for event in readings]
    if not times or min(times) > row["opened_at"]:
        return  # earlier events were deleted: keep their result
    row["is_machine_open"] = all(found[event.id] for event in readings)
    clicks = [event for event in readings if event.event_type == "clicked"]
    row["is_machine_click"] = bool(clicks) and all(found[event.id] for event in clicks)
