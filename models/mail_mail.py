# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging

import psycopg2

from odoo import _, api, fields, models, tools
from odoo.exceptions import UserError
from odoo.service.model import MAX_TRIES_ON_CONCURRENCY_FAILURE

from .mail_delivery.outbox import OutboxSession
from .transactions import is_concurrent

_logger = logging.getLogger(__name__)

CHUNK = 50  # mails in one transaction
QUEUE = "mail.ir_cron_mail_scheduler_action"  # the job of Odoo's queue
# What Odoo's `_send` reads of each mail; prefetched for a chunk
READ_AHEAD = (
    *("state", "email_from", "email_to", "email_cc", "reply_to", "subject", "body_html"),
    *("headers", "message_id", "references", "model", "res_id", "recipient_ids"),
    *("attachment_ids", "mail_server_id", "mailing_id", "mailing_trace_ids", "is_notification"),
    *("auto_delete", "record_alias_domain_id", "provider_template", "provider_variables"),
)


class MailMail(models.Model):
    """Putting mails of providers' servers into the outbox, through Odoo's own `_send`."""

    _inherit = "mail.mail"

    provider_template = fields.Char(readonly=True)
    # Stored, because the server may have another provider when the mail is sent. Precomputed, so
    # that it is inserted with the mail instead of updated by a query of its own.
    provider_of_template = fields.Char(
        compute="_compute_provider_of_template", store=True, precompute=True
    )
    provider_variables = fields.Json(readonly=True)

    @api.depends("provider_template")
    def _compute_provider_of_template(self):
        for mail in self:
            server = mail.provider_template and mail.sudo().mail_server_id
            mail.provider_of_template = server and server.provider

    def _send(
        self, auto_commit=False, raise_exception=False, smtp_session=None, alias_domain_id=False
    ):
        if not isinstance(smtp_session, OutboxSession):
            return super()._send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                smtp_session=smtp_session,
                alias_domain_id=alias_domain_id,
            )
        if auto_commit:
            smtp_session.deliver_in_background()
        mails = self.with_context(mail_outbox=smtp_session)
        for ids in tools.split_every(CHUNK, self.ids):
            obstacle = smtp_session.obstacle()
            if obstacle:
                mails.browse(ids)._keep_in_queue(obstacle)
                break
            mails.browse(ids)._put_into_outbox(
                lambda chunk: super()._send(
                    raise_exception=raise_exception,
                    smtp_session=smtp_session,
                    alias_domain_id=alias_domain_id,
                ),
                auto_commit,
                raise_exception,
            )
        return True

    def _put_into_outbox(self, send, auto_commit, raise_exception):
        """Put one chunk into the outbox; mail by mail if that fails, so that one failing mail stops
        no other.

        :param send: function that puts mails into the outbox
        :param bool auto_commit: whether to commit
        :param bool raise_exception: whether to raise errors
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                with self.env.cr.savepoint():
                    self._put_chunk(send)
                break
            except MemoryError:
                raise
            except Exception as error:
                if raise_exception and not isinstance(error, psycopg2.Error):
                    raise
                if is_concurrent(error):
                    if not auto_commit or attempt >= MAX_TRIES_ON_CONCURRENCY_FAILURE:
                        raise
                    self.env.cr.rollback()
                    continue
                if len(self) == 1:
                    self._fail_at_outbox(error)
                    break
                _logger.warning("A chunk of mails is put into the outbox one by one", exc_info=True)
                for mail in self:
                    mail._put_into_outbox(send, auto_commit, raise_exception)
                break
        if auto_commit:
            self.env.cr.commit()  # pylint: disable=invalid-commit

    def _put_chunk(self, send):  # pylint: disable=missing-return
        session = self.env.context["mail_outbox"]
        outgoing = self.filtered(lambda mail: mail.state == "outgoing")
        for name in READ_AHEAD:
            outgoing.mapped(name)
        outgoing.mailing_trace_ids.mapped("email")
        notifications = self.env["mail.notification"].sudo()
        notified = notifications.search([("mail_mail_id", "in", outgoing.ids)]).mail_mail_id
        session.without_notifications = set(outgoing.ids) - set(notified.ids)
        with session.buffering():
            send(self)
        handed_over = self.browse(session.collected())
        # Odoo's own: ours collects what is to be post-processed together, here.
        odoos = super(MailMail, handed_over)  # pylint: disable=super-method-mismatch
        odoos._postprocess_sent_message(success_pids=[])
        self.env.flush_all()

    def write(self, vals):
        """Don't write an unchanged Message-Id: Odoo would write each message, too."""
        is_handed_over = "mail_outbox" in self.env.context and "message_id" in vals
        if is_handed_over and set(self.mapped("message_id")) == {vals["message_id"]}:
            vals = {name: value for name, value in vals.items() if name != "message_id"}
        return super().write(vals)

    def _postprocess_sent_message(self, success_pids, failure_reason=False, failure_type=None):
        """While a chunk is put into the outbox, collect its mails, to post-process all at once.

        A mail without a message in the outbox has failed, also without an exception: it has no
        recipients, or OCA's `mail_tracking` has caught the error.
        """
        session = self.env.context.get("mail_outbox")
        if session and not failure_type:
            if not session.took_nothing:
                session.collect(self)
                return True
            success_pids, failure_type = [], "unknown"
            failure_reason = self.failure_reason
        return super()._postprocess_sent_message(
            success_pids, failure_reason=failure_reason, failure_type=failure_type
        )

    def _fail_at_outbox(self, error):
        """Mark a mail as failed after an error of the database or of an addon."""
        reason = tools.ustr(error).strip()
        _logger.warning("Mail %s can't be sent: %s", self.id, reason)
        self.invalidate_recordset()
        self.write({"state": "exception", "failure_type": "unknown", "failure_reason": reason})
        self._postprocess_sent_message(
            success_pids=[], failure_reason=reason, failure_type="unknown"
        )

    def _keep_in_queue(self, obstacle):
        """Store why mails stay in the queue, and trigger its job for when they can be sent.

        :param obstacle: of `ir.mail_server._outbox_obstacle`
        """
        outgoing = self.filtered(lambda mail: mail.state == "outgoing")
        outgoing.write({"failure_reason": obstacle.reason})
        _logger.info("Mails %s stay in the queue: %s", outgoing.ids, obstacle.reason)
        self.env["ir.cron"]._wake(QUEUE, at=obstacle.until)

    def _prepare_outgoing_list(self, recipients_follower_status=None):
        """When Odoo prepares the messages of a mail, add token and instructions as headers."""
        email_list = super()._prepare_outgoing_list(recipients_follower_status)
        session = self.env.context.get("mail_outbox")
        provider = session and session.provider
        if self.provider_template and not self._is_template_of(provider):
            raise UserError(
                _(
                    "This email uses a template stored at %s. Send it through a mail server of "
                    "that provider.",
                    self.provider_template,
                )
            )
        if not provider:
            return email_list
        owners = {}
        for index, email_values in enumerate(email_list):
            instructions = session.instructions(self)
            owners[instructions.token] = self._delivery_values(email_values)
            email_list[index] = email_values = provider.instruct(email_values, instructions)
            references = (email_values["references"] or "").split()
            if provider.replaces_message_id and email_values["message_id"] not in references:
                # Replies reference the provider's Message-Id; Odoo finds their thread by this one.
                references.append(email_values["message_id"])
                email_values["references"] = " ".join(references)
        session.expect(owners, self.recipient_ids)
        return email_list

    def _delivery_values(self, email_values):
        """Return what a delivery of this mail belongs to: columns of `mail.delivery`.

        :param dict email_values: an item of `_prepare_outgoing_list`
        """
        trace = self.mailing_trace_ids[:1]
        partner = email_values["partner_id"] or self.env["res.partner"]
        return {
            "mailing_trace_id": trace.id or None,
            "mass_mailing_id": self.mailing_id.id or None,
            # Odoo deletes other messages and mails after sending.
            "mail_message_id": self.mail_message_id_int if self.is_notification else None,
            "mail_mail_id": None if self.auto_delete else self.id,
            "partner_id": partner.id or None,
            "model": self.model or None,
            "res_id": self.res_id or None,
            "company_id": self.record_company_id.id or None,
            # Set by Odoo for tests of mailings, by us for tests of servers
            "is_test": bool(self.env.context.get("mailing_test_mail")),
            "recipient": trace.email or partner.email_normalized or None,
        }

    def _is_template_of(self, provider):
        """Tell whether the mail's template can be one of the provider's.

        :param providers.provider.Provider provider: None for none
        """
        templates = provider and provider.templates
        if not templates or templates.check_template(self.provider_template):
            return False
        return self.provider_of_template in (False, provider.code)
