# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from datetime import timedelta
from itertools import count
from unittest.mock import patch
from urllib.parse import urlsplit

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests.common import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from lab.demo_dns import RIGHT

from ...models import mail_webhook_refusal
from ...models.ir_mail_server import state_sending
from ...providers import PROVIDERS
from ...providers.api import Credentials
from ...webhook.refusals import Refusals
from .common import SandboxCase
from .dns_common import DnsCase

MARKETER = "base.group_user,mass_mailing.group_mass_mailing_user"
SERVER_LOG = "odoo.addons.mail_mailjet_aldeamo.models.ir_mail_server.sending"
STOP_LOG = "odoo.addons.mail_mailjet_aldeamo.models.mail_provider_stop"
FOREIGN = "https://crm:s3creto@crm.example/hook"


class StopCase(SandboxCase):
    """A stop is visible as the server's state, an activity, and a notice on the mailing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "overseer", groups="base.group_system")
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)
        cls.env["res.users"].search([]).notification_type = "inbox"

    def setUp(self):
        super().setUp()
        self.numbers = count()
        self.patch(mail_webhook_refusal, "_refused", {})

    def watch(self):
        with mute_logger(STOP_LOG):
            self.env["mail.provider.stop"]._cron_watch()
        self.env.invalidate_all()

    def state(self, server, kind):
        """Return state and reason as an administrator sees them now."""
        self.env.invalidate_all()
        server = server.with_user(self.admin)
        return server[f"{kind}_state"], server[f"{kind}_state_reason"]

    def activities(self, server, kind):
        stop = server.stop_ids.filtered(lambda stop: stop.kind == kind)
        return stop.activity_ids.filtered(lambda activity: activity.user_id == self.admin)

    def notice(self, server):
        """Return the notice on a marketer's mailing."""
        self.mailing.mail_server_id = server
        self.env.invalidate_all()
        return self.mailing.with_user(self.marketer).server_notice or ""

    def assert_stopped(self, server, kind, words):
        """Check the state, and that each administrator has one activity."""
        state, reason = self.state(server, kind)
        self.assertEqual(state, "wrong", reason)
        self.assertIn(words, reason)
        self.watch()
        self.watch()
        [activity] = self.activities(server, kind)
        self.assertIn(server.name, activity.res_name)
        self.assertIn(server, self.env["ir.mail_server"].search([("stop_ids", "!=", False)]))

    def assert_fixed(self, server, kind):
        self.watch()
        state, reason = self.state(server, kind)
        self.assertEqual(state, "right", reason)
        self.assertFalse(server.stop_ids.filtered(lambda stop: stop.kind == kind))
        self.assertFalse(
            self.env["mail.activity"].search([("res_model", "=", "mail.provider.stop")])
        )

    def send_mailing(self, server, count=1):
        """Send a mailing's mails; return them."""
        mails = self.env["mail.mail"].union(
            *(self.mailing_mail(server, f"m{n}@cliente.example")[0] for n in range(count))
        )
        with mute_logger(SERVER_LOG):
            self.send(mails)
        return mails

    def send_queue(self):
        """Run Odoo's queue."""
        mails = self.env["mail.mail"].search([("state", "=", "outgoing")])
        with mute_logger(SERVER_LOG):
            self.send(mails)

    def grow_old(self, **delta):
        """Move the times of mails and events into the past."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE mail_delivery SET create_date = create_date - %(delta)s,
                   called_at = called_at - %(delta)s, accepted_at = accepted_at - %(delta)s,
                   failed_at = failed_at - %(delta)s;
            UPDATE mail_tracking SET create_date = create_date - %(delta)s;
            UPDATE ir_mail_server
               SET webhook_registered_datetime = webhook_registered_datetime - %(delta)s
            """,
            {"delta": timedelta(**delta)},
        )
        self.env.invalidate_all()

    def event(self, server):
        """Receive an event that differs from earlier ones."""
        payload = b'{"event": "open", "email": "ana@cliente.example", "time": %d, "number": %d}'
        moment = int(fields.Datetime.now().timestamp())
        body = payload % (moment, next(self.numbers))
        self.env["mail.tracking"]._receive(server.id, server.provider, body)
        self.env.invalidate_all()


class TestSendingStops(StopCase):
    """Stops of sending, by each cause."""

    def assert_waits(self, server):
        """Check the marketer's notice while mails wait, and that it contains no secrets."""
        notice = self.notice(server)
        self.assertIn("Waiting emails of this mailing: 1.", notice)
        self.assertIn("The administrators were notified on", notice)
        for secret in ("key", server.smtp_user, server.name):
            self.assertNotIn(secret, notice)

    def test_key_refused(self):
        for code, transport in (("mailjet", "api"), ("mailjet", "smtp"), ("aldeamo", "api")):
            with self.subTest(code=code, transport=transport):
                account = getattr(self.sandbox, code)
                name = "api_key" if code == "aldeamo" else "smtp_pass"
                server = self.account_server(code, transport, **{name: "wrong"})
                self.send_mailing(server)
                self.assert_stopped(server, "sending", "No emails have been sent since")
                self.assert_waits(server)
                kept = self.send_mailing(server)
                self.assertEqual(kept.state, "outgoing")
                server.write({name: account.password if name == "smtp_pass" else account.api_key})
                state, reason = self.state(server, "sending")
                self.assertEqual(state, "unknown", reason)
                self.run_delivery_job()
                self.send_queue()
                self.assertEqual(len(account.received), 2)
                self.assert_fixed(server, "sending")
                self.assertFalse(self.notice(server))
                account.received.clear()

    def test_no_credit(self):
        server = self.account_server("aldeamo", "api")
        self.aldeamo.quota = 0
        self.send_mailing(server)
        self.assert_stopped(server, "sending", "used up its prepaid mails")
        self.assert_waits(server)
        self.aldeamo.quota = 100
        server.with_user(self.admin).action_send_waiting()
        self.run_delivery_job()
        self.assertEqual(len(self.aldeamo.received), 1)
        self.assert_fixed(server, "sending")

    def test_provider_down(self):
        """A short error is no stop; a lasting one is."""
        server = self.account_server()
        good, server.api_url = server.api_url, "https://127.0.0.1:9"
        self.send_mailing(server)
        state, reason = self.state(server, "sending")
        self.assertEqual(state, "unknown")
        self.assertIn("Odoo tries again at", reason)
        self.watch()
        self.assertFalse(server.stop_ids)
        self.assertIn("Emails can't be sent at the moment", self.notice(server))
        with mute_logger(SERVER_LOG):
            for _pause in range(2):
                self.let_time_pass()
                self.run_delivery_job()
        self.assert_stopped(server, "sending", "No emails have been sent since")
        self.assert_waits(server)
        self.env.flush_all()
        # The provider works again, without any action in Odoo.
        self.env.cr.execute(
            "UPDATE ir_mail_server SET api_url = %s WHERE id = %s", [good, server.id]
        )
        self.let_time_pass()
        self.run_delivery_job()
        self.assertEqual(len(self.mailjet.received), 1)
        self.assert_fixed(server, "sending")

    def test_sender_not_validated(self):
        server = self.account_server()
        mail, trace = self.mailing_mail(
            server, "ana@cliente.example", email_from="Otra <ventas@otra.example>"
        )
        self.mailing.email_from = "ventas@otra.example"
        self.send(mail)
        self.assertEqual(trace.trace_status, "error")
        self.assert_stopped(server, "sending", "because of their sender: 1.")
        self.assertIn("tab Account", self.state(server, "sending")[1])
        self.assertIn("because of the address in “Send From”", self.notice(server))
        self.mailjet.senders.create({"Email": "ventas@otra.example"})
        self.mailjet.senders.activate("ventas@otra.example")
        mail.state = "outgoing"
        trace.trace_status = "outgoing"
        self.send(mail)
        self.assert_fixed(server, "sending")
        self.assertFalse(self.notice(server))

    def test_limit_reached(self):
        server = self.account_server(limit_hour=2)
        self.send_mailing(server, 2)
        self.assertEqual(self.state(server, "sending")[0], "right")
        kept = self.send_mailing(server)
        self.assertEqual(kept.state, "outgoing")
        self.assertIn("a limit of emails per hour or per day", self.notice(server))
        self.assertIn("Waiting emails of this mailing: 1.", self.notice(server))
        state, reason = self.state(server, "sending")
        self.assertEqual(state, "todo")
        self.assertIn("The limit of emails that is set on this server is reached", reason)
        self.watch()
        self.assertFalse(server.stop_ids, "it goes on by itself")
        server.limit_hour = 0
        self.send_queue()
        self.assertEqual(len(self.mailjet.received), 3)
        self.assert_fixed(server, "sending")

    def test_jobs_do_not_run(self):
        server = self.account_server()
        self.mail(server).send()
        self.env.flush_all()
        self.env.cr.postcommit.clear()
        self.assertEqual(self.state(server, "sending")[0], "todo")
        self.let_time_pass(minutes=40)
        self.assert_stopped(server, "sending", "runs its scheduled actions")
        self.run_delivery_job()
        self.assert_fixed(server, "sending")

    def test_complaints_and_bounces(self):
        server = self.account_server()
        self.send_mailing(server, 10)
        self.mailing.mail_server_id = server
        deliveries = self.deliveries("accepted")
        with patch.object(state_sending, "MANY_MAILS", 10):
            self.watch()
            self.assertEqual(self.state(server, "sending")[0], "right")
            deliveries[:2].write({"failed_kind": "hard", "failed_at": fields.Datetime.now()})
            self.watch()
            self.assert_stopped(server, "sending", "20 % bounced")
            deliveries[:2].failed_kind = False
            self.assert_fixed(server, "sending")
            spam = b'{"event": "spam", "email": "m0@cliente.example", "time": 1772452800}'
            self.env["mail.tracking"]._receive(server.id, "mailjet", spam)
            self.run_job()
            self.watch()
            self.assert_stopped(server, "sending", "10 % were reported as spam")
        self.watch()
        self.assertEqual(self.state(server, "sending")[0], "right", "of few mails it says nothing")

    def test_what_is_not_known_is_not_right(self):
        server = self.account_server()
        self.assertEqual(self.state(server, "sending")[0], "todo")
        self.send(self.mail(server))
        self.assertEqual(self.state(server, "sending")[0], "right")
        self.grow_old(days=40)
        self.assertEqual(self.state(server, "sending")[0], "unknown")
        server.active = False
        self.assertFalse(self.state(server, "sending")[0])
        other = self.env["ir.mail_server"].create({"name": "Own", "smtp_host": "127.0.0.1"})
        self.assertFalse(self.state(other, "sending")[0])

    def test_who_has_seen_it_is_not_told_again(self):
        server = self.account_server(smtp_pass="wrong")
        self.send_mailing(server)
        self.watch()
        self.activities(server, "sending").action_feedback()
        self.watch()
        self.assertFalse(self.activities(server, "sending"))
        self.assertTrue(server.stop_ids)
        server.unlink()
        self.assertFalse(
            self.env["mail.activity"].search([("res_model", "=", "mail.provider.stop")])
        )

    def test_send_waiting_mails(self):
        """Also those that wait for the next attempt."""
        server = self.account_server()
        mails = self.mails(server, 2)
        self.mailjet.api.fail(429, "", times=9)
        with mute_logger(SERVER_LOG):
            self.send(mails)
        self.deliveries("waiting")[0].retry_at = fields.Datetime.now() + timedelta(hours=1)
        self.mailjet.api.heal()
        self.assertEqual(server.mail_waiting_count, 2)
        server.with_user(self.admin).action_send_waiting()
        self.assertFalse(server._sending_obstacle())
        self.run_delivery_job()
        self.assertEqual(len(self.mailjet.received), 2)
        self.assertEqual(server.mail_waiting_count, 0)


class EventStopCase(StopCase, HttpCase):
    """Events arrive over HTTP at the URL in the provider's account."""

    registry_test_mode = False  # see `CommittedCase`

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.mailing.sent_date = fields.Datetime.now()
        self.mailing.state = "done"

    def registered_server(self, **values):
        server = self.account_server(delivery_rule="auto", **values)
        self.register(server)
        return server

    def register(self, server):
        action = server.action_register_webhooks()
        self.env[action["res_model"]].browse(action["res_id"]).action_register()
        self.env.flush_all()
        self.env.invalidate_all()

    def account(self, method, path, json=None):
        """Read or change the account, like a user in Mailjet's own pages."""
        credentials = Credentials(
            self.mailjet.api_url, user=self.mailjet.user, password=self.mailjet.password
        )
        api = PROVIDERS["mailjet"].api(credentials)
        self.addCleanup(api.close)
        return api.call(method, path, json=json).get("Data")

    def callbacks(self):
        return self.account("GET", "eventcallbackurl?Limit=100")

    def compare(self):
        self.env["ir.mail_server"]._cron_compare_webhooks()
        self.env.invalidate_all()

    def play(self):
        """Let the provider post the events of the mails; wait for the answers."""
        self.env.flush_all()
        self.mailjet.play()
        self.env.invalidate_all()

    def assert_not_followed(self, server):
        notice = self.notice(server)
        self.assertIn("Odoo receives no events of these emails at the moment", notice)
        self.assertIn("The administrators were notified on", notice)


@tagged("post_install", "-at_install")
class TestEventStops(EventStopCase):
    """Stops of events, by each cause."""

    def test_all_is_well(self):
        server = self.registered_server()
        state, reason = self.state(server, "events")
        self.assertEqual(state, "unknown", reason)
        self.send_mailing(server, 3)
        self.play()
        self.assertEqual(self.state(server, "events")[0], "right")
        self.grow_old(hours=2)
        self.assert_fixed(server, "events")
        self.assertFalse(self.notice(server))

    def test_webhook_never_set_up(self):
        for code, words in (("mailjet", "Register the webhook"), ("aldeamo", "Enter the webhook")):
            with self.subTest(code=code):
                server = self.account_server(code, delivery_rule="auto")
                state, reason = self.state(server, "events")
                self.assertEqual(state, "todo")
                self.assertIn(words, reason)
                self.send_mailing(server, 3)
                self.watch()
                self.assertFalse(server.stop_ids)
                self.assertIn("Odoo receives no events of these emails yet", self.notice(server))
                self.grow_old(hours=2)
                self.assert_stopped(server, "events", "Emails without any event since")
                self.assertIn(words, self.state(server, "events")[1])
                self.assert_not_followed(server)
                server.delivery_rule = "acceptance"
                self.watch()
                self.assertFalse(server.stop_ids, "whoever wants none has none missing")

    def test_taken_over(self):
        server = self.registered_server()
        self.event(server)
        self.grow_old(minutes=5)
        for row in self.callbacks():
            self.account("PUT", f"eventcallbackurl/{row['ID']}", {"Url": FOREIGN})
        self.assertEqual(self.state(server, "events")[0], "right", "nobody has looked yet")
        self.compare()
        self.assert_stopped(server, "events", "https://crm.example")
        self.assertNotIn("s3creto", self.state(server, "events")[1])
        self.assert_not_followed(server)
        self.register(server)
        self.assertEqual(self.state(server, "events")[0], "unknown", "none has come yet")
        self.send_mailing(server)
        self.play()
        self.assert_fixed(server, "events")

    def test_removed(self):
        server = self.registered_server()
        for row in self.callbacks():
            self.account("DELETE", f"eventcallbackurl/{row['ID']}")
        self.compare()
        self.assert_stopped(server, "events", "reports no events to this server")

    def test_moved(self):
        server = self.registered_server()
        self.event(server)
        self.grow_old(minutes=5)
        job = self.env.ref("mail_mailjet_aldeamo.ir_cron_compare_webhooks")
        self.env["ir.cron.trigger"].search([]).unlink()
        set_param = self.env["ir.config_parameter"].set_param
        set_param("web.base.url", "http://127.0.0.1:1")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))
        state, reason = self.state(server, "events")
        self.assertEqual(state, "todo")
        self.assertIn("Odoo's address changed on", reason)
        self.compare()
        state, reason = self.state(server, "events")
        self.assertEqual(state, "todo", "it may still lead here")
        self.assertIn("to an old address of this Odoo", reason)
        self.send_mailing(server, 3)
        self.grow_old(hours=2)
        self.assert_stopped(server, "events", "to an old address of this Odoo")
        self.assert_not_followed(server)
        set_param("web.base.url", self.base_url())
        self.compare()
        self.play()
        self.assert_fixed(server, "events")

    def test_moved_where_no_account_can_be_asked(self):
        server = self.account_server("aldeamo", delivery_rule="auto")
        self.event(server)
        self.grow_old(minutes=5)
        set_param = self.env["ir.config_parameter"].set_param
        set_param("web.base.url", "https://neu.example")
        self.assertIn(self.base_url(), self.state(server, "events")[1])
        self.assertEqual(self.state(server, "events")[0], "todo")
        self.send_mailing(server, 3)
        self.grow_old(hours=2)
        self.assert_stopped(server, "events", "Enter the current URL at the provider")
        set_param("web.base.url", self.base_url())
        self.event(server)
        self.assert_fixed(server, "events")

    def test_suspended(self):
        server = self.registered_server()
        self.mailjet.callbacks.suspend(self.callbacks()[0]["Url"])
        self.compare()
        self.assert_stopped(server, "events", "has suspended the webhook")
        self.assert_not_followed(server)
        server.action_rotate_webhook_secret()
        self.assertEqual(self.state(server, "events")[0], "unknown")
        self.send_mailing(server)
        self.play()
        self.assert_fixed(server, "events")

    def test_wrong_password(self):
        server = self.registered_server()
        self.event(server)
        self.grow_old(minutes=5)
        for row in self.callbacks():
            url = urlsplit(row["Url"])
            wrong = f"{url.scheme}://mailjet:other@{url.hostname}:{url.port}{url.path}"
            self.account("PUT", f"eventcallbackurl/{row['ID']}", {"Url": wrong})
        self.send_mailing(server, 2)
        with mute_logger("odoo.http"):
            self.play()
        self.assert_stopped(server, "events", "without the webhook's user and password")
        self.assert_not_followed(server)
        [refusal] = server.webhook_refusal_ids
        self.assertEqual(refusal.status, 401)
        self.register(server)
        self.send_mailing(server)
        self.play()
        self.assert_fixed(server, "events")

    def test_odoo_unreachable(self):
        server = self.registered_server()
        for row in self.callbacks():
            dead = row["Url"].replace(f":{urlsplit(row['Url']).port}/", ":9/")
            self.account("PUT", f"eventcallbackurl/{row['ID']}", {"Url": dead})
        self.send_mailing(server, 3)
        self.grow_old(hours=2)
        self.assert_stopped(server, "events", "Press Test Webhook")
        self.assert_not_followed(server)
        self.play()  # until the provider gives up
        self.compare()
        self.assert_stopped(server, "events", "")
        self.assertTrue(server.webhook_elsewhere)

    def test_two_servers_of_one_account(self):
        """The account posts to one URL: to the other server's."""
        server = self.registered_server()
        other = self.account_server(delivery_rule="auto", name="Everyday")
        self.send_mailing(other, 3)
        self.compare()
        self.play()
        self.grow_old(minutes=90)
        self.assertEqual(other.webhook_elsewhere["status"], "other_server")
        for one in (server, other):
            self.assertEqual(self.state(one, "events")[0], "right")

    def test_refused_posts_are_counted_and_not_written_each(self):
        server = self.registered_server()
        refusals = self.env["mail.webhook.refusal"]
        url = f"{self.base_url()}/mail_provider/"
        for token in (f"{server.id}-wrong", "999999-wrong", "x", "0-"):
            for _time in range(5):
                self.assertEqual(self.opener.post(url + token, data=b"{}").status_code, 404)
        self.env.invalidate_all()
        [refusal] = refusals.search([])
        self.assertEqual((refusal.mail_server_id, refusal.status), (server, 404))
        self.assertEqual(refusal.count, 1, "what came within the minute is not written")
        self.assertNotEqual(self.state(server, "events")[0], "wrong", "anybody could post it")
        with patch.object(Refusals, "due", lambda self: dict(self._counts)):
            self.opener.post(url + f"{server.id}-wrong", data=b"{}")
        self.env.invalidate_all()
        self.assertEqual(refusal.count, 6)
        self.grow_old(minutes=5)
        self.send_mailing(server, 3)
        self.grow_old(hours=2)
        self.assertIn("requests to a URL with a wrong secret", self.state(server, "events")[1])

    def test_the_test_is_no_event(self):
        server = self.registered_server()
        self.env.flush_all()
        self.assertEqual(server.action_test_webhook()["params"]["type"], "success")
        self.env.invalidate_all()
        self.assertFalse(self.env["mail.tracking"].search([("mail_server_id", "=", server.id)]))
        self.assertEqual(self.state(server, "events")[0], "unknown")


@tagged("post_install", "-at_install")
class TestReplaceUrl(EventStopCase):
    """*Replace the URL* registers the new one if Odoo has the keys."""

    def test_replaced_and_registered(self):
        server = self.registered_server()
        former = {row["Url"] for row in self.callbacks()}
        action = server.action_rotate_webhook_secret()
        self.assertEqual(action["params"]["type"], "success")
        present = {row["Url"] for row in self.callbacks()}
        self.assertEqual(len(present), 1)
        self.assertFalse(present & former)
        self.assertEqual(server.webhook_registered_count, 7)

    def test_asks_before_others_lose_their_events(self):
        server = self.registered_server()
        row = self.callbacks()[0]
        self.account("PUT", f"eventcallbackurl/{row['ID']}", {"Url": FOREIGN})
        former = server.webhook_url
        action = server.action_rotate_webhook_secret()
        self.assertEqual(action["res_model"], "mail.provider.webhook.register")
        self.assertNotEqual(server.webhook_url, former)
        self.assertIn(FOREIGN, {row["Url"] for row in self.callbacks()})

    def test_provider_does_not_answer(self):
        server = self.registered_server()
        former = server.webhook_url
        self.mailjet.api.fail(500, "", times=9)
        action = server.action_rotate_webhook_secret()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("isn't registered at the provider yet", action["params"]["message"])
        self.assertNotEqual(server.webhook_url, former)
        self.assertEqual(self.state(server, "events")[0], "todo")
        self.assertIn("isn't registered at the provider yet", self.state(server, "events")[1])

    def test_without_keys(self):
        server = self.account_server("aldeamo")
        former = server.webhook_url
        action = server.action_rotate_webhook_secret()
        self.assertIn("Enter the new URL at the provider", action["params"]["message"])
        self.assertNotEqual(server.webhook_url, former)


@tagged("post_install", "-at_install")
class TestHealth(StopCase):
    """Each figure opens the records that it counts."""

    def test_figures_open_their_records(self):
        server = self.account_server()
        events = {}
        for number, state in enumerate(("pending", "done", "ignored", "failed")):
            events[state] = self.env["mail.tracking"].create(
                {
                    "mail_server_id": server.id,
                    "provider": "mailjet",
                    "fingerprint": f"health-{number}",
                    "state": state,
                    "is_unmatched": state == "ignored",
                }
            )
        everything = self.env["mail.tracking"].union(*events.values())
        expected = {
            None: everything,
            "today": everything,
            "pending": events["pending"],
            "unmatched": events["ignored"],
            "failed": events["failed"],
        }
        for health, records in expected.items():
            with self.subTest(health=health):
                action = server.with_context(health=health).action_view_trackings()
                self.assertEqual(self.env["mail.tracking"].search(action["domain"]), records)
        self.assertEqual(server.tracking_pending_count, 1)
        self.assertEqual(server.tracking_unmatched_count, 1)
        self.assertEqual(server.tracking_failed_count, 1)

    def test_only_administrators_see_the_states(self):
        server = self.account_server()
        for name in ("sending_state", "events_state_reason", "dns_state", "stop_ids"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                server.with_user(self.marketer).read([name])
        with self.assertRaises(AccessError):
            server.with_user(self.marketer).action_send_waiting()


@tagged("post_install", "-at_install")
class TestDnsStop(DnsCase, TransactionCase):
    """Stops of the DNS."""

    DOMAINS = [RIGHT]

    def state(self):
        self.env.invalidate_all()
        return self.mailjet.dns_state, self.mailjet.dns_state_reason

    def test_dns_broken(self):
        self.assertEqual(self.state()[0], "todo")
        self.mailjet.dns_watch = True
        self.env["mail.dns.check"]._cron_watch()
        self.assertEqual(self.state()[0], "right")
        key = f"mailjet._domainkey.{RIGHT}"
        former = self.panel.txt(key)[0]
        self.panel.enter(key, "TXT", "p=")
        self.env["mail.dns.check"]._cron_watch()
        state, reason = self.state()
        self.assertEqual(state, "wrong")
        self.assertIn(RIGHT, reason)
        self.assertIn("DKIM", reason)
        self.assertTrue(self.mailjet.dns_check_ids.activity_ids)
        self.panel.enter(key, "TXT", former)
        self.check(self.mailjet, RIGHT)
        self.assertEqual(self.state()[0], "right")
        self.assertFalse(self.mailjet.dns_check_ids.activity_ids)
        self.mailjet.dns_check_ids.checked_datetime = fields.Datetime.now() - timedelta(days=40)
        self.assertEqual(self.state()[0], "unknown")
