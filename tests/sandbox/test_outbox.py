# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from collections import Counter
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ...models.ir_mail_server import sending
from ...providers import api
from .common import SandboxCase

WAYS = [(code, transport) for code in ("mailjet", "aldeamo") for transport in ("smtp", "api")]
HTML = "<html><body>no JSON</body></html>"
SEND = {"mailjet": "/v3.1/send", "aldeamo": "/v1/email"}


class TestOutbox(SandboxCase):
    """Each mail becomes a delivery, and is sent after the commit."""

    def test_every_way(self):
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                server = self.account_server(code, transport)
                mails = self.mails(server, 7)
                mails.send()
                self.assertEqual(mails.mapped("state"), ["sent"] * 7)
                self.assertFalse(account.received, "nothing leaves before the commit")
                deliveries = self.env["mail.delivery"].search([("mail_server_id", "=", server.id)])
                self.assertEqual(Counter(deliveries.mapped("state")), {"waiting": 7})
                self.committed()
                self.assertEqual(Counter(deliveries.mapped("state")), {"accepted": 7})
                self.assertEqual(self.received(account), Counter(mails.mapped("email_to")))
                self.assertEqual(set(deliveries.mapped("transport")), {transport})
                self.assertFalse(
                    self.env["mail.delivery.content"].search_count(
                        [("delivery_id", "in", deliveries.ids)]
                    ),
                    "the content goes with the acceptance",
                )
                account.received.clear()

    def test_savepoint_that_is_rolled_back_sends_nothing(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        mails.send(raise_exception=True)
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.committed()
        self.assertEqual(mails.mapped("state"), ["outgoing"] * 3)
        self.assertFalse(self.mailjet.received)
        self.send(mails)
        self.assertEqual(set(self.received().values()), {1})

    def test_one_mail_of_a_chunk_that_the_database_does_not_take(self):
        server = self.account_server()
        mails = self.mails(server, 5)
        values = type(mails)._delivery_values

        def delivery_values(mail, email_values):
            found = values(mail, email_values)
            if mail == mails[2]:
                found["mass_mailing_id"] = -1  # there is no such mailing
            return found

        with (
            patch.object(type(mails), "_delivery_values", delivery_values),
            mute_logger("odoo.sql_db", "odoo.addons.mail_mailjet_aldeamo.models.mail_mail"),
        ):
            self.send(mails)
        self.assertEqual(mails.mapped("state"), ["sent", "sent", "exception", "sent", "sent"])
        self.assertIn("mass_mailing_id", mails[2].failure_reason)
        self.assertEqual(len(self.mailjet.received), 4)

    def test_one_mail_of_a_chunk_on_which_an_addon_fails(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        handed_over = type(mails)._put_chunk

        def fail_on_second(chunk, send):
            handed_over(chunk, send)
            if mails[1] in chunk:
                raise RuntimeError("boom")

        with (
            patch.object(type(mails), "_put_chunk", fail_on_second),
            mute_logger("odoo.addons.mail_mailjet_aldeamo.models.mail_mail"),
        ):
            self.send(mails)
        self.assertEqual(mails.mapped("state"), ["sent", "exception", "sent"])
        self.assertEqual(mails[1].failure_reason, "boom")
        self.assertEqual(set(self.received().values()), {1})
        self.assertEqual(len(self.mailjet.received), 2)

    def test_subject_with_nul_or_a_header_in_it(self):
        """An encoded word may contain a NUL or a line break."""
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                account.received.clear()
                server = self.account_server(code, transport)
                mails = self.mail(server, subject="=?utf-8?q?a=00b?=") | self.mail(
                    server, subject="=?utf-8?q?a=0D=0AX-MJ-TemplateID:_666?="
                )
                self.send(mails)
                self.assertEqual(len(account.received), 2)
                for message in account.received:
                    self.assertNotIn("X-MJ-TemplateID", message.email)

    def test_control_headers_are_ours_alone(self):
        mail = self.mail(
            self.account_server(transport="smtp"),
            headers=repr({"X-MJ-CustomID": "mine", "x-mj-templateid": "1", "X-Other": "kept"}),
        )
        self.send(mail)
        [message] = self.mailjet.received
        self.assertEqual(message.email.get_all("X-MJ-CustomID"), [self.deliveries().token])
        self.assertNotIn("X-MJ-TemplateID", message.email)
        self.assertEqual(message.email["X-Other"], "kept")

    def test_a_name_that_looks_like_an_address_gets_no_mail(self):
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                account.received.clear()
                server = self.account_server(code, transport)
                partners = self.env["res.partner"].create(
                    [
                        {"name": "jefa@otra.example", "email": "ana@cliente.example"},
                        {"name": "Juan@Madrid", "email": "juan@cliente.example"},
                    ]
                )
                _message, mail = self.post(server, partners[0], partners)
                self.send(mail)
                self.assertEqual(
                    self.received(account),
                    Counter(["ana@cliente.example", "juan@cliente.example"]),
                )

    def test_mail_without_recipients_has_failed(self):
        mail = self.mail(self.account_server(), False, auto_delete=True)
        self.send(mail)
        self.assertEqual(mail.exists().state, "exception")
        self.assertFalse(self.deliveries())

    def test_the_outbox_is_short(self):
        server = self.account_server()
        with patch.object(sending, "MAX_ROWS", 60):
            mails = self.mails(server, 130)
            mails.send()
        self.assertEqual(Counter(mails.mapped("state")), {"sent": 100, "outgoing": 30})
        self.assertIn("The outbox is full", mails[-1].failure_reason)
        self.committed()
        self.send(mails)
        self.assertEqual(set(self.received().values()), {1})
        self.assertEqual(len(self.mailjet.received), 130)

    def test_archived_server(self):
        server = self.account_server()
        mail = self.mail(server)
        server.active = False
        mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn("archived", mail.failure_reason)

    def test_server_that_odoo_chooses(self):
        self.account_server(from_filter="otra.example", name="other")
        server = self.account_server(from_filter="empresa.example")
        mail = self.mail(self.env["ir.mail_server"])
        self.send(mail)
        self.assertEqual(self.deliveries().mail_server_id, server)
        self.assertEqual(len(self.mailjet.received), 1)

    def test_email_with_a_session_of_its_own(self):
        mail_server = self.env["ir.mail_server"]
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                server = self.account_server(code, transport)
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
                self.committed()
                self.assertEqual(
                    account.received[-1].recipients, ("ana@cliente.example", "leo@cliente.example")
                )
                self.assertNotIn("leo", str(account.received[-1].email))

    def test_mail_of_many_recipients(self):
        people = ", ".join(f"p{number}@cliente.example" for number in range(120))
        mail = self.mail(self.account_server(), people)
        self.send(mail)
        self.assertEqual(self.received(), Counter(people.split(", ")))
        self.assertEqual(len(self.deliveries()), 3)
        self.assertEqual(len(set(self.deliveries().mapped("token"))), 3)

    def test_who_is_named_but_gets_another_copy(self):
        """An API sends to everybody in To: a mail with others in To is sent by SMTP."""
        server = self.account_server()
        message = self.env["ir.mail_server"].build_email(
            "ventas@empresa.example", ["ana@cliente.example"], "Hola", "Hola"
        )
        del message["To"]
        message["To"] = "ana@cliente.example"
        message["X-Forge-To"] = '"Ana" <ana@cliente.example>, "Leo" <leo@cliente.example>'
        self.env["ir.mail_server"].send_email(message, mail_server_id=server.id)
        self.committed()
        [received] = self.mailjet.received
        self.assertEqual(received.transport, "smtp")
        self.assertIn("leo@cliente.example", received.email["To"])
        self.assertEqual(received.recipients, ("ana@cliente.example",))


class TestTroubles(SandboxCase):
    """Errors of the provider, the account or the connection."""

    def let_all_leave(self):
        """Move times into the past until no delivery waits."""
        for _turn in range(12):
            if not self.deliveries("waiting", "calling"):
                break
            self.let_time_pass(hours=1)
            self.run_delivery_job()

    def test_wrong_credentials_stop_the_server_until_they_are_mended(self):
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                account.received.clear()
                wrong = {"api_key": "wrong"} if code == "aldeamo" else {"smtp_pass": "wrong"}
                server = self.account_server(
                    code, transport, **({"smtp_pass": "wrong"} if transport == "smtp" else wrong)
                )
                mails = self.mails(server, 60)
                self.send(mails)
                deliveries = self.env["mail.delivery"].search([("mail_server_id", "=", server.id)])
                self.assertEqual(set(deliveries.mapped("state")), {"waiting"})
                self.assertTrue(server.sending_error)
                self.assertTrue(server.sending_error_datetime)
                self.assertNotIn("wrong", server.sending_error)
                others = self.mails(server, 3)
                others.send()
                self.assertEqual(set(others.mapped("state")), {"outgoing"})
                self.assertEqual(others[0].failure_reason, server.sending_error)

                server.write(
                    {"smtp_pass": account.password, "api_key": getattr(account, "api_key", False)}
                )
                self.assertFalse(server.sending_error or server._sending_obstacle())
                self.run_delivery_job()
                self.send(others)
                self.assertEqual(set(deliveries.mapped("state")), {"accepted"})
                self.assertEqual(set(self.received(account).values()), {1, 2})
                self.assertEqual(len(account.received), 63)

    def test_server_that_is_down_for_a_minute_fails_nothing(self):
        for code, transport in WAYS:
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                account.received.clear()
                server = self.account_server(code, transport)
                port = (
                    {"smtp_port": 9} if transport == "smtp" else {"api_url": "https://127.0.0.1:9"}
                )
                good = server.read(list(port))[0]
                server.write(port)
                mails = self.mails(server, 3)
                self.send(mails)
                deliveries = self.env["mail.delivery"].search([("mail_server_id", "=", server.id)])
                self.assertEqual(set(deliveries.mapped("state")), {"waiting"})
                self.assertEqual(set(deliveries.mapped("attempts")), {0})
                self.assertEqual(set(mails.mapped("state")), {"sent"})
                self.assertGreater(server.sending_paused_until, fields.Datetime.now())
                self.assertFalse(server.sending_error, "it may mend itself")
                good.pop("id")
                server.write(good)
                self.run_delivery_job()
                self.assertEqual(set(deliveries.mapped("state")), {"accepted"})
                self.assertEqual(set(self.received(account).values()), {1})

    def test_busy_provider_is_tried_again_later(self):
        for code in SEND:
            with self.subTest(code=code):
                account = getattr(self.sandbox, code)
                server = self.account_server(code)
                mails = self.mails(server, 60)
                account.api.fail(429, HTML, times=5)
                self.send(mails)
                self.assertFalse(account.received)
                calls = len(self.sends(account))
                self.assertLessEqual(calls, server.connection_count)
                self.run_delivery_job()
                self.assertEqual(len(self.sends(account)), calls, "not before its time")
                account.api.heal()
                self.let_time_pass()
                self.run_delivery_job()
                self.assertEqual(set(self.received(account).values()), {1})
                self.assertEqual(len(account.received), 60)

    def test_answer_5xx_after_acceptance_sends_nothing_twice(self):
        server = self.account_server()
        for status in (500, 502, 503, 504):
            with self.subTest(status=status):
                self.mailjet.received.clear()
                mails = self.mails(server, 3)
                with patch.object(api, "read_answer", self.answering(status)):
                    self.send(mails)
                doubted = self.deliveries("in_doubt")
                self.assertEqual(len(doubted), 3)
                self.let_time_pass(minutes=1)
                self.run_delivery_job()
                self.assertFalse(self.deliveries("in_doubt"))
                self.assertEqual(set(self.received().values()), {1})

    def answering(self, status):
        read_answer = api.read_answer

        def read(response):
            if "/v3.1/send" in response.request.url:
                return api.Answer(status, None, HTML)
            return read_answer(response)

        return read

    def test_call_that_never_arrived_is_made_again_once_that_is_known(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        self.mailjet.api.drop(processed=False, path=SEND["mailjet"])
        self.send(mails)
        self.assertEqual(len(self.deliveries("in_doubt")), 3)
        self.let_time_pass(minutes=1)
        self.run_delivery_job()
        self.assertEqual(len(self.deliveries("in_doubt")), 3, "it may only be late")
        self.assertFalse(self.mailjet.received)
        self.let_time_pass(minutes=60)
        self.run_delivery_job()
        self.let_all_leave()
        self.assertEqual(set(self.received().values()), {1})
        self.assertEqual(set(self.deliveries().mapped("state")), {"accepted"})

    def test_mailjet_is_asked_after_smtp_too(self):
        server = self.account_server(transport="smtp")
        [mail] = self.mails(server, 1)
        self.send(mail)
        delivery = self.deliveries()
        delivery.write({"state": "in_doubt", "retry_at": fields.Datetime.now()})
        self.run_delivery_job()
        self.assertEqual(delivery.state, "accepted")
        self.assertTrue(delivery.provider_message_id)

    def test_doubt_stays_where_the_account_has_changed(self):
        """Another account can't find the mail: this proves nothing."""
        server = self.account_server()
        mail = self.mail(server)
        self.mailjet.api.drop(path=SEND["mailjet"])
        self.send(mail)
        server.smtp_user = "another"
        self.let_time_pass(hours=5)
        self.run_delivery_job()
        self.assertEqual(self.deliveries().state, "in_doubt")
        self.assertEqual(self.received(), Counter(["ana@cliente.example"]))

    def test_time_out_at_aldeamo_is_left_to_people(self):
        server = self.account_server("aldeamo")
        mail, trace = self.mailing_mail(server, "ana@cliente.example")
        self.aldeamo.api.drop()
        self.send(mail)
        delivery = self.deliveries()
        self.assertEqual(delivery.state, "in_doubt")
        self.assertEqual(trace.trace_status, "process")
        self.assertIn("did not answer", delivery.reason)
        self.let_time_pass(hours=100)
        self.run_delivery_job()
        self.assertEqual(delivery.state, "in_doubt", "never sent again by itself")
        self.assertEqual(len(self.aldeamo.received), 1)

        delivery.action_send_again()
        self.run_delivery_job()
        self.assertEqual((delivery.state, trace.trace_status), ("accepted", "sent"))
        self.assertEqual(len(self.aldeamo.received), 2)

    def test_person_knows_that_it_has_arrived(self):
        server = self.account_server("aldeamo")
        mail, trace = self.mailing_mail(server, "ana@cliente.example")
        self.aldeamo.api.drop()
        self.send(mail)
        self.deliveries().action_has_arrived()
        self.assertEqual((self.deliveries().state, trace.trace_status), ("accepted", "sent"))
        with self.assertRaisesRegex(UserError, "no longer has the content"):
            self.deliveries().write({"state": "refused"})
            self.deliveries().action_send_again()

    def test_event_settles_a_doubt(self):
        """Aldeamo's API accepts no token: the event is matched by recipient and subject."""
        server = self.account_server("aldeamo")
        self.server = server
        mail, trace = self.mailing_mail(server, "ana@cliente.example", subject="Promoción")
        self.aldeamo.api.drop()
        self.send(mail)
        now = fields.Datetime.now() - timedelta(hours=5)
        values = {
            "type": "SMTP",
            "email": "ana@cliente.example",
            "subject": "Promoción",
            "msgid": "d3f26a70",
            "timestamp": str(now + timedelta(seconds=2)),
        }
        self.apply({**values, "event": "sent"})
        delivery = self.deliveries()
        self.assertEqual((delivery.state, delivery.status), ("accepted", "sent"))
        self.apply({**values, "event": "open"})
        self.assertEqual((delivery.status, trace.trace_status), ("open", "open"))

    def test_poison_at_the_head_stops_nobody(self):
        for code in SEND:
            with self.subTest(code=code):
                account = getattr(self.sandbox, code)
                server = self.account_server(code)
                mails = self.mails(server, 30)
                poisoned = {"p0@cliente.example", "p1@cliente.example"}

                def before_processing(call, account=account, poisoned=poisoned):
                    if call.messages and any(
                        f'"{email}"' in str(call.body).replace("'", '"') for email in poisoned
                    ):
                        account.api.fail(500, HTML)

                account.api.before_processing = before_processing
                self.send(mails)
                self.let_all_leave()
                for _turn in range(4):
                    self.let_time_pass(hours=1)
                    self.run_delivery_job()
                self.assertEqual(
                    set(self.received(account)), set(mails.mapped("email_to")) - poisoned
                )
                self.assertEqual(set(self.received(account).values()), {1})
                account.api.heal()

    def test_process_that_dies_during_a_call(self):
        server = self.account_server()
        mail = self.mail(server)
        mail.send()
        delivery = self.deliveries()
        delivery.write({"state": "calling", "called_at": fields.Datetime.now(), "attempts": 1})
        self.run_delivery_job()
        self.assertEqual(delivery.state, "calling", "somebody may be at it")
        self.let_time_pass(minutes=10)
        self.run_delivery_job()
        self.assertEqual(delivery.state, "in_doubt")
        self.assertIn("interrupted", delivery.reason)

    def test_refusals_reach_odoos_own_records(self):
        server = self.account_server()
        kept, trace = self.mailing_mail(server, "leo@cliente.example")
        deleted, deleted_trace = self.mailing_mail(server, "eva@cliente.example", auto_delete=True)
        ana = self.partners("Ana")
        message, chatter = self.post(server, ana, ana)
        for name, error in (("leo", "mj-0013"), ("eva", "mj-0006"), ("ana", "send-0008")):
            self.mailjet.api.refuse(f"{name}@cliente.example", error)
        self.send(kept | deleted | chatter)
        self.assertEqual(
            (trace | deleted_trace).mapped(lambda t: (t.trace_status, t.failure_type)),
            [("error", "mail_email_invalid"), ("error", "unknown")],
        )
        self.assertIn("The address isn't valid: correct it", trace.failure_reason)
        self.assertEqual(kept.state, "exception")
        self.assertIn("mj-0013", kept.failure_reason)
        envelope = self.envelope(message, ana)
        self.assertEqual(
            (envelope.notification_status, envelope.failure_type),
            ("exception", "mail_from_invalid"),
        )

    def test_retry_of_a_mailing_works_on_every_failure(self):
        server = self.account_server()
        self.mailing.write(
            {
                "mail_server_id": server.id,
                "email_from": "ventas@empresa.example",
                "keep_archives": False,
            }
        )
        contact = self.make_contact("ana@cliente.example")
        self.mailjet.api.refuse("ana@cliente.example", "mj-0013")
        self.mailing.action_send_mail(contact.ids)
        self.committed()
        self.assertEqual(self.mailing.failed, 1)
        contact.email = "ana2@cliente.example"
        self.mailing.action_retry_failed()
        self.mailing.action_send_mail()
        self.committed()
        self.assertEqual(self.received(), Counter(["ana2@cliente.example"]))
        self.assertEqual((self.mailing.failed, self.mailing.delivered), (0, 1))

    def test_resend_dialog_works_on_a_refusal(self):
        server = self.account_server()
        ana = self.partners("Ana")
        message, mail = self.post(server, ana, ana)
        self.mailjet.api.refuse("ana@cliente.example", "mj-0013")
        self.send(mail)
        self.assertEqual(self.envelope(message, ana).notification_status, "exception")
        ana.email = "ana2@cliente.example"
        dialog = self.env["mail.resend.message"].with_context(mail_message_to_resend=message.id)
        server.sequence = 1
        dialog.create({}).resend_mail_action()
        self.committed()
        self.assertEqual(self.received(), Counter(["ana2@cliente.example"]))
        self.assertEqual(self.envelope(message, ana).notification_status, "sent")

    def test_raise_exception_for_what_odoo_knows_at_once(self):
        server = self.account_server()
        with self.assertRaises(MailDeliveryException) as raised:
            self.mail(server, email_from="malformed").send(raise_exception=True)
        self.assertIn("malformed", str(raised.exception))
        self.mail(server, to="Ana").send(raise_exception=True)

    def test_limits_per_hour_and_day(self):
        server = self.account_server(limit_hour=5)
        mails = self.mails(server, 8)
        self.send(mails)
        self.assertEqual(len(self.mailjet.received), 5)
        self.run_delivery_job()
        self.assertEqual(len(self.mailjet.received), 5)
        others = self.mails(server, 1)
        others.send()
        self.assertEqual(others.state, "outgoing")
        self.assertIn("limit", others.failure_reason)
        self.let_time_pass(minutes=61)
        self.run_delivery_job()
        self.assertEqual(len(self.mailjet.received), 8)


class TestStatuses(SandboxCase):
    """Statuses show only what was reported."""

    def test_by_the_rule_chosen_on_the_server(self):
        for rule, status in (("event", "pending"), ("acceptance", "sent")):
            with self.subTest(rule=rule):
                server = self.account_server(delivery_rule=rule)
                mail, trace = self.mailing_mail(server, f"{rule}@cliente.example")
                ana = self.partners("Ana")
                message, chatter = self.post(server, ana, ana)
                (mail | chatter).send()
                self.assertEqual(trace.trace_status, "process")
                self.assertFalse(trace.sent_datetime)
                self.assertEqual(self.envelope(message, ana).notification_status, "process")
                self.committed()
                self.assertEqual(trace.trace_status, status)
                self.assertTrue(trace.sent_datetime)
                self.assertEqual(self.envelope(message, ana).notification_status, status)

    def test_default_follows_the_webhook(self):
        server = self.account_server(delivery_rule="auto")
        mail, trace = self.mailing_mail(server, "ana@cliente.example")
        self.send(mail)
        self.assertEqual(trace.trace_status, "sent", "nobody reports what becomes of it")
        self.server, self.provider = server, "mailjet"
        self.apply(self.mailjet_event(trace, "open"))
        other, other_trace = self.mailing_mail(server, "leo@cliente.example")
        self.send(other)
        self.assertEqual(other_trace.trace_status, "pending")
        statistics = self.mailing
        self.assertEqual((statistics.sent, statistics.pending, statistics.delivered), (2, 1, 1))

    def test_event_that_comes_before_the_answer_is_written(self):
        server = self.account_server(delivery_rule="event")
        self.server, self.provider = server, "mailjet"
        mail, trace = self.mailing_mail(server, "ana@cliente.example")
        mail.send()
        self.apply(self.mailjet_event(trace, "sent"))
        self.assertEqual(self.deliveries().state, "accepted", "the provider must have it")
        self.committed()
        self.assertEqual(trace.trace_status, "sent")
        self.assertFalse(self.mailjet.received, "it is not sent once more")

    def test_postgresql_that_fails_while_answers_are_written(self):
        server = self.account_server()
        mails = self.mails(server, 3)
        mails.send()
        deliveries = type(self.env["mail.delivery"])
        record, failures = deliveries._record, iter([psycopg2.OperationalError("gone")] * 2)

        def fail_twice(model, outcomes):
            for failure in failures:
                raise failure
            return record(model, outcomes)

        with patch.object(deliveries, "_record", fail_twice):
            self.committed()
        self.assertEqual(set(self.deliveries().mapped("state")), {"accepted"})
        self.assertEqual(set(self.received().values()), {1})
