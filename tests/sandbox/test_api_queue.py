# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter
from unittest.mock import patch

from odoo import fields

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ...providers import api
from .common import SandboxCase

HTML = "<html><body>no JSON</body></html>"


class TestApiQueue(SandboxCase):
    """What becomes of the queue when the provider, the account or Odoo itself fails."""

    def triggers(self):
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        return self.env["ir.cron.trigger"].search(
            [("cron_id", "=", queue.id), ("call_at", ">", fields.Datetime.now())]
        )

    def everybody(self, mails):
        return Counter(mails.mapped("email_to"))

    def test_wrong_key_stops_the_queue_until_it_is_mended(self):
        server = self.account_server(smtp_pass="wrong")
        mails = self.mails(server, 120)
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertEqual(len(self.sends()), 1)
        self.assertIn("doesn't accept the API key and the secret key", server.api_stop_reason)
        self.assertTrue(server.api_stop_datetime)
        self.assertEqual(mails[0].failure_reason, server.api_stop_reason)
        self.assertNotIn("wrong", server.api_stop_reason)
        self.assertTrue(self.triggers())

        server.smtp_pass = self.mailjet.password
        self.assertFalse(server.api_stop_reason or server.api_stop_datetime)
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertFalse([reason for reason in mails.mapped("failure_reason") if reason])
        self.assertEqual(self.received(), self.everybody(mails))

    def test_key_suspended_in_the_middle(self):
        server = self.account_server()
        mails = self.mails(server, 120)

        def before_processing(_call):
            self.mailjet.api.suspended = len(self.mailjet.received) >= 50

        self.mailjet.api.before_processing = before_processing
        mails.send()
        self.assertEqual(mails[:50].mapped("state"), ["sent"] * 50)
        self.assertEqual(mails[50:].mapped("state"), ["outgoing"] * 70)
        self.assertEqual(len(self.sends()), 2)
        self.assertIn("suspended this API key", server.api_stop_reason)

        self.mailjet.api.before_processing = None
        self.mailjet.api.suspended = False
        mails.send()
        self.assertFalse(server.api_stop_reason)
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(self.received(), self.everybody(mails))

    def test_prepaid_mails_are_used_up(self):
        self.aldeamo.account.quota = 6
        server = self.account_server("aldeamo")
        mails = self.mails(server, 14)
        mails.send()
        states = Counter(mails.mapped("state"))
        self.assertEqual(states, {"sent": 6, "outgoing": 8})
        self.assertEqual(len(self.sends(self.aldeamo)), 8)
        self.assertIn("used up its prepaid mails: top it up", server.api_stop_reason)

        self.aldeamo.account.quota = None
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(self.received(self.aldeamo), self.everybody(mails))
        self.assertFalse(server.api_stop_reason)

    def test_certificate_that_is_not_trusted_is_told_on_the_server(self):
        server = self.account_server()
        mail = self.mail(server)
        with patch.dict("os.environ", {"REQUESTS_CA_BUNDLE": ""}):
            mail.send()
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("isn't trusted, so nothing was sent", server.api_stop_reason)
        self.assertFalse(self.mailjet.api.calls)

    def test_busy_provider_gets_the_mails_later(self):
        for code in ("mailjet", "aldeamo"):
            with self.subTest(code=code):
                account, server = getattr(self.sandbox, code), self.account_server(code)
                self.triggers().unlink()
                message, chatter = self.post(server, *[self.partners("Ana")] * 2)
                mails = chatter | self.mails(server, 60)
                account.api.fail(429, HTML, times=20)
                mails.send()
                self.assertEqual(set(mails.mapped("state")), {"outgoing"})
                self.assertIn("no more requests for the moment", chatter.failure_reason)
                self.assertEqual(message.notification_ids.notification_status, "ready")
                self.assertFalse(message.notification_ids.failure_reason)
                self.assertFalse(server.api_stop_reason)
                self.assertTrue(self.triggers())
                self.assertFalse(self.deliveries())

                account.api._faults.clear()
                mails.send()
                self.assertEqual(set(mails.mapped("state")), {"sent"})
                self.assertEqual(message.notification_ids.notification_status, "sent")
                self.assertEqual(set(self.received(account).values()), {1})
                self.assertEqual(len(account.received), 61)
                self.committed()

    def test_provider_that_fails_on_everything_gets_the_mails_later(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.mailjet.api.fail(500, HTML, times=100)
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertIn("has a failure", mails[0].failure_reason)
        self.assertFalse(self.deliveries())

    def test_mail_that_the_provider_fails_on_is_refused(self):
        server = self.account_server()
        mails = self.mails(server, 3)

        def before_processing(call):
            if "p1@cliente.example" in str(call.body):
                self.mailjet.api.fail(500, {"StatusCode": 500, "ErrorMessage": "Oops"})

        self.mailjet.api.before_processing = before_processing
        mails.send()
        self.assertEqual(mails.mapped("state"), ["sent", "exception", "sent"])
        self.assertIn("HTTP 500", mails[1].failure_reason)

    def impatient(self):
        return patch.object(api, "READ_TIMEOUT", 0.3)

    def test_mail_that_mailjet_has_after_a_time_out_is_sent(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.mailjet.api.stall(3, path="/v3.1")
        with self.impatient():
            mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(self.received(), self.everybody(mails))
        self.assertEqual(len(self.sends()), 1)
        queued = self.env["mail.tracking"].search([("event_type", "=", "queued")])
        self.assertEqual(
            set(queued.mapped("recipient")) & set(mails.mapped("email_to")),
            set(mails.mapped("email_to")),
        )

    def test_mail_that_mailjet_does_not_show_yet_is_not_sent_again(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.mailjet.index_delay = 1000
        self.mailjet.api.drop(path="/v3.1")
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertIn("did not answer", mails[0].failure_reason)
        self.assertTrue(self.triggers())
        mails.send()
        self.assertEqual(len(self.sends()), 1)
        self.mailjet.index_delay = 0
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(len(self.sends()), 1)
        self.committed()
        self.assertFalse(self.deliveries())

    def test_mail_that_mailjet_has_not_is_sent_again_after_a_while(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.mailjet.api.drop(processed=False, path="/v3.1")
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        mails.send()
        self.assertEqual(len(self.sends()), 1)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertIn("soon asks if it arrived", mails[0].failure_reason)
        self.let_time_pass()
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(self.received(), self.everybody(mails))

    def test_mailjet_that_cannot_be_asked_either(self):
        server = self.account_server()
        mail = self.mail(server)
        self.mailjet.api.drop(path="/v3.1")
        self.mailjet.api.fail(401, HTML, path="/v3/REST/message")
        mail.send()
        self.let_time_pass()
        self.mailjet.api.fail(401, HTML, path="/v3/REST/message")
        mail.send()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(len(self.sends()), 1)
        mail.send()
        self.assertEqual(mail.state, "sent")
        self.assertEqual(len(self.sends()), 1)

    def test_mailjet_that_is_down_is_not_asked_for_each_mail(self):
        """Each question could take a minute, while the mails are locked."""
        server = self.account_server()
        mails = self.mails(server, 10)

        def questions():
            return [call for call in self.mailjet.api.calls if "/message?" in call.path]

        self.mailjet.api.drop(path="/v3.1")
        self.mailjet.api.drop(times=100, path="/v3/REST/message")
        mails.send()
        self.assertEqual(len(questions()), 1)
        mails.send()
        self.assertEqual(len(questions()), 2)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertIn("did not answer", mails[9].failure_reason)
        self.mailjet.api._faults.clear()
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(self.received(), self.everybody(mails))

    def test_time_out_at_aldeamo_is_left_to_people(self):
        server = self.account_server("aldeamo")
        mail, trace = self.mailing_mail(server, "ana@cliente.example")
        other = self.mail(server, "leo@cliente.example")

        def before_processing(call):
            if "ana@" in str(call.body):
                self.aldeamo.api.drop()

        self.aldeamo.api.before_processing = before_processing
        self.aldeamo.api.latency = 0.05
        mail.send()
        other.send()
        self.aldeamo.api.before_processing = None
        self.assertEqual((mail | other).mapped("state"), ["exception", "sent"])
        self.assertIn("did not answer", mail.failure_reason)
        self.assertIn("may have arrived all the same", mail.failure_reason)
        self.assertEqual(trace.trace_status, "error")
        self.assertEqual(trace.failure_reason, mail.failure_reason)
        self.committed()
        mail.send()
        self.assertEqual(len(self.received(self.aldeamo)), 2)
        # Whoever retries it after all is obeyed.
        mail.mark_outgoing()
        mail.send()
        self.assertEqual(mail.state, "sent")
        self.assertEqual(trace.trace_status, "sent")
        self.assertFalse(mail.failure_type or trace.failure_type or trace.failure_reason)
        self.assertEqual(self.received(self.aldeamo)["ana@cliente.example"], 2)

    def test_mails_that_never_get_as_far(self):
        """None takes the others along."""
        server = self.account_server()
        nobody = self.mail(server, to=False)
        no_address = self.mail(server, to="Ana")
        unbuildable = self.mail(server, headers=repr({"X-Two-Lines": "a\nb"}))
        nonsense = self.mail(server, headers=repr({"X-Mailjet-Prio": "high"}))
        no_sender = self.mail(server, email_from="malformed")
        good = self.mail(server, "leo@cliente.example")
        mails = nobody | no_address | unbuildable | nonsense | no_sender | good
        mails.send()
        self.assertEqual(
            mails.mapped("state"),
            ["exception", "exception", "exception", "sent", "exception", "sent"],
        )
        self.assertIn("no recipient", nobody.failure_reason)
        self.assertIn("no valid address", no_address.failure_reason)
        self.assertTrue(unbuildable.failure_reason)
        self.assertEqual(no_sender.failure_type, "mail_from_invalid")
        self.assertEqual(self.received(), Counter(["ana@cliente.example", "leo@cliente.example"]))

    def test_raise_exception(self):
        server = self.account_server()
        self.mailjet.api.refuse("ana@cliente.example", "mj-0013")
        with self.assertRaises(MailDeliveryException) as raised:
            self.mail(server).send(raise_exception=True)
        self.assertIn("mj-0013", str(raised.exception))
        with self.assertRaises(MailDeliveryException) as raised:
            self.mail(server, email_from="malformed").send(raise_exception=True)
        self.assertIn("malformed", str(raised.exception))
        # As by SMTP, who has no address is no reason.
        self.mail(server, to="Ana").send(raise_exception=True)
        self.mail(server, to=False).send(raise_exception=True)
        leo, eva = self.partners("Leo", "Eva")
        eva.email = False
        _message, mail = self.post(server, leo, leo | eva)
        mail.send(raise_exception=True)
        self.assertEqual(mail.state, "sent")
        self.mailjet.api.suspended = True
        with self.assertRaises(MailDeliveryException) as raised:
            self.mail(server).send(raise_exception=True)
        self.assertIn("suspended", str(raised.exception))

    def test_raise_exception_takes_back_nothing_that_left(self):
        """Those accepted are remembered where the caller rolls back."""
        server = self.account_server()
        mails = self.mails(server, 3)
        self.mailjet.api.refuse("p1@cliente.example", "mj-0013")
        with self.assertRaises(MailDeliveryException), self.env.cr.savepoint():
            mails.send(raise_exception=True)
        self.env.invalidate_all()
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        mails.send()
        self.assertEqual(mails.mapped("state"), ["sent", "exception", "sent"])
        self.assertEqual(set(self.received().values()), {1})

    def test_rollback_after_the_provider_accepted(self):
        for code in ("mailjet", "aldeamo"):
            with self.subTest(code=code):
                account, server = getattr(self.sandbox, code), self.account_server(code)
                mails = self.mails(server, 3)
                failing = patch.object(
                    type(mails), "_postprocess_sent_message", side_effect=RuntimeError("boom")
                )
                with failing, self.assertRaises(RuntimeError), self.env.cr.savepoint():
                    mails.send()
                self.env.invalidate_all()
                self.assertEqual(set(mails.mapped("state")), {"outgoing"})
                self.assertEqual(len(account.received), 3)
                mails.send()
                self.assertEqual(set(mails.mapped("state")), {"sent"})
                self.assertEqual(self.received(account), self.everybody(mails))
                queued = self.env["mail.tracking"].search(
                    [("event_type", "=", "queued"), ("mail_server_id", "=", server.id)]
                )
                self.assertEqual(len(queued), 3)
                self.committed()
                self.assertFalse(self.deliveries())

    def test_mail_to_two_of_whom_one_waits(self):
        """Ana's has left; Leo's leaves later, and Ana's not once more."""
        server = self.account_server("aldeamo")
        ana, leo = self.partners("Ana", "Leo")
        message, mail = self.post(server, ana, ana | leo)

        self.aldeamo.api.refuse("leo@cliente.example", "No_Messages_left")
        mail.send()
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(message.notification_ids.mapped("notification_status"), ["ready"] * 2)
        self.aldeamo.api.refused.clear()
        self.committed()
        mail.send()
        self.assertEqual(mail.state, "sent")
        self.assertEqual(message.notification_ids.mapped("notification_status"), ["sent"] * 2)
        self.assertEqual(set(self.received(self.aldeamo).values()), {1})

    def test_sent_mails_are_deleted_where_they_shall_be(self):
        server = self.account_server()
        mail, trace = self.mailing_mail(server, "ana@cliente.example", auto_delete=True)
        refused, refused_trace = self.mailing_mail(server, "leo@cliente.example", auto_delete=True)
        long, long_trace = self.mailing_mail(server, "eva@cliente.example", auto_delete=True)
        ana = self.partners("Ana2")
        message, chatter = self.post(server, ana, ana)
        chatter.auto_delete = True
        self.mailjet.api.refuse("leo@cliente.example", "mj-0013")
        self.mailjet.api.refuse("eva@cliente.example", "mj-0006")
        self.mailjet.api.refuse("ana2@cliente.example", "mj-0013")
        (mail | refused | long | chatter).send()
        # As by SMTP: an invalid address has its say on the trace.
        self.assertEqual((mail | refused | long | chatter).exists(), long)
        self.assertEqual(
            (trace | refused_trace | long_trace).mapped("trace_status"), ["sent", "error", "error"]
        )
        self.assertIn("mj-0013", refused_trace.failure_reason)
        self.assertEqual(message.notification_ids.notification_status, "exception")
        self.assertIn("mj-0013", message.notification_ids.failure_reason)
        self.committed()
        self.assertFalse(self.deliveries())

    def test_deleted_mail_whose_notifications_go_with_it(self):
        """A mail that isn't one of the chatter's takes its message along when it is deleted."""
        server = self.account_server()
        ana = self.partners("Ana")
        mail = self.mail(server, auto_delete=True)
        self.env["mail.notification"].create(
            {
                "mail_message_id": mail.mail_message_id.id,
                "mail_mail_id": mail.id,
                "res_partner_id": ana.id,
                "notification_type": "email",
                "notification_status": "ready",
            }
        )
        mail.is_notification = False
        self.mailjet.api.refuse("ana@cliente.example", "mj-0013")
        mail.send()
        self.assertFalse(mail.exists())

    def test_email_with_a_session_of_its_own(self):
        mail_server = self.env["ir.mail_server"]
        for code in ("mailjet", "aldeamo"):
            with self.subTest(code=code):
                account, server = getattr(self.sandbox, code), self.account_server(code)
                message = mail_server.build_email(
                    "ventas@empresa.example",
                    ["ana@cliente.example"],
                    "Hola",
                    "<p>Hola</p>",
                    email_bcc=["leo@cliente.example"],
                    subtype="html",
                    message_id="<own@empresa.example>",
                )
                self.assertEqual(
                    mail_server.send_email(message, mail_server_id=server.id),
                    "<own@empresa.example>",
                )
                self.assertEqual(
                    account.received[-1].recipients, ("ana@cliente.example", "leo@cliente.example")
                )
                self.assertNotIn("leo", str(account.received[-1].email))
                account.api.refuse("ana@cliente.example", "mj-0013")
                message["Bcc"] = "leo@cliente.example"
                with self.assertRaises(MailDeliveryException):
                    mail_server.send_email(message, mail_server_id=server.id)

    def test_server_that_odoo_chooses(self):
        """By the sender, when the mail names none."""
        self.account_server(from_filter="otra.example", name="other")
        server = self.account_server(from_filter="empresa.example")
        plain = self.mail(self.env["ir.mail_server"])
        plain.send()
        self.assertEqual(plain.state, "sent", plain.failure_reason)
        (received,) = self.mailjet.received
        self.assertEqual(received.transport, "api")
        queued = self.env["mail.tracking"].search([("event_type", "=", "queued")], limit=1)
        self.assertEqual(queued.mail_server_id, server)

    def test_archived_server_sends_nothing(self):
        server = self.account_server()
        mail = self.mail(server)
        server.active = False
        mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn("archived", mail.failure_reason)
        self.assertFalse(self.mailjet.api.calls)

    def test_mail_of_many_recipients(self):
        server = self.account_server()
        people = ", ".join(f"p{number}@cliente.example" for number in range(120))
        mail = self.mail(server, people)
        mail.send()
        self.assertEqual(mail.state, "sent")
        self.assertEqual(self.received(), Counter(people.split(", ")))

    def test_more_mails_than_a_call_takes_to_several_partners(self):
        """The calls of one batch; a fault of the second says nothing of the first."""
        server = self.account_server()
        partners = self.partners(*(f"P{number}" for number in range(30)))
        posted = [self.post(server, partner, partners) for partner in partners[:4]]
        mails = self.env["mail.mail"].union(*(mail for _message, mail in posted))

        def before_processing(_call):
            if len(self.sends()) == 2:
                self.mailjet.api.fail(429, HTML, times=5)

        self.mailjet.api.before_processing = before_processing
        mails.send()
        # the second call, with its tries, ends the batch
        self.assertEqual([call.messages for call in self.sends()], [50] * 6)
        self.assertEqual(mails.mapped("state"), ["sent", "outgoing", "outgoing", "outgoing"])
        first, second = posted[0][0], posted[1][0]
        self.assertEqual(set(first.notification_ids.mapped("notification_status")), {"sent"})
        self.assertEqual(set(second.notification_ids.mapped("notification_status")), {"ready"})

        self.mailjet.api.before_processing = None
        self.committed()
        mails.send()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        self.assertEqual(set(self.received().values()), {4})
        self.committed()
        self.assertFalse(self.deliveries())
