# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ...providers.base import BLAMELESS_FAILURES
from .status import FAILED_KINDS

ARRIVED = ("delivered", "opened", "clicked", "complained", "unsubscribed")
COLUMNS = (
    *("delivered_at", "opened_at", "clicked_at", "failed_at"),
    *("failed_kind", "failure", "provider_error", "failure_text"),
)


class MailDelivery(models.Model):
    """What events say of a delivery: earliest and latest times, and the gravest failure.

    So the outcome depends neither on the order of the events nor on their number.
    """

    _inherit = "mail.delivery"

    def _forget_events(self):
        """Forget what events said: they are about to be applied again."""
        self.filtered(lambda delivery: delivery.state == "accepted").write(
            dict.fromkeys(COLUMNS, False)
        )

    @api.model
    def _apply_events(self, matched):
        """Write down what events report, and have Odoo's own records follow.

        :param list matched: of (`PendingEvent`, `Match`)
        """
        by_delivery = {}
        for event, match in matched:
            by_delivery.setdefault(match.delivery_id, []).append((event, match.is_person))
        if not by_delivery:
            return
        self.flush_model()
        self.env.cr.execute(
            f"""
            SELECT id, state, provider_message_id, {", ".join(COLUMNS)}
              FROM mail_delivery WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,  # noqa: S608 - our own names
            [list(by_delivery)],
        )
        rows = self.env.cr.dictfetchall()
        for row in rows:
            for event, is_person in by_delivery[row["id"]]:
                # Whatever is reported of it, the provider has it.
                row["provider_message_id"] = row["provider_message_id"] or event.provider_message_id
                if is_person:
                    add_event(row, event)
        names = ("id", "provider_message_id", *COLUMNS)
        self.env.cr.execute(
            f"""
            UPDATE mail_delivery AS delivery
               SET {", ".join(f"{name} = reported.{name}" for name in names[1:])}
              FROM unnest(%s::int[], %s::text[], %s::timestamp[], %s::timestamp[], %s::timestamp[],
                          %s::timestamp[], %s::text[], %s::text[], %s::text[], %s::text[])
                   AS reported ({", ".join(names)})
             WHERE delivery.id = reported.id
            """,  # noqa: S608 - our own names
            [[row[name] for row in rows] for name in names],
        )
        unsettled = [row["id"] for row in rows if row["state"] != "accepted"]
        self._record_accepted([(id_, None) for id_ in unsettled], fields.Datetime.now())
        deliveries = self.browse(row["id"] for row in rows)
        deliveries.invalidate_recordset(flush=False)
        deliveries._follow()


def add_event(row, event):
    """Add one event to what is known of a delivery.

    :param dict row: columns of `mail.delivery`; is changed
    :param PendingEvent event:
    """
    if event.event_type in ARRIVED:
        row["delivered_at"] = min(filter(None, (row["delivered_at"], event.occurred_at)))
    if event.event_type in ("opened", "clicked"):
        row["opened_at"] = min(filter(None, (row["opened_at"], event.occurred_at)))
    if event.event_type == "clicked":
        row["clicked_at"] = max(filter(None, (row["clicked_at"], event.occurred_at)))
    kind = failed_kind(event)
    if kind:
        told = {
            "failed_at": event.occurred_at,
            "failed_kind": kind,
            "failure": event.failure,
            "provider_error": event.provider_error,
            "failure_text": event.reason,
        }
        if not row["failed_kind"] or weight(told) > weight(row):
            row.update(told)


def failed_kind(event):
    """Return a key of `FAILED_KINDS`, or None.

    A soft bounce that says nothing about the recipient is no bounce in Odoo's sense: Odoo
    blacklists an address by the number of its bounced traces.
    """
    if event.event_type == "bounced":
        if event.bounce_type == "hard":
            return "hard"
        return "rejected" if event.failure in BLAMELESS_FAILURES else "soft"
    if event.event_type == "rejected":
        return "duplicate" if event.failure == "duplicate" else "rejected"
    return None


def weight(failed):
    """Return what orders failures: the gravest wins, of several the latest."""
    texts = (failed[name] or "" for name in ("failure_text", "failure", "provider_error"))
    return (FAILED_KINDS.index(failed["failed_kind"]), failed["failed_at"], *texts)
