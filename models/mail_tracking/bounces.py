# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models

# Two bounces are of the same mail if the first of these fields that is set is equal.
MAIL_FIELDS = ("delivery_id", "provider_message_id")


class MailTracking(models.Model):
    """Hard bounces count once per mail and recipient."""

    _inherit = "mail.tracking"

    def _uncounted_bounces(self):
        """Return the hard bounces in `self` that are the first of their mail and recipient."""
        bounces = self.filtered(
            lambda event: (
                event.event_type == "bounced"
                and event.bounce_type == "hard"
                and event.recipient
                and not event.is_bounce_counted
            )
        )
        known = bounces._known_bounces()
        uncounted = []
        for event in bounces:
            names = event._bounce_names()
            if not names or names[0] not in known:
                known.update(names)
                uncounted.append(event.id)
        return self.browse(uncounted)

    def _known_bounces(self):
        """Return the `_bounce_names` of the counted bounces of the mails in `self`."""
        wanted = {}
        for event in self:
            for field, value, _recipient in event._bounce_names()[:1]:
                wanted.setdefault(field, set()).add(value)
        known = set()
        for field, values in wanted.items():
            counted = self.search_fetch(
                [("is_bounce_counted", "=", True), (field, "in", list(values))],
                ["recipient", *MAIL_FIELDS],
            )
            known.update(name for event in counted for name in event._bounce_names())
        return known

    def _bounce_names(self):
        """Return (field, value, recipient) of each set field of `MAIL_FIELDS`."""
        values = ((field, self[field]) for field in MAIL_FIELDS)
        return [
            (field, value if isinstance(value, str) else value.id, self.recipient)
            for field, value in values
            if value
        ]
