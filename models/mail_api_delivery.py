# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from typing import NamedTuple

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

# A mail that nobody has tried to send again for so long never will be.
FORGOTTEN_AFTER = timedelta(days=30)


class Earlier(NamedTuple):
    """A former try to hand a mail over.

    :param started_at: naive UTC
    :param ids: recipient's address → the provider's id, or None if no answer came
    """

    started_at: fields.Datetime
    ids: dict


class MailApiDelivery(models.Model):
    """The mails that are just being handed to a provider's API, and its answers.

    Whatever happens to Odoo or to the transaction in which it sends, these rows stay: each
    method works in a transaction of its own. So a mail that was accepted is never sent again,
    and of one that wasn't answered it is known that the provider may have it.
    """

    _name = "mail.api.delivery"
    _description = "Email Being Handed Over"
    _log_access = False

    key = fields.Char(required=True)
    started_at = fields.Datetime(required=True)
    ids = fields.Json()

    _sql_constraints = [("key_unique", "unique (key)", "This email is being handed over already.")]

    @api.model
    def _begin(self, keys):
        """Note that mails are about to be handed over.

        :param list[str] keys: a name for each mail
        :return: key → `Earlier`, for those that were tried before
        """
        with self.pool.cursor() as cr:
            cr.execute(
                "SELECT key, started_at, ids FROM mail_api_delivery WHERE key = ANY(%s)", [keys]
            )
            earlier = {key: Earlier(started_at, ids) for key, started_at, ids in cr.fetchall()}
            self._insert(cr, [key for key in keys if key not in earlier])
        return earlier

    @api.model
    def _begin_again(self, keys):
        """Note that mails are handed over once more, as the provider doesn't have them."""
        with self.pool.cursor() as cr:
            cr.execute(
                "UPDATE mail_api_delivery SET started_at = %s WHERE key = ANY(%s)",
                [fields.Datetime.now(), keys],
            )

    @api.model
    def _answer(self, ids):
        """Note which mails were accepted.

        :param dict ids: key → recipient's address → the provider's id
        """
        if not ids:
            return
        rows = SQL(", ").join((key, Json(value)) for key, value in ids.items())
        with self.pool.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    UPDATE mail_api_delivery AS delivery SET ids = answer.ids::jsonb
                      FROM (VALUES %s) AS answer (key, ids)
                     WHERE delivery.key = answer.key
                    """,
                    rows,
                )
            )

    @api.model
    def _forget(self, keys):
        """Delete what is settled: Odoo's own records tell it now."""
        with self.pool.cursor() as cr:
            cr.execute("DELETE FROM mail_api_delivery WHERE key = ANY(%s)", [keys])

    @api.model
    def _insert(self, cr, keys):
        if keys:
            now = fields.Datetime.now()
            rows = SQL(", ").join((key, now) for key in keys)
            cr.execute(SQL("INSERT INTO mail_api_delivery (key, started_at) VALUES %s", rows))

    @api.autovacuum
    def _gc_forgotten(self):
        self.env.cr.execute(
            "DELETE FROM mail_api_delivery WHERE started_at < %s",
            [fields.Datetime.now() - FORGOTTEN_AFTER],
        )
