# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import psycopg2

from odoo import _, fields, models, tools

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..providers.outgoing import from_message
from ..tools.api_session import ApiSession
from ..tools.failures import REFUSAL_TYPES
from ..tools.handover import Part, hand_over

_logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=5)
# of `ir.mail_server.build_email`, by their names in `_prepare_outgoing_list`
BUILD_ARGUMENTS = (
    "email_to",
    "subject",
    "body",
    "body_alternative",
    "email_cc",
    "reply_to",
    "attachments",
    "message_id",
    "references",
    "object_id",
    "headers",
)
NO_RECIPIENT = ("mail_email_missing", "mail_email_invalid")


class Failure(NamedTuple):
    """Why a mail failed, or one of its recipients, in Odoo's words."""

    failure_type: str
    reason: str
    partner: models.BaseModel


@dataclass
class Letter:
    """A `mail.mail` on its way: what is handed over, and what failed before that."""

    mail: models.BaseModel
    parts: list[Part] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def accepted(self):
        return [part for part in self.parts if part.outcome.result == "accepted"]

    @property
    def waits_for(self):
        """The outcome because of which the mail has to be tried again, or None."""
        return next((part.outcome for part in self.parts if part.outcome.is_open), None)


class MailMail(models.Model):
    """Sending through a provider's API: many mails a call, and each gets its own result."""

    _inherit = "mail.mail"

    def _send(
        self, auto_commit=False, raise_exception=False, smtp_session=None, alias_domain_id=False
    ):
        if not isinstance(smtp_session, ApiSession):
            return super()._send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                smtp_session=smtp_session,
                alias_domain_id=alias_domain_id,
            )
        if auto_commit:
            # A mail that the provider has must still be there after a crash.
            self.env.cr.commit()  # pylint: disable=invalid-commit
        mails = self.with_context(mail_provider_server_id=smtp_session.mail_provider_server_id)
        for mail_ids in tools.split_every(smtp_session.api.messages_at_once, mails.ids):
            obstacle, failure = mails.browse(mail_ids)._send_by_api(smtp_session, alias_domain_id)
            if raise_exception and (obstacle or failure):
                raise MailDeliveryException(obstacle or failure)
            if auto_commit:
                self.env.cr.commit()  # pylint: disable=invalid-commit
            if obstacle:
                break
        return True

    def _send_by_api(self, session, alias_domain_id):
        """Send those mails in `self` that are still to be sent.

        :return: why no others can be sent now, or None; why one was not accepted, or None
        """
        mails = self._claim_for_api()
        followers = mails._api_followers()
        letters = [mail._letter(session, alias_domain_id, followers) for mail in mails]
        parts = [part for letter in letters for part in letter.parts]
        deliveries = self.env["mail.api.delivery"]
        hand_over(deliveries, session.api, parts)
        waiting = [letter for letter in letters if letter.waits_for]
        settled = [letter for letter in letters if not letter.waits_for]
        # Their messages may be deleted below.
        self.env["mail.tracking"]._record_queued(
            session.mail_provider_server_id,
            [part for letter in settled for part in letter.accepted],
        )
        self._settle_accepted([letter for letter in settled if not self._api_failures(letter)])
        for letter in settled:
            self._settle_failed(letter)
        obstacle = self._settle_waiting(session, waiting)
        keys = [part.key for letter in settled for part in letter.parts]
        self.env.cr.postcommit.add(lambda: deliveries._forget(keys))
        # To Odoo, a recipient without an address is no reason to raise.
        failures = [
            failure.reason
            for letter in settled
            for failure in self._api_failures(letter)
            if failure not in letter.failures or failure.failure_type not in NO_RECIPIENT
        ]
        return obstacle, next(iter(failures), None)

    def _claim_for_api(self):
        """Return those that nobody has sent yet, and make sure that nobody else does.

        As Odoo does it: what could fail later, after the provider has taken the mail, is
        written now.
        """
        mails = self.filtered(lambda mail: mail.state == "outgoing")
        reason = _("Odoo was interrupted while it handed this email over.")
        mails.write({"state": "exception", "failure_reason": reason})
        mails._api_notifications().write(
            {
                "notification_status": "exception",
                "failure_type": "unknown",
                "failure_reason": reason,
            }
        )
        self.env.flush_all()
        return mails

    def _api_notifications(self):
        """Return the chatter's envelopes of the mails, of those who haven't got theirs yet."""
        return (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("notification_type", "=", "email"),
                    ("mail_mail_id", "in", self.ids),
                    ("notification_status", "not in", ("sent", "canceled")),
                ]
            )
        )

    def _api_followers(self):
        """Return who follows what the mails are about; only asked where a mail tells them."""
        mails = self.filtered(lambda mail: "/mail/unfollow" in (mail.body_html or ""))
        followers = self.env["mail.followers"]
        return followers._get_mail_recipients_follower_status(mails.ids) if mails else None

    def _letter(self, session, alias_domain_id, followers):
        """Build the messages of one mail."""
        letter = Letter(self)
        nobody = self.env["res.partner"]
        try:
            senders = tools.email_split_and_format(self.email_from)
            for index, email in enumerate(self._prepare_outgoing_list(followers)):
                partner = email["partner_id"] or nobody
                try:
                    outgoing = self._outgoing(
                        email, (senders or [self.email_from])[0], session, alias_domain_id
                    )
                except AssertionError as error:
                    if error.args[0] != self.env["ir.mail_server"].NO_VALID_RECIPIENT:
                        raise
                    missing = not email["email_to"]
                    failure_type = "mail_email_missing" if missing else "mail_email_invalid"
                    raw = email["email_to_raw"]
                    reason = (
                        _("“%s” is no valid address.", raw)
                        if raw
                        else _("The contact has no email address.")
                    )
                    letter.failures.append(Failure(failure_type, reason, partner))
                    continue
                letter.parts += [
                    Part(f"{self.id}.{index}.{number}", self, partner, part)
                    for number, part in enumerate(session.api.split(outgoing))
                ]
        except (psycopg2.Error, MemoryError):
            raise
        except Exception as error:  # one mail must not take the others along
            _logger.info("Mail %s can't be built", self.id, exc_info=True)
            letter.parts = []
            letter.failures = [self._building_failure(error)]
        if not letter.parts and not letter.failures:
            reason = _("The email has no recipient.")
            letter.failures.append(Failure("mail_email_missing", reason, nobody))
        return letter

    def _outgoing(self, email, email_from, session, alias_domain_id):
        """Return the values of `_prepare_outgoing_list` as an `Outgoing`.

        Through Odoo's own MIME message, so that whatever extends its making holds here too.
        """
        mail_server = self.env["ir.mail_server"]
        if alias_domain_id:
            alias_domain = self.env["mail.alias.domain"].sudo().browse(alias_domain_id)
            mail_server = mail_server.with_context(
                domain_notifications_email=alias_domain.default_from_email,
                domain_bounce_address=email["headers"].get("Return-Path")
                or alias_domain.bounce_email,
            )
        message = mail_server.build_email(
            email_from=email_from,
            subtype="html",
            subtype_alternative="plain",
            **{name: email[name] for name in BUILD_ARGUMENTS},
        )
        _from, recipients, message = mail_server._prepare_email_message(message, session)
        return from_message(message, recipients)

    def _building_failure(self, error):
        """Return the `Failure` of a mail that can't be built, as Odoo would name it."""
        mail_server = self.env["ir.mail_server"]
        failure_types = {
            mail_server.NO_VALID_FROM: "mail_from_invalid",
            mail_server.NO_FOUND_FROM: "mail_from_missing",
            mail_server.NO_FOUND_SMTP_FROM: "mail_from_missing",
        }
        failure_type, reason = "unknown", tools.ustr(error)
        if isinstance(error, AssertionError) and error.args:
            failure_type = failure_types.get(error.args[0], "unknown")
            reason = tools.ustr(error.args[-1])
        return Failure(failure_type, reason or type(error).__name__, self.env["res.partner"])

    def _api_failures(self, letter):
        """Return all failures of a letter: in its making, and at the provider."""
        mail_server = self.env["ir.mail_server"]
        return letter.failures + [
            Failure(
                REFUSAL_TYPES.get(part.outcome.failure, "unknown"),
                mail_server._worded(part.outcome.reason),
                part.partner,
            )
            for part in letter.parts
            if part.outcome.result != "accepted"
        ]

    def _settle_accepted(self, letters):
        """Mark mails as sent, all at once."""
        if not letters:
            return
        mails = self.browse(letter.mail.id for letter in letters)
        mails.write({"state": "sent", "failure_type": False, "failure_reason": False})
        mails.mailing_trace_ids.filtered("failure_reason").write({"failure_reason": False})
        partners = [part.partner for letter in letters for part in letter.parts if part.partner]
        _logger.info("The provider accepted %s mails: %s", len(mails), mails.ids)
        mails._postprocess_sent_message(success_pids=partners)

    def _settle_failed(self, letter):
        """Mark a mail, or some of its recipients, as failed."""
        failures = self._api_failures(letter)
        if not failures:
            return
        mail, traces = letter.mail, letter.mail.mailing_trace_ids
        failure_type = failures[0].failure_type
        reason = "\n".join(dict.fromkeys(failure.reason for failure in failures))
        notifications = mail._api_notifications()
        # Who has got it must not get it again: a mail that failed can be retried.
        state = "sent" if letter.accepted else "exception"
        mail.write({"state": state, "failure_type": failure_type, "failure_reason": reason})
        _logger.info("Mail %s was not accepted: %s", mail.id, reason)
        mail._postprocess_sent_message(
            success_pids=[part.partner for part in letter.accepted if part.partner],
            failure_reason=reason,
            failure_type=failure_type,
        )
        for failure in failures:
            notifications.exists().filtered(
                lambda notification: notification.res_partner_id == failure.partner  # noqa: B023
            ).write({"failure_type": failure.failure_type, "failure_reason": failure.reason})
        traces.write({"failure_reason": reason})

    def _settle_waiting(self, session, letters):
        """Put mails back into the queue.

        :return: why no others can be sent now, or None
        """
        server = self.env["ir.mail_server"].sudo().browse(session.mail_provider_server_id)
        server._note_api_stop([letter.waits_for for letter in letters])
        if not letters:
            return None
        mails = self.browse(letter.mail.id for letter in letters)
        mails._api_notifications().write(
            {"notification_status": "ready", "failure_type": False, "failure_reason": False}
        )
        for letter in letters:
            reason = server._worded(letter.waits_for.reason)
            letter.mail.write({"state": "outgoing", "failure_reason": reason})
        _logger.info("Mails %s wait: %s", mails.ids, reason)
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        queue._trigger(at=fields.Datetime.now() + RETRY_AFTER)
        outcomes = [letter.waits_for for letter in letters]
        return next(
            (server._worded(outcome.reason) for outcome in outcomes if outcome.stops_others), None
        )
