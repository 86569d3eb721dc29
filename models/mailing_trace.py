# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import api, fields, models


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    # Indexed: complaints without an id are matched by address; for bounces, Odoo counts the
    # bounced traces of the address.
    email = fields.Char(index="btree_not_null")
    mail_delivery_ids = fields.One2many("mail.delivery", "mailing_trace_id", string="Deliveries")

    @api.model
    def _search(self, domain, *args, **kwargs):
        """When Odoo's bounce handling searches an address, answer from the prefetched records.

        Its search ignores case, so it would not use the index and read all traces. Both addresses
        are normalised, so case makes no difference.
        """
        known = self.env.context.get("mail_tracking_known")
        query = known and known.query(self, domain, "email", ("=ilike",))
        return super()._search(domain, *args, **kwargs) if query is None else query

    def set_sent(self, domain=None):
        """While an e-mail is put into the outbox, set the status *processing* instead of *sent*."""
        if "mail_outbox" not in self.env.context:
            return super().set_sent(domain)
        traces = self + (self.search(domain) if domain else self.browse())
        traces.write({"trace_status": "process", "failure_type": False, "failure_reason": False})
        return traces

    def _set_reported_status(self, status, failure_type, reason):
        """Change the status through Odoo's own setters, which other addons extend."""
        if status == "bounce":
            self.set_bounced(bounce_message=reason)
            return  # this setter writes the reason and its own failure type
        setters = {"cancel": self.set_canceled, "open": self.set_opened, "sent": self.set_sent}
        if status == "error":
            self.set_failed(failure_type=failure_type)
        elif status in setters:
            setters[status]()
        else:
            self.write({"trace_status": status})
        self.write({"failure_type": failure_type, "failure_reason": reason})

    def _set_reported_times(self, times):
        """Replace the setters' current time by the reported times.

        Write to every trace, also without a change: of two concurrent transactions about the same
        e-mail, one must be aborted and retry.

        :param list times: (id, sent, opened, clicked) of each trace
        """
        self.flush_model()
        self.env.cr.execute(
            """
            UPDATE mailing_trace AS trace
               SET sent_datetime = times.sent, open_datetime = times.opened,
                   links_click_datetime = times.clicked
              FROM unnest(%s::int[], %s::timestamp[], %s::timestamp[], %s::timestamp[])
                   AS times (id, sent, opened, clicked)
             WHERE trace.id = times.id
            """,
            [list(column) for column in zip(*times, strict=True)],
        )
        self.invalidate_recordset(
            ["sent_datetime", "open_datetime", "links_click_datetime"], flush=False
        )
