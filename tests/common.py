# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import datetime
from pathlib import Path

from odoo import fields
from odoo.tests.common import HttpCase, TransactionCase

from ..addresses import normalize
from ..models.mail_delivery.outbox import new_token
from ..providers import PROVIDERS

FIXTURES = Path(__file__).parent / "fixtures"


def payload_files(provider):
    """Return the payloads among a provider's fixtures."""
    files = sorted((FIXTURES / provider).glob("*.json"))
    return [path for path in files if not path.name.endswith(".event.json")]


SAMPLES = payload_files("aldeamo")


class ProviderCase:
    """A server for each provider, a mailing that was sent through it, and its recipients."""

    provider = "aldeamo"

    @classmethod
    def set_up_provider(cls):
        provider = PROVIDERS[cls.provider]
        cls.server = cls.env["ir.mail_server"].create(
            {
                "name": provider.name,
                "provider": provider.code,
                "smtp_host": provider.smtp.host,
                "smtp_port": provider.smtp.port,
                "smtp_encryption": provider.smtp.encryption,
                "smtp_user": "empresa",
                "smtp_pass": "secreto",
                "sequence": 100,
            }
        )
        cls.token = f"{cls.server.id}-{cls.server.webhook_secret}"
        cls.mailing_list = cls.env["mailing.list"].create({"name": "Category1"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Test message subject",
                "mailing_model_id": cls.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": [(6, 0, cls.mailing_list.ids)],
                "mail_server_id": cls.server.id,
                "state": "done",
            }
        )

    @classmethod
    def make_contact(cls, email, lists=None):
        """Return a contact that is subscribed to the lists, the mailing's by default."""
        lists = cls.mailing_list if lists is None else lists
        # As the job, not manually: manual changes of today would overrule the events of the tests.
        contacts = cls.env["mailing.contact"].with_context(mail_tracking_job=True)
        subscriptions = [(0, 0, {"list_id": id_}) for id_ in lists.ids]
        contact = contacts.create({"email": email, "subscription_ids": subscriptions})
        return contact.with_context(mail_tracking_job=False)

    @classmethod
    def make_trace(cls, email, status="sent", **values):
        """Return the trace of a mail to a new contact that the provider has accepted."""
        trace = cls.env["mailing.trace"].create(
            {
                "email": email,
                "model": "mailing.contact",
                "res_id": cls.make_contact(email).id,
                "mass_mailing_id": cls.mailing.id,
                "trace_status": status,
                "sent_datetime": status not in ("outgoing", "error") and fields.Datetime.now(),
                **values,
            }
        )
        if status != "outgoing":
            moment = trace.sent_datetime or fields.Datetime.now()
            cls.make_delivery(
                email,
                mailing_trace_id=trace.id,
                mass_mailing_id=cls.mailing.id,
                **dict.fromkeys(("create_date", "called_at", "accepted_at"), moment),
            )
        return trace

    @classmethod
    def make_delivery(cls, email, **values):
        """Return an email to an address that the provider has accepted."""
        now = fields.Datetime.now()
        return cls.env["mail.delivery"].create(
            {
                "token": new_token(),
                "recipient": normalize(email),
                "email_to": email,
                "email_from": "ventas@empresa.example",
                "subject": cls.mailing.subject,
                "mail_server_id": cls.server.id,
                "provider": cls.provider,
                "transport": "smtp",
                "state": "accepted",
                "status": "pending",
                "create_date": now,
                "called_at": now,
                "accepted_at": now,
                **values,
            }
        )

    @classmethod
    def token_of(cls, trace):
        """Return the token of the latest email of a trace."""
        trace.invalidate_recordset(["mail_delivery_ids"])
        return trace.mail_delivery_ids.sorted("id")[-1:].token

    def aldeamo_event(self, trace, event, **values):
        """Return an SMTP event about a trace's mail, as Aldeamo posts it."""
        return {
            "type": "SMTP",
            "event": event,
            "email": trace.email,
            "timestamp": "2026-03-02 07:00:00",
            "custom_headers": {"x-odoo-reference": self.token_of(trace)},
            **values,
        }

    def mailjet_event(self, trace, event, **values):
        """Return an event about a trace's mail, as Mailjet posts it."""
        return {
            "event": event,
            "time": 1772452800,
            "email": trace.email,
            "CustomID": self.token_of(trace),
            **values,
        }

    def receive(self, *payloads):
        """Store events as the webhook does; return their records."""
        trackings = self.env["mail.tracking"]
        last = trackings.search([], order="id DESC", limit=1).id or 0
        for payload in payloads:
            trackings._receive(self.server.id, self.provider, json.dumps(payload).encode())
        return trackings.search([("id", ">", last)], order="id")

    def apply(self, *payloads):
        """Store events, run the job, and return the records."""
        events = self.receive(*payloads)
        self.run_job()
        return events

    def run_job(self):
        self.env["mail.tracking"]._cron_apply()
        self.env.invalidate_all()


class ProviderTransactionCase(ProviderCase, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()


class SampleCase(ProviderCase, HttpCase):
    """Posts the provider's sample bodies over HTTP, and checks what is stored."""

    TEXTS = (
        *("event_type", "bounce_type", "failure", "provider_error", "origin", "recipient"),
        *("occurred_at", "subject", "reason", "provider_message_id", "provider_campaign"),
        *("provider_contact", "token", "url", "place", "city", "country", "device_type"),
        *("user_agent", "categories"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()

    def post(self, body):
        """Post a body; return the new records."""
        before = self.posted()
        self.env.flush_all()
        response = self.opener.post(
            f"{self.base_url()}/mail_provider/{self.token}",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        return self.posted() - before

    def posted(self):
        return self.env["mail.tracking"].search([("payload", "!=", False)], order="id")

    def assert_says_it_all(self, event, payload, expected):
        """Check the record of one event field by field.

        :param dict payload: what was posted
        :param dict expected: the content of the fixture beside it
        """
        self.assertEqual(len(event), 1)
        at = datetime.fromisoformat(expected["occurred_at"])
        for name in self.TEXTS:
            value = at if name == "occurred_at" else expected.get(name, False)
            self.assertEqual(event[name], value, name)
        for name in ("latitude", "longitude"):
            self.assertAlmostEqual(event[name], expected.get(name, 0), 6)
        self.assertEqual(event.mail_server_id, self.server)
        self.assertEqual(json.loads(event.payload), payload)
