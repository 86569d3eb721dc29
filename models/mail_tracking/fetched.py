# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import _, api, fields, models

# An e-mail may have several of these, at different times, but only one of each other type.
REPEATABLE = ("opened", "clicked")


class MailTracking(models.Model):
    """Events that were fetched from the provider, because they had not been posted."""

    _inherit = "mail.tracking"

    is_fetched = fields.Boolean(
        string="Fetched",
        readonly=True,
        help="Odoo asked the provider for this event, because the webhook had not received it.",
    )

    @api.model
    def _mark_repeated(self, pending, matches):
        """Mark events that were posted and also fetched; return their ids.

        Their texts and fingerprints differ. They are the same if `meaning` is equal.

        :param list[PendingEvent] pending:
        :param dict matches: event's id → `Match`
        """
        posted, fetched = {}, {}
        for event in pending:
            if match := matches.get(event.id):
                kind = fetched if event.is_fetched else posted
                kind[event.id] = meaning(
                    *(match.delivery_id, event.recipient, event.event_type),
                    *(event.bounce_type, event.occurred_at),
                )
        deliveries = {key[0] for key in (*posted.values(), *fetched.values())}
        known = self._applied_meanings(deliveries, is_fetched=True)
        late = [id_ for id_, key in posted.items() if key in known]
        self.browse(late)._mark_processed(
            "ignored", _("Odoo had already fetched this event from the provider.")
        )
        needless = []
        if fetched:
            deliveries = {key[0] for key in fetched.values()}
            known |= self._applied_meanings(deliveries, is_fetched=False) | set(posted.values())
            for id_, key in fetched.items():
                if key in known:
                    needless.append(id_)
                known.add(key)
        self.browse(needless)._mark_processed(
            "ignored", _("The provider had already sent this event to the webhook.")
        )
        return {*late, *needless}

    @api.model
    def _applied_meanings(self, delivery_ids, is_fetched):
        """Return the `meaning` of the applied events of deliveries."""
        if not delivery_ids:
            return set()
        condition = "is_fetched" if is_fetched else "is_fetched IS NOT TRUE"
        self.env.cr.execute(
            f"""
            SELECT delivery_id, recipient, event_type, bounce_type, occurred_at
              FROM mail_tracking
             WHERE delivery_id = ANY(%s) AND state = 'done' AND {condition}
            """,  # noqa: S608 - our own words
            [list(delivery_ids)],
        )
        return {meaning(*row) for row in self.env.cr.fetchall()}


def meaning(delivery_id, recipient, event_type, bounce_type, occurred_at):
    """Return what a posted event and the same fetched one have in common."""
    at = occurred_at if event_type in REPEATABLE else None
    return delivery_id, recipient, event_type, bounce_type, at
