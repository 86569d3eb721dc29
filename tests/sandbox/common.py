# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
# pylint: disable=translation-required

import os
from collections import Counter
from datetime import timedelta
from unittest.mock import patch

from odoo.tests.common import TransactionCase

from lab.sandbox import Sandbox

from ...models.mail_tracking import wake
from ...providers import api
from ..common import ProviderCase


class CommittedCase(TransactionCase):
    """Runs what happens after a commit when a test calls `committed`.

    The courier's own transactions are part of the test's here. The job is triggered in this
    thread: a later trigger from another thread would disturb the savepoints of the next test.
    """

    def setUp(self):
        super().setUp()
        self.registry.enter_test_mode(self.cr)
        self.addCleanup(self.registry.leave_test_mode)
        self.patch(wake._wakes, "request", wake._wakes._fire)

    def committed(self):
        """Run what happens after the commit of the transaction."""
        self.env.flush_all()
        self.env.cr.postcommit.run()
        self.env.invalidate_all()


class SandboxCase(ProviderCase, CommittedCase):
    """Sends real mails to the fakes of both providers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).active = False
        cls.set_up_provider()

    def setUp(self):
        super().setUp()
        self.sandbox = Sandbox()
        self.sandbox.__enter__()
        self.addCleanup(self.sandbox.__exit__)
        self.mailjet, self.aldeamo = self.sandbox.mailjet, self.sandbox.aldeamo
        mail_server = type(self.env["ir.mail_server"])
        for change in (
            patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": self.sandbox.ca_bundle}),
            patch.object(mail_server, "_is_test_mode", lambda self: False),
            patch.object(api, "RETRY_DELAYS", (0,) * len(api.RETRY_DELAYS)),
        ):
            change.start()
            self.addCleanup(change.stop)

    def send(self, mails):
        """Send mails, commit, and wait until they are delivered."""
        mails.send()
        self.committed()

    def run_delivery_job(self):
        self.env.flush_all()
        deliveries = self.env["mail.delivery"]
        with patch.object(type(self.env.cr), "commit", lambda cr: deliveries.env.flush_all()):
            deliveries._cron_deliver()
        self.env.invalidate_all()

    def deliveries(self, *states):
        domain = [("state", "in", states)] if states else []
        return self.env["mail.delivery"].search(domain, order="id")

    def let_time_pass(self, **delta):
        """Move the times of deliveries and of servers' pauses into the past."""
        self.env.flush_all()
        delta = timedelta(**(delta or {"minutes": 20}))
        self.env.cr.execute(
            """
            UPDATE mail_delivery SET create_date = create_date - %(delta)s,
                   called_at = called_at - %(delta)s, retry_at = retry_at - %(delta)s;
            UPDATE ir_mail_server SET sending_paused_until = sending_paused_until - %(delta)s
            """,
            {"delta": delta},
        )
        self.env.invalidate_all()

    def account_server(self, code="mailjet", transport="api", **values):
        account = getattr(self.sandbox, code)
        return self.env["ir.mail_server"].create(
            {
                "name": f"{code} by {transport}",
                "provider": code,
                "transport": transport,
                "smtp_host": account.smtp_host,
                "smtp_port": account.smtp_port,
                "smtp_encryption": "starttls",
                "smtp_user": account.user,
                "smtp_pass": account.password,
                "api_key": getattr(account, "api_key", False),
                "api_url": account.api_url,
                "sequence": 100,
                "delivery_rule": "acceptance",
                **values,
            }
        )

    def mail(self, server, to="ana@cliente.example", **values):
        return self.env["mail.mail"].create(
            {
                "subject": "Hola",
                "body_html": "<p>Hola</p>",
                "email_from": "Empresa <ventas@empresa.example>",
                "email_to": to,
                "mail_server_id": server.id,
                "auto_delete": False,
                **values,
            }
        )

    def mails(self, server, count):
        return self.env["mail.mail"].union(
            *(self.mail(server, f"p{number}@cliente.example") for number in range(count))
        )

    def mailing_mail(self, server, email, **values):
        """Return a mail of a mailing, and its trace."""
        trace = self.make_trace(email, "outgoing")
        mail = self.mail(
            server,
            email,
            mailing_id=self.mailing.id,
            mailing_trace_ids=[(6, 0, trace.ids)],
            **values,
        )
        return mail, trace

    def partners(self, *names, **values):
        return self.env["res.partner"].create(
            [{"name": name, "email": f"{name.lower()}@cliente.example", **values} for name in names]
        )

    def post(self, server, document, partners, **values):
        """Write to partners in a document's chatter; return the message and its mail, queued."""
        message = document.message_post(
            body="Hola",
            subject="Hola",
            email_from="Empresa <ventas@empresa.example>",
            partner_ids=partners.ids,
            mail_server_id=server.id,
            mail_auto_delete=False,
            force_send=False,
            subtype_xmlid="mail.mt_comment",
            **values,
        )
        return message, self.env["mail.mail"].search([("mail_message_id", "=", message.id)])

    def envelope(self, message, partner):
        return message.notification_ids.filtered(
            lambda notification: notification.res_partner_id == partner
        )

    def received(self, account=None):
        """Return address → number of mails that arrived."""
        account = account or self.mailjet
        return Counter(
            recipient for message in account.received for recipient in message.recipients
        )

    def sends(self, account=None):
        return [call for call in (account or self.mailjet).api.calls if call.messages]
