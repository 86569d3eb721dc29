# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from email import message_from_string, policy
from email.message import EmailMessage

from lab.sandbox import Step

from .common import SandboxCase


class TestApiResults(SandboxCase):
    """The result of each mail of a call in Odoo, and its later events."""

    def test_three_of_fifty_are_refused(self):
        """Each with its own reason, on the mail, on the trace and in the chatter."""
        server = self.account_server()
        mailing = [self.mailing_mail(server, f"p{number}@cliente.example") for number in range(40)]
        partners = self.partners(*(f"Partner{number}" for number in range(10)))
        posted = [self.post(server, partner, partner) for partner in partners]
        self.mailjet.api.refuse("p3@cliente.example", "mj-0013")
        self.mailjet.api.refuse("p17@cliente.example", "mj-0006")
        self.mailjet.api.refuse("partner4@cliente.example", "send-0008")
        mails = self.env["mail.mail"].union(
            *(mail for mail, _trace in mailing), *(mail for _message, mail in posted)
        )
        self.send(mails)

        self.assertEqual([call.messages for call in self.sends()], [50])
        failed = mails.filtered(lambda mail: mail.state == "exception")
        self.assertEqual((mails - failed).mapped("state"), ["sent"] * 47)
        self.assertFalse([reason for reason in (mails - failed).mapped("failure_reason") if reason])
        self.assertEqual(len(self.mailjet.received), 47)
        (invalid, invalid_trace), (long, long_trace) = mailing[3], mailing[17]
        message, sender = posted[4]
        self.assertEqual(failed, invalid | long | sender)

        self.assertIn("The address isn't valid: correct it", invalid.failure_reason)
        self.assertIn("mj-0013", invalid.failure_reason)
        self.assertIn("too long for Mailjet", long.failure_reason)
        self.assertIn("Mailjet doesn't send in the name of this sender yet", sender.failure_reason)
        self.assertEqual(
            (invalid | long | sender).mapped("failure_type"),
            ["mail_email_invalid", "unknown", "mail_from_invalid"],
        )
        for mail, trace in ((invalid, invalid_trace), (long, long_trace)):
            self.assertEqual(trace.trace_status, "error")
            self.assertEqual(trace.failure_type, mail.failure_type)
            self.assertEqual(trace.failure_reason, mail.failure_reason)
        others = self.env["mailing.trace"].union(*(trace for _mail, trace in mailing))
        others -= invalid_trace | long_trace
        self.assertEqual(set(others.mapped("trace_status")), {"sent"})
        self.assertFalse([reason for reason in others.mapped("failure_reason") if reason])

        envelope = self.envelope(message, partners[4])
        self.assertEqual(envelope.notification_status, "exception")
        self.assertEqual(envelope.failure_type, "mail_from_invalid")
        self.assertEqual(envelope.failure_reason, sender.failure_reason)
        for other, partner in ((message, partner) for message, _ in posted for partner in partners):
            if other != message and (good := self.envelope(other, partner)):
                self.assertEqual((good.notification_status, good.failure_type), ("sent", False))

    def test_mail_to_two_of_whom_one_is_refused(self):
        server = self.account_server()
        ana, leo = self.partners("Ana", "Leo")
        message, mail = self.post(server, ana, ana | leo)
        self.mailjet.api.refuse("leo@cliente.example", "mj-0013")
        self.send(mail)
        self.assertEqual(self.envelope(message, ana).notification_status, "sent")
        envelope = self.envelope(message, leo)
        self.assertEqual(envelope.notification_status, "exception")
        self.assertEqual(envelope.failure_type, "mail_email_invalid")
        self.assertIn("mj-0013", envelope.failure_reason)

    def test_each_recipient_has_his_reason(self):
        server = self.account_server()
        ana, leo, eva = self.partners("Ana", "Leo", "Eva")
        message, mail = self.post(server, ana, ana | leo | eva)
        self.mailjet.api.refuse("ana@cliente.example", "mj-0006")
        self.mailjet.api.refuse("leo@cliente.example", "mj-0013")
        eva.email = False
        self.send(mail)
        self.assertIn("mj-0006", self.envelope(message, ana).failure_reason)
        self.assertIn("mj-0013", self.envelope(message, leo).failure_reason)
        self.assertEqual(self.envelope(message, eva).failure_type, "mail_email_invalid")
        self.assertFalse(self.mailjet.received)

    def test_reply_finds_its_document(self):
        """Although Mailjet has replaced Odoo's Message-Id."""
        for transport in ("api", "smtp"):
            with self.subTest(transport=transport):
                server = self.account_server(transport=transport)
                document, ana = self.partners("Document", "Ana")
                message, mail = self.post(server, document, ana)
                self.send(mail)
                delivered = self.mailjet.delivered[-1]
                self.assertNotEqual(delivered["Message-Id"], message.message_id)
                reply = EmailMessage(policy=policy.SMTP)
                reply["From"] = "Ana <ana@cliente.example>"
                reply["To"] = str(delivered["Reply-To"])
                reply["Subject"] = f"Re: {delivered['Subject']}"
                reply["Message-Id"] = f"<{transport}@cliente.example>"
                reply["In-Reply-To"] = str(delivered["Message-Id"])
                reply["References"] = f"{delivered['References']} {delivered['Message-Id']}"
                reply.set_content("Gracias")
                thread = self.env["mail.thread"].message_process(None, reply.as_bytes())
                self.assertEqual(thread, document.id)
                answer = document.message_ids.filtered(lambda said: "Gracias" in (said.body or ""))
                self.assertEqual(answer.author_id, ana)
                self.assertEqual(answer.parent_id, message)

    def test_content_is_what_smtp_would_have_brought(self):
        values = {
            "to": '"Núñez, Ana" <ana@cliente.example>, leo@cliente.example',
            "email_cc": "eva@cliente.example",
            "subject": "Ñandú " * 5 + "fin",
            "body_html": "<p>Año</p>",
            "reply_to": "Respuestas <r@empresa.example>",
            "headers": repr({"X-Odoo-Objects": "sale.order-42", "List-Unsubscribe": "<https://x>"}),
            "attachment_ids": [
                (0, 0, {"name": name, "raw": content, "mimetype": mime_type})
                for name, content, mime_type in (
                    ("año.pdf", b"%PDF-\xff", "application/pdf"),
                    ("carta.eml", b"Subject: dentro\r\n\r\nHola\r\n", "message/rfc822"),
                )
            ],
        }
        contents = []
        for transport in ("smtp", "api"):
            mail = self.mail(self.account_server(transport=transport), **values)
            self.send(mail)
            self.assertEqual(mail.state, "sent", mail.failure_reason)
            received = self.mailjet.received[-1]
            self.assertEqual(received.transport, transport)
            email = message_from_string(received.email.as_string(), policy=policy.default)
            names = ("From", "Cc", "Reply-To", "Subject", "X-Odoo-Objects", "List-Unsubscribe")
            parts = [
                (part.get_content_type(), part.get_filename())
                for part in email.walk()
                if not part.is_multipart() or part.get_content_type() == "message/rfc822"
            ]
            contents.append(
                {
                    "recipients": received.recipients,
                    "headers": [str(email[name]) for name in names],
                    "to": [(box.display_name, box.addr_spec) for box in email["To"].addresses],
                    "text": email.get_body(("plain",)).get_content().strip(),
                    "html": email.get_body(("html",)).get_content().strip(),
                    "files": sorted(part for part in parts if part[1]),
                }
            )
        self.assertEqual(*contents)
        self.assertEqual(
            contents[0]["files"],
            [("application/pdf", "año.pdf"), ("message/rfc822", "carta.eml")],
        )

    def test_provider_id_of_each_recipient_is_kept(self):
        for code in ("mailjet", "aldeamo"):
            with self.subTest(code=code):
                account, server = getattr(self.sandbox, code), self.account_server(code)
                ana, leo = self.partners("Ana", "Leo")
                message, mail = self.post(server, ana, ana | leo)
                self.send(mail)
                deliveries = self.env["mail.delivery"].search(
                    [("mail_message_id", "=", message.id)]
                )
                self.assertEqual(deliveries.partner_id, ana | leo)
                self.assertEqual(deliveries.mail_server_id, server)
                name = "Message_GUID" if code == "mailjet" else "msgid"
                expected = {
                    recipient: event[name]
                    for received in account.received
                    for recipient, event in zip(
                        received.recipients,
                        account.events_for(received, Step.DELIVERED),
                        strict=True,
                    )
                }
                self.assertEqual(
                    {email.recipient: email.provider_message_id for email in deliveries}, expected
                )

    def test_events_with_nothing_but_the_providers_id_find_their_mail(self):
        server = self.account_server("aldeamo")
        mail, trace = self.mailing_mail(server, "ana@cliente.example", auto_delete=True)
        other, other_trace = self.mailing_mail(server, "ana@cliente.example")
        self.send(mail | other)
        self.assertFalse(mail.exists())
        self.assertEqual((trace | other_trace).mapped("trace_status"), ["sent"] * 2)
        ids = {email.mailing_trace_id: email.provider_message_id for email in self.deliveries()}
        event = self.aldeamo_event(trace, "open", msgid=ids[trace], custom_headers={})
        self.apply(event)
        self.assertEqual(trace.trace_status, "open")
        self.assertEqual(other_trace.trace_status, "sent")
