# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from odoo import models


class MailThread(models.AbstractModel):
    """The e-mails of a document, for its chatter."""

    _inherit = "mail.thread"

    def read_emails(self, offset=0, limit=40):
        """Return the outcomes of the document's e-mails, the latest first.

        :return: `length`: number of all; `emails`: some of them, as `mail.delivery`'s
            `_outcomes`, each with `is_readable`: the user may open it
        :raises AccessError: the user may not read the document, or is not internal
        """
        self.ensure_one()
        self.env["mail.delivery"]._check_employee_may_read(self)
        counts = self._count_emails()
        deliveries = self.env["mail.delivery"].sudo()
        deliveries = deliveries.search(
            [("mail_message_id", "in", list(counts))], offset=offset, limit=limit
        )
        return {
            "length": sum(count for count, _latest in counts.values()),
            "emails": deliveries._with_readability(deliveries._outcomes()),
        }

    def _count_emails(self):
        """Return readable message's id → (number of its e-mails, id of the last one)."""
        deliveries = self.env["mail.delivery"].sudo()
        groups = deliveries._read_group(
            [("mail_message_id.model", "=", self._name), ("mail_message_id.res_id", "=", self.id)],
            ["mail_message_id"],
            ["__count", "id:max"],
        )
        counts = {message.id: (count, latest) for message, count, latest in groups}
        # Odoo's search leaves out messages that the user may not read.
        readable = self.env["mail.message"].search([("id", "in", list(counts))])
        return {id_: counts[id_] for id_ in readable.ids}

    def _get_mail_thread_data(self, request_list):
        """When the chatter loads its data, add the number of e-mails and the status of the last
        one."""
        result = super()._get_mail_thread_data(request_list)
        is_asked = {"emails", "followers"} & set(request_list)
        if self and is_asked and self.env.user._is_internal():
            counts = self._count_emails().values()
            latest = max((latest for _count, latest in counts), default=0)
            emails = self.env["mail.delivery"].sudo().browse(latest or ())._outcomes()
            result["emails"] = {
                "count": sum(count for count, _latest in counts),
                "latest": emails and emails[0]["status"],
            }
        return result
