# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import base64
from unittest.mock import patch

from .common import SandboxCase


class BothWays:
    """A mail is the same over SMTP and over both APIs."""

    code = "mailjet"
    transport = "api"

    def setUp(self):
        super().setUp()
        self.account = getattr(self.sandbox, self.code)
        self.way = self.account_server(self.code, self.transport)

    def left(self):
        """Return the recipients of each sent mail."""
        self.assertEqual(
            {m.transport for m in self.account.received} or {self.transport}, {self.transport}
        )
        return sorted(message.recipients for message in self.account.received)

    def assertMail(self, mail, state, reason=""):  # noqa: N802 (unittest's manner)
        self.assertEqual(mail.state, state, mail.failure_reason)
        if reason:
            self.assertIn(reason, mail.failure_reason)
        elif state == "sent":
            self.assertFalse(mail.failure_reason)

    def assertEnvelopes(self, message, **expected):  # noqa: N802 (unittest's manner)
        """Compare the chatter's envelopes: name of the partner → (status, failure type)."""
        found = {
            envelope.res_partner_id.name: (
                envelope.notification_status,
                envelope.failure_type or False,
            )
            for envelope in message.notification_ids
        }
        self.assertEqual(found, expected)

    def test_plain_mail(self):
        mail = self.mail(self.way)
        message_id = mail.message_id
        self.send(mail)
        self.assertMail(mail, "sent")
        self.assertEqual(mail.message_id, message_id)
        self.assertEqual(self.left(), [("ana@cliente.example",)])

    def test_mail_of_a_mailing(self):
        mail, trace = self.mailing_mail(self.way, "ana@cliente.example")
        self.send(mail)
        self.assertMail(mail, "sent")
        self.assertEqual(trace.trace_status, "sent")
        self.assertTrue(trace.sent_datetime)
        self.assertFalse(trace.failure_type or trace.failure_reason)

    def test_partners(self):
        ana, leo = self.partners("Ana", "Leo")
        message, mail = self.post(self.way, ana, ana | leo)
        self.send(mail)
        self.assertMail(mail, "sent")
        self.assertEnvelopes(message, Ana=("sent", False), Leo=("sent", False))
        self.assertEqual(self.left(), [("ana@cliente.example",), ("leo@cliente.example",)])

    def test_copies(self):
        mail = self.mail(self.way, email_cc="leo@cliente.example, Eva <eva@cliente.example>")
        self.send(mail)
        self.assertMail(mail, "sent")
        recipients = ("ana@cliente.example", "leo@cliente.example", "eva@cliente.example")
        self.assertEqual(self.left(), [recipients])

    def test_copies_only(self):
        mail = self.mail(self.way, to=False, email_cc="leo@cliente.example, eva@cliente.example")
        self.send(mail)
        self.assertMail(mail, "sent")
        self.assertEqual(self.left(), [("leo@cliente.example", "eva@cliente.example")])

    def test_attachments(self):
        files = {"año.pdf": b"%PDF", "carta.eml": b"Subject: x\r\n\r\nHola\r\n"}
        mimetypes = {"año.pdf": "application/pdf", "carta.eml": "message/rfc822"}
        mail = self.mail(
            self.way,
            attachment_ids=[
                (0, 0, {"name": name, "datas": base64.b64encode(raw), "mimetype": mimetypes[name]})
                for name, raw in files.items()
            ],
        )
        self.send(mail)
        self.assertMail(mail, "sent")
        email = self.account.received[0].email
        names = [part.get_filename() for part in email.walk() if part.get_filename()]
        self.assertEqual(sorted(names), sorted(files))

    def test_no_recipient(self):
        mail = self.mail(self.way, to=False)
        self.send(mail)
        self.assertMail(mail, "exception")
        self.assertTrue(mail.failure_reason)
        self.assertFalse(self.left())

    def test_recipient_without_an_address(self):
        mail, trace = self.mailing_mail(self.way, "ana@cliente.example")
        mail.email_to = "Ana"
        self.send(mail)
        self.assertMail(mail, "exception")
        self.assertEqual((trace.trace_status, trace.failure_type), ("error", "mail_email_missing"))
        self.assertFalse(self.left())

    def test_partner_without_an_address(self):
        ana, leo, eva = self.partners("Ana", "Leo", "Eva")
        leo.email, eva.email = False, "not an address"
        message, mail = self.post(self.way, ana, ana | leo | eva)
        self.send(mail)
        self.assertEqual(mail.state, "sent")
        self.assertEnvelopes(
            message,
            Ana=("sent", False),
            Leo=("exception", "mail_email_invalid"),
            Eva=("exception", "mail_email_invalid"),
        )
        self.assertEqual(self.left(), [("ana@cliente.example",)])

    def test_partner_with_several_addresses(self):
        ana = self.partners("Ana")
        ana.email = "ana@cliente.example, otra@cliente.example"
        _message, mail = self.post(self.way, ana, ana)
        self.send(mail)
        self.assertMail(mail, "sent")
        self.assertEqual(self.left(), [("ana@cliente.example", "otra@cliente.example")])

    def test_missing_sender(self):
        mail, trace = self.mailing_mail(self.way, "ana@cliente.example", email_from=False)
        no_default = patch.object(
            type(self.env["ir.mail_server"]), "_get_default_from_address", lambda self: None
        )
        with no_default:
            self.send(mail)
        reason = "You must either provide a sender address explicitly"
        self.assertMail(mail, "exception", reason)
        self.assertEqual(mail.failure_type, "mail_from_missing")
        self.assertEqual((trace.trace_status, trace.failure_type), ("error", "mail_from_missing"))
        self.assertFalse(self.left())

    def test_malformed_sender(self):
        mail, trace = self.mailing_mail(self.way, "ana@cliente.example", email_from="malformed")
        self.send(mail)
        self.assertMail(mail, "exception", "Malformed 'Return-Path' or 'From' address: malformed")
        self.assertEqual(mail.failure_type, "mail_from_invalid")
        self.assertEqual((trace.trace_status, trace.failure_type), ("error", "mail_from_invalid"))

    def test_mail_that_cannot_be_built(self):
        mail, trace = self.mailing_mail(
            self.way, "ana@cliente.example", headers=repr({"X-Two-Lines": "a\nb"})
        )
        self.send(mail)
        self.assertMail(mail, "exception", "linefeed")
        self.assertEqual(mail.failure_type, "unknown")
        self.assertEqual((trace.trace_status, trace.failure_type), ("error", "unknown"))

    def test_text_that_cannot_be_encoded(self):
        mail = self.mail(self.way)
        error = UnicodeEncodeError("ascii", "ñ", 0, 1, "ordinal not in range")
        failing = patch.object(type(self.env["ir.mail_server"]), "build_email", side_effect=error)
        with failing:
            self.send(mail)
        self.assertMail(mail, "exception", "ascii\nñ\n0\n1\nordinal")

    def test_several_fail(self):
        good, good_trace = self.mailing_mail(self.way, "ana@cliente.example")
        sender, sender_trace = self.mailing_mail(
            self.way, "leo@cliente.example", headers=repr({"X-Two-Lines": "a\nb"})
        )
        recipient, recipient_trace = self.mailing_mail(self.way, "eva@cliente.example")
        recipient.email_to = "Eva"
        last, last_trace = self.mailing_mail(self.way, "luz@cliente.example")
        self.send(good | sender | recipient | last)
        self.assertEqual(
            (good | sender | recipient | last).mapped("state"),
            ["sent", "exception", "exception", "sent"],
        )
        self.assertEqual(
            [
                (trace.trace_status, trace.failure_type)
                for trace in (good_trace, sender_trace, recipient_trace, last_trace)
            ],
            [
                ("sent", False),
                ("error", "unknown"),
                ("error", "mail_email_missing"),
                ("sent", False),
            ],
        )
        self.assertEqual(self.left(), [("ana@cliente.example",), ("luz@cliente.example",)])

    def test_what_is_not_outgoing_is_left_alone(self):
        mail = self.mail(self.way, state="cancel")
        self.send(mail)
        self.assertEqual(mail.state, "cancel")
        self.assertFalse(self.left())

    def test_sent_mail_is_deleted(self):
        mail = self.mail(self.way, auto_delete=True)
        self.send(mail)
        self.assertFalse(mail.exists())

    def test_sending_twice_sends_once(self):
        mail = self.mail(self.way)
        self.send(mail)
        self.send(mail)
        self.assertEqual(self.left(), [("ana@cliente.example",)])


class TestMailjetBySmtp(BothWays, SandboxCase):
    transport = "smtp"


class TestMailjetByApi(BothWays, SandboxCase):
    pass


class TestAldeamoBySmtp(BothWays, SandboxCase):
    code = "aldeamo"
    transport = "smtp"


class TestAldeamoByApi(BothWays, SandboxCase):
    code = "aldeamo"
