# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter

from odoo import fields, models

from ...addresses import comparable, normalize
from ...providers.base import LASTING_FAILURES
from .figures import can_be_retried

# Maximum number of failures in which the form looks for corrected addresses
LOOKED_AT = 1000
# Records of these models get mail at their own address. So one that still has this address needs
# no parsing, which takes long for thousands of addresses.
OWN_ADDRESS = ("mailing.contact", "res.partner")


class MailingMailing(models.Model):
    """*Retry* for failures that may pass, were corrected, or have a new address."""

    _inherit = "mailing.mailing"

    can_retry = fields.Boolean(compute="_compute_can_retry")

    def _compute_can_retry(self):
        for mailing in self:
            mailing.can_retry = mailing.state == "done" and (
                mailing._has_curable_failures()
                or bool(mailing._with_new_address(mailing._failed_traces(["error"], LOOKED_AT)))
            )

    def action_retry_failed(self):
        """Retry failed emails if a retry can help; also if Odoo has deleted the mail.

        Odoo's *Retry* needs the failed mails. It keeps none of sent mails, nor of invalid
        addresses: after correcting the contact, *Retry* would send nothing.
        """
        traces = self._failed_traces(["error"])
        latest = self._latest_deliveries(traces)
        # Failures without a delivery are Odoo's own: it retries all of them.
        lasting = traces.filtered(
            lambda trace: trace.id in latest and not latest[trace.id]._is_curable()
        )
        (traces - lasting + self._with_new_address(lasting)).unlink()
        # The rest failed permanently: keep Odoo from retrying mails that it still has.
        lasting.exists().mail_mail_id.filtered(lambda mail: mail.state == "exception").write(
            {"state": "cancel"}
        )
        return super().action_retry_failed()

    def action_retry_cause(self, kind, failure, scope="mailing"):
        """Retry the emails with one cause of failure, if a retry can help.

        :param str kind: key of `mail.delivery.failed_kind`
        :param failure: key of `providers.base.FAILURES`, or False
        :param str scope: of `get_results`
        """
        cause = kind, failure or None
        for mailing in self._mailings_of_results(scope):
            mailing.check_access_rights("write")
            mailing.check_access_rule("write")
            traces = mailing._failed_traces(["error", "bounce"])
            latest = self._latest_deliveries(traces)
            traces = traces.filtered(
                lambda trace, latest=latest: (
                    trace.id in latest and latest[trace.id]._cause() == cause
                )
            )
            if not can_be_retried(*cause):
                traces = self._with_new_address(traces)
            if traces:
                traces.mail_mail_id.filtered(lambda mail: mail.state == "exception").unlink()
                traces.unlink()
                mailing.action_put_in_queue()

    def _has_curable_failures(self):
        """Tell whether any email failed temporarily, or before the outbox."""
        self.ensure_one()
        self.env["mailing.trace"].flush_model()
        self.env["mail.delivery"].flush_model()
        self.env.cr.execute(
            """
            SELECT FROM mailing_trace AS trace
              LEFT JOIN LATERAL (SELECT id, failed_kind, failure FROM mail_delivery
                                  WHERE mailing_trace_id = trace.id ORDER BY id DESC LIMIT 1
                                ) AS latest ON TRUE
             WHERE trace.mass_mailing_id = %s AND trace.trace_type = 'mail'
               AND trace.trace_status = 'error'
               AND (latest.id IS NULL OR latest.failed_kind IS DISTINCT FROM 'hard'
                    AND COALESCE(latest.failure, '') != ALL(%s))
             LIMIT 1
            """,
            [self.id, list(LASTING_FAILURES)],
        )
        return bool(self.env.cr.rowcount)

    def _corrected_failures(self):
        """Return cause → number of permanent failures with an address that was corrected since."""
        deliveries = self.env["mail.delivery"].sudo()
        lasting = deliveries.search(
            [
                ("mass_mailing_id", "in", self.ids),
                ("status", "in", ("bounce", "error")),
                *("|", ("failed_kind", "=", "hard"), ("failure", "in", LASTING_FAILURES)),
            ]
        )
        traces = lasting.mailing_trace_id.filtered(
            lambda trace: trace.trace_status in ("error", "bounce")
        )
        latest = self._latest_deliveries(traces)
        return Counter(latest[trace.id]._cause() for trace in self._with_new_address(traces))

    def _failed_traces(self, statuses, limit=None):
        domain = [("mass_mailing_id", "in", self.ids), ("trace_type", "=", "mail")]
        failed = [*domain, ("trace_status", "in", statuses)]
        return self.env["mailing.trace"].sudo().search(failed, limit=limit)

    def _latest_deliveries(self, traces):
        """Return trace's id → the delivery that decides its status."""
        deliveries = self.env["mail.delivery"].sudo()
        found = deliveries.search([("mailing_trace_id", "in", traces.ids)], order="id")
        return {delivery.mailing_trace_id.id: delivery for delivery in found}

    def _with_new_address(self, traces):
        """Return the traces with an address that was corrected since the failure."""
        corrected = traces.browse()
        for model, failed in traces.grouped("model").items():
            if model not in self.env:
                continue
            records = self.env[model].sudo().browse(failed.mapped("res_id")).exists()
            if model in OWN_ADDRESS:
                tried = failed.grouped("res_id")
                records = records.filtered(
                    lambda record, tried=tried: (
                        {record.email_normalized} != set(tried[record.id].mapped("email"))
                    )
                )
            addresses = {
                res_id: self._addresses_of(found)
                for res_id, found in records._message_get_default_recipients().items()
            }
            corrected += failed.filtered(
                lambda trace, addresses=addresses: (
                    addresses.get(trace.res_id)
                    and normalize(trace.email) not in addresses[trace.res_id]
                )
            )
        return corrected

    def _addresses_of(self, recipients):
        """Return the addresses that a mail to a record goes to.

        :param dict recipients: of the record, from `_message_get_default_recipients`
        """
        partners = self.env["res.partner"].sudo().browse(recipients.get("partner_ids"))
        addresses = {comparable(partner.email_normalized) for partner in partners}
        return (addresses | {normalize(recipients.get("email_to") or "")}) - {None}


class MailDelivery(models.Model):
    _inherit = "mail.delivery"

    def _cause(self):
        """Return kind and cause of a failed email, as in the results."""
        return self.failed_kind or "rejected", self.failure or None

    def _is_curable(self):
        """Tell whether a failed email may arrive at the same address after a retry."""
        return can_be_retried(*self._cause())
