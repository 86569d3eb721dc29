# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta

from odoo import _, fields, models
from odoo.exceptions import UserError

from ...providers import PROVIDERS
from ...providers.account import masked
from ...providers.base import EVENT_TYPES

# An event that arrived should be applied within this time.
APPLIED_WITHIN = timedelta(minutes=1)


def reason(state, text):
    return {"state": state, "text": text}


class IrMailServer(models.Model):
    """Likely reasons why an event of a mail is missing, in the order in which they are checked."""

    _inherit = "ir.mail_server"

    def _why_no_event(self, delivery, missing):
        """Return the likely reasons, as far as Odoo can find out.

        :param mail.delivery delivery: accepted by the provider
        :param str missing: ``delivered`` or ``opened``
        :rtype: list[dict], each with ``state`` and ``text``
        """
        self.ensure_one()
        is_delivery = missing == "delivered"
        reasons = [] if is_delivery else [*self._why_not_opened()]
        reasons += self._why_not_applied(delivery)
        if is_delivery:
            reasons.append(self._why_no_address())
        reasons += self._why_not_registered(missing)
        if is_delivery:
            text = _(
                "The recipient's server may delay the email for some minutes. Also look into the "
                "recipient's spam folder."
            )
            reasons += [self._why_no_answer(), reason("unknown", text)]
        return reasons

    def _why_not_opened(self):
        text = _(
            "The provider reports an open only when the mail program shows the pictures of the "
            "email. Open the email and show its pictures."
        )
        yield reason("unknown", text)
        if self.has_tracking_switch and self.provider_tracking == "off":
            yield reason(
                "wrong",
                _("The tracking of opens is switched off on this server. See the tab Connection."),
            )
        # pylint: disable=translation-required
        yield reason("unknown", _(PROVIDERS[self.provider].opens_help))

    def _why_not_applied(self, delivery):
        """Yield a reason if events arrived but were not applied."""
        since = [
            ("mail_server_id", "=", self.id),
            ("create_date", ">=", delivery.create_date),
        ]
        trackings = self.env["mail.tracking"]
        before = fields.Datetime.now() - APPLIED_WITHIN
        late = [*since, ("state", "=", "pending"), ("create_date", "<", before)]
        if trackings.search_count(late, limit=1):
            text = _("Received events wait. Check that Odoo runs its scheduled actions.")
            yield reason("wrong", text)
        if trackings.search_count([*since, ("state", "=", "failed")], limit=1):
            text = _("Odoo could not process some events. See the tab Webhook.")
            yield reason("wrong", text)

    def _why_no_address(self):
        try:
            self._check_can_register()
        except UserError as error:
            return reason("wrong", error.args[0])
        return reason("right", _("The provider can post to Odoo's address."))

    def _why_not_registered(self, missing):
        """Yield to which URL the provider posts these events, or why that is unknown."""
        if not self.has_account:
            # pylint: disable=translation-required
            yield reason("unknown", _(PROVIDERS[self.provider].webhook_help))
            return
        try:
            with self._account() as account:
                callbacks = account.callbacks()
        except UserError as error:
            yield reason("unknown", error.args[0])
            return
        self._note_registration(callbacks)
        by_type = {callback.event_type: callback for callback in callbacks}
        for event_type, meaning in account.event_types.items():
            if meaning == missing:
                yield self._why_not_here(by_type.get(event_type), EVENT_TYPES[meaning])

    def _why_not_here(self, callback, words):
        """Return whether the provider posts the events of one type here.

        :param account.WebhookRegistration callback: None if it posts them nowhere
        :param str words: name of the type
        """
        params = {
            "name": self._dns_provider_name(),
            "event": _(words),  # pylint: disable=translation-required
            "url": callback and masked(callback.url),
        }
        status = self._callback_status(callback) if callback else "none"
        if status == "current":
            return reason("right", _("%(name)s reports “%(event)s” to this server.", **params))
        texts = {
            "none": _("%(name)s does not report “%(event)s”. Register the webhook.", **params),
            "suspended": _(
                "%(name)s has suspended this server's URL, because Odoo did not answer for a "
                "long time. Register the webhook again.",
                **params,
            ),
            "outdated": _(
                "%(name)s has an old URL of this server. Register the webhook again.", **params
            ),
        }
        elsewhere = _(
            "%(name)s reports “%(event)s” to another URL, %(url)s. Register the webhook.", **params
        )
        return reason("wrong", texts.get(status, elsewhere))

    def _why_no_answer(self):
        """Return whether Odoo can reach its own webhook."""
        try:
            answer = self._post_test_event()
            self._check_test_answer(answer.status_code)
        except UserError as error:
            return reason("wrong", error.args[0])
        return reason("right", _("Odoo can reach its own webhook."))
