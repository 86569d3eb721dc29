# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models

from ...providers.base import BLAMELESS_FAILURES
from .machines import add_reading
from .status import FAILED_KINDS, outcome_of

ARRIVED = ("delivered", "opened", "clicked", "complained", "unsubscribed")
COLUMNS = (
    *("delivered_at", "opened_at", "clicked_at", "failed_at"),
    *("failed_kind", "failure", "provider_error", "failure_text"),
    *("is_machine_open", "is_machine_click"),
)


class MailDelivery(models.Model):
    """What a delivery keeps of its events: first times, and the gravest failure.

    So the result does not depend on the order of the events or on repetitions.
    """

    _inherit = "mail.delivery"

    def _forget_events(self):
        """Reset what events reported, before they are applied again."""
        self.filtered(lambda delivery: delivery.state == "accepted").write(
            dict.fromkeys(COLUMNS, False)
        )

    @api.model
    def _apply_events(self, matched):
        """Store what events report, and update Odoo's own records.

        :param list matched: of (`PendingEvent`, `Match`)
        """
        by_delivery = {}
        for event, match in matched:
            by_delivery.setdefault(match.delivery_id, []).append((event, match.is_person))
        rows = self._lock_reports(by_delivery)
        for row in rows:
            for event, is_person in by_delivery[row["id"]]:
                # Any event proves that the provider has the e-mail.
                row["provider_message_id"] = row["provider_message_id"] or event.provider_message_id
                if is_person:
                    add_event(row, event)
        self._judge_clicked(rows)
        self._write_reports(rows)

    @api.model
    def _lock_reports(self, ids):
        """Lock and return the rows of deliveries: what was reported of them, and their status."""
        self.flush_model()
        self.env.cr.execute(
            f"""
            SELECT id, mail_server_id, state, status, provider_message_id, {", ".join(COLUMNS)}
              FROM mail_delivery WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
            """,  # noqa: S608 - our own names
            [list(ids)],
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _write_reports(self, rows):
        """Store what was reported of accepted deliveries, and what follows.

        One statement, so that PostgreSQL writes only one new version of each row.

        :param list[dict] rows: as `_lock_reports` returns them, with what is new
        """
        if not rows:
            return
        unsettled = [row["id"] for row in rows if row["state"] != "accepted"]
        rules = self._status_rules({row["mail_server_id"] for row in rows})
        outcomes = {}
        for row in rows:
            row["state"] = "accepted"
            outcome = outcome_of(row, rules[row["mail_server_id"]])
            outcomes[row["id"]], row["status"] = outcome, outcome.status
        names = ("id", "status", "provider_message_id", *COLUMNS)
        written = ", ".join(f"{name} = reported.{name}" for name in names[1:])
        self.env.cr.execute(
            f"""
            UPDATE mail_delivery AS delivery
               SET state = 'accepted', accepted_at = COALESCE(accepted_at, %s), retry_at = NULL,
                   outcome_text = NULL, {written}
              FROM unnest(%s::int[], %s::text[], %s::text[], %s::timestamp[], %s::timestamp[],
                          %s::timestamp[], %s::timestamp[], %s::text[], %s::text[], %s::text[],
                          %s::text[], %s::bool[], %s::bool[])
                   AS reported ({", ".join(names)})
             WHERE delivery.id = reported.id
            """,  # noqa: S608 - our own names
            [fields.Datetime.now(), *([row[name] for row in rows] for name in names)],
        )
        self.env["mail.delivery.content"]._drop(unsettled)
        deliveries = self.browse(outcomes)
        deliveries.invalidate_recordset(flush=False)
        deliveries._follow(outcomes)


def add_event(row, event):
    """Add one event to the reports of a delivery.

    :param dict row: columns of `mail.delivery`; changed in place
    :param PendingEvent event:
    """
    if event.event_type in ARRIVED:
        row["delivered_at"] = min(filter(None, (row["delivered_at"], event.occurred_at)))
    if event.event_type in ("opened", "clicked"):
        add_reading(row, event)
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

    A soft bounce that is not the recipient's fault counts as rejected: Odoo blacklists an
    address by the number of its bounced traces.
    """
    if event.event_type == "bounced":
        if event.bounce_type == "hard":
            return "hard"
        return "rejected" if event.failure in BLAMELESS_FAILURES else "soft"
    if event.event_type == "rejected":
        return "duplicate" if event.failure == "duplicate" else "rejected"
    return None


def weight(failed):
    """Return the sort key of failures: the gravest wins, then the latest."""
    texts = (failed[name] or "" for name in ("failure_text", "failure", "provider_error"))
    return (FAILED_KINDS.index(failed["failed_kind"]), failed["failed_at"], *texts)
