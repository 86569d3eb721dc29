# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import gzip
import json
import logging
import socket

from odoo import fields
from odoo.tests.common import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers.access_log import MaskWebhookSecret
from ..controllers.webhook import MAX_BODY
from ..providers.authentication import BasicAuthentication
from ..webhook.authentication import Post
from .common import ProviderCase


@tagged("post_install", "-at_install")
class TestWebhook(ProviderCase, HttpCase):
    """Each line of the controller's table of answers, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()
        cls.body = json.dumps({"event": "open", "type": "SMTP", "email": "ana@example.com"})

    def post(self, body, token=None, content_type="application/json", auth=None, headers=None):
        self.env.flush_all()
        return self.opener.post(
            f"{self.base_url()}/mail_provider/{token or self.token}",
            data=body.encode() if isinstance(body, str) else body,
            headers=headers or ({"Content-Type": content_type} if content_type else {}),
            auth=auth,
            allow_redirects=False,
        )

    def events(self):
        self.env.invalidate_all()
        return self.env["mail.tracking"].search([("mail_server_id", "=", self.server.id)])

    def test_200_stored(self):
        response = self.post(self.body)
        self.assertEqual((response.status_code, response.content), (200, b""))
        self.assertFalse(response.cookies)
        event = self.events()
        self.assertEqual((event.event_type, event.state), ("opened", "pending"))
        self.assertEqual(json.loads(event.payload), json.loads(self.body))

    def test_200_already_known(self):
        for _time in range(2):
            self.assertEqual(self.post(self.body).status_code, 200)
        self.assertEqual(len(self.events()), 1)

    def test_200_object_and_array(self):
        other = json.loads(self.body) | {"event": "click"}
        self.assertEqual(self.post(json.dumps([json.loads(self.body), other])).status_code, 200)
        self.assertEqual(self.post(self.body).status_code, 200)
        self.assertEqual(set(self.events().mapped("event_type")), {"opened", "clicked"})

    def test_200_not_understood_is_kept(self):
        for body in ("no json", "[1]", '{"no": "event"}', "", "\0", "[]]"):
            with self.subTest(body=body):
                before = self.events()
                self.assertEqual(self.post(body).status_code, 200)
                event = self.events() - before
                self.assertEqual(event.state, "failed")
                self.assertTrue(event.state_reason)
                kept = {"[1]": "1", "\0": "\N{REPLACEMENT CHARACTER}"}.get(body, body)
                self.assertEqual(event.payload, kept)

    def test_200_whatever_the_content_type(self):
        for index, content_type in enumerate(
            (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
        ):
            with self.subTest(content_type=content_type):
                payload = json.loads(self.body) | {"subject": f"100% & {index}=?"}
                response = self.post(json.dumps(payload), content_type=content_type)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(self.events()[0].subject, payload["subject"])

    def test_bytes_are_read_as_they_are_declared(self):
        body = '{"event": "open", "type": "SMTP", "email": "josé@example.com", "n": %d}'
        for number, charset in enumerate(("utf-8", "iso-8859-1", "windows-1252")):
            with self.subTest(charset=charset):
                headers = {
                    "Content-Type": f"application/json; charset={charset}",
                    "Content-Encoding": "gzip",
                }
                packed = gzip.compress((body % number).encode(charset))
                before = self.events()
                self.assertEqual(self.post(packed, headers=headers).status_code, 200)
                self.assertEqual((self.events() - before).recipient, "josé@example.com")

    def test_nothing_in_a_header_or_a_path_is_a_failure_of_ours(self):
        odd = ("", " ", "\xff", "\xff" * 9, "=?x?q?=00?=", "Basic \xff", "Basic =", "Basic /w==")
        odd += (
            "%",
            "%ff%00",
            "a" * 5000,
            ";;=,",
            '"',
            "-1",
            "1e9",
            "0x2",
            "Bearer \xff:",
            "9" * 60,
        )
        names = ("Authorization", "Content-Type", "Content-Encoding", "Cookie", "Accept-Language")
        names += ("Host", "X-Forwarded-For", "X-Forwarded-Host", "Range", "If-None-Match", "X-\xff")
        names += ("Content-Length", "Transfer-Encoding", "Expect", "Connection", "User-Agent")
        self.register()
        self.env.flush_all()
        for name in names:
            for value in odd:
                with self.subTest(name=name, value=value[:20]):
                    length = [] if name == "Content-Length" else ["Content-Length: 2"]
                    head = self.request_line(*length, "Connection: close", f"{name}: {value}")
                    self.assertIn(self.raw(head + b"{}"), (*range(200, 500), None))
        for path in (
            "%ff",
            "%00",
            "\xff",
            "1-%",
            "%F0%9F",
            "1-" + "a" * 4000,
            "?\xff=%ff",
            ";",
            "//",
        ):
            for query in ("", "?db=\xff", "?token=1&%ff[]=%00", "?debug=\xff"):
                with self.subTest(path=path[:20], query=query):
                    line = f"POST /mail_provider/{path}{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    rest = "Content-Length: 2\r\nConnection: close\r\n\r\n{}"
                    self.assertIn(self.raw((line + rest).encode("latin-1")), range(200, 500))
        self.assertFalse(self.events())

    def test_former_url_works_after_rotation(self):
        self.server.action_rotate_webhook_secret()
        self.assertEqual(self.post(self.body).status_code, 200)
        self.assertTrue(self.events())

    def register(self):
        """Set the server as after a registration with credentials."""
        auth = ("mailjet", "contraseña:1")
        self.server.write({"webhook_user": auth[0], "webhook_password": auth[1]})
        return auth[0], auth[1].encode()  # requests would take Latin-1

    def test_401_without_the_registered_credentials(self):
        auth = self.register()
        wrong = (
            None,
            (auth[0], "wrong"),
            ("wrong", auth[1]),
            (auth[0], ""),
            (auth[0], auth[1] + b"1"),
            (self.server.webhook_secret, self.server.webhook_secret),
        )
        for credentials in wrong:
            with self.subTest(credentials=credentials):
                response = self.post(self.body, auth=credentials)
                self.assertEqual(response.status_code, 401)
                self.assertEqual(response.headers["WWW-Authenticate"], 'Basic realm="Email events"')
        self.assertFalse(self.events())
        self.assertEqual(self.post(self.body, auth=auth).status_code, 200)
        self.assertTrue(self.events())

    def test_401_malformed_authorization(self):
        self.register()
        self.env.flush_all()
        for value in ("Basic", "Basic !", "Basic OnNl", "Bearer x", "Digest x", "\xff"):
            with self.subTest(value=value):
                headers = self.request_line("Content-Length: 2", f"Authorization: {value}")
                self.assertEqual(self.raw(headers + b"{}"), 401)
        self.assertFalse(self.events())

    def test_404_wrong_token_with_the_right_credentials(self):
        auth = self.register()
        token = f"{self.server.id}-wrong"
        self.assertEqual(self.post(self.body, token=token, auth=auth).status_code, 404)

    def test_credentials_nobody_asked_for_do_no_harm(self):
        self.assertEqual(self.post(self.body, auth=("any", "body")).status_code, 200)

    def test_former_url_wants_its_own_credentials(self):
        former = self.register()
        former_token = self.token
        self.server.action_rotate_webhook_secret()
        self.assertFalse(self.server.webhook_password)
        self.assertEqual(self.post(self.body, former_token, auth=former).status_code, 200)
        self.assertEqual(self.post(self.body, former_token).status_code, 401)
        present_token = f"{self.server.id}-{self.server.webhook_secret}"
        self.assertEqual(self.post(self.body, present_token).status_code, 200)
        self.server.write({"webhook_user": "mailjet", "webhook_password": "2"})
        self.assertEqual(self.post(self.body, present_token, auth=former).status_code, 401)
        self.assertEqual(self.post(self.body, former_token, auth=("mailjet", "2")).status_code, 401)
        self.assertEqual(self.post(self.body, former_token, auth=former).status_code, 200)
        self.server.webhook_secret_previous_until = "2026-01-01 00:00:00"
        self.assertEqual(self.post(self.body, former_token, auth=former).status_code, 404)

    def test_authentication_costs_no_query(self):
        servers = self.env["ir.mail_server"]
        self.env.flush_all()
        servers._authenticate_webhook(self.token)
        with self.assertQueryCount(0):
            servers._authenticate_webhook(self.token)
        self.register()
        self.env.flush_all()
        authorization = BasicAuthentication().headers(b"", "mailjet:contraseña:1")
        post = Post(lambda name: authorization.get(name, ""))
        servers._authenticate_webhook(self.token, post)
        with self.assertQueryCount(0):
            servers._authenticate_webhook(self.token, post)

    def test_what_another_process_changed_counts_before_anybody_is_refused(self):
        servers = self.env["ir.mail_server"]
        self.assertEqual(self.post(self.body).status_code, 200)
        values = ["written-elsewhere", self.server.id]
        self.env.cr.execute("UPDATE ir_mail_server SET webhook_secret = %s WHERE id = %s", values)
        token = f"{self.server.id}-written-elsewhere"
        self.assertEqual(servers._authenticate_webhook(token), (self.server.id, "aldeamo"))

    def test_404_wrong_token(self):
        for token in ("x", f"{self.server.id}-wrong", f"0-{self.server.webhook_secret}"):
            with self.subTest(token=token):
                self.assertEqual(self.post(self.body, token=token).status_code, 404)
        self.assertFalse(self.events())
        self.assertFalse(self.env["mail.tracking"].search([("payload", "=", self.body)]))

    def test_archived_server_accepts_the_events_of_its_last_mails(self):
        self.server.active = False
        self.assertEqual(self.post(self.body).status_code, 200)
        self.assertEqual(self.events().event_type, "opened")

    def test_404_archived_for_longer_than_events_are_kept(self):
        self.server.active = False
        self.assertEqual(self.post("[]").status_code, 200)  # and cached
        kept = self.server.webhook_until - fields.Datetime.now()
        self.assertEqual(round(kept.total_seconds() / 86400), 180)
        self.env.flush_all()
        values = [fields.Datetime.now(), self.server.id]
        self.env.cr.execute("UPDATE ir_mail_server SET webhook_until = %s WHERE id = %s", values)
        self.env.registry.clear_cache()
        self.assertEqual(self.post(self.body).status_code, 404)
        self.assertFalse(self.events())
        self.env.invalidate_all()
        self.server.active = True
        self.assertFalse(self.server.webhook_until)
        self.assertEqual(self.post(self.body).status_code, 200)

    def test_404_archived_by_sql(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_mail_server SET active = false WHERE id = %s", [self.server.id]
        )
        self.env.registry.clear_cache()
        self.assertEqual(self.post(self.body).status_code, 404)

    def test_another_provider_has_another_url(self):
        for provider in ("mailjet", False):
            with self.subTest(provider=provider):
                self.server.provider = "aldeamo"
                former = f"{self.server.id}-{self.server.webhook_secret}"
                self.server.write({"provider": provider})
                late = {"event": "unsubscribed", "subscription_type": "domain category update"}
                late |= {"email": f"{provider}@example.com"}
                self.assertEqual(self.post(json.dumps(late), former).status_code, 200)
                event = self.events()[:1]
                self.assertEqual((event.provider, event.event_type), ("aldeamo", "preferences"))
                present = f"{self.server.id}-{self.server.webhook_secret}"
                self.assertNotEqual(present, former)
                status = self.post('{"event": "unsub"}', present).status_code
                self.assertEqual(status, 200 if provider else 404)
                self.server.webhook_secret_previous_until = "2026-01-01 00:00:00"
                self.assertEqual(self.post(self.body, former).status_code, 404)

    def test_the_same_provider_keeps_the_url(self):
        self.server.write({"provider": "aldeamo", "name": "Aldeamo 2"})
        self.assertEqual(self.post(self.body).status_code, 200)
        self.assertFalse(self.server.webhook_secret_previous)

    def test_405_not_posted(self):
        url = f"{self.base_url()}/mail_provider/{self.token}"
        self.assertEqual(self.opener.get(url).status_code, 405)

    def raw(self, request):
        """Send raw bytes; return the status code, None if there is none."""
        host, port = self.base_url().removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(request)
            answer = connection.recv(4096)
            return int(answer.split()[1]) if answer.startswith(b"HTTP/") else None

    def request_line(self, *headers):
        lines = (f"POST /mail_provider/{self.token} HTTP/1.1", "Host: 127.0.0.1", *headers, "", "")
        return "\r\n".join(lines).encode("latin-1")

    def test_411_length_not_announced(self):
        self.env.flush_all()
        request = self.request_line("Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n"
        self.assertEqual(self.raw(request), 411)
        self.assertFalse(self.events())

    def test_413_oversized(self):
        self.env.flush_all()
        request = self.request_line(f"Content-Length: {MAX_BODY + 1}")
        self.assertEqual(self.raw(request), 413)
        self.assertFalse(self.events())

    def test_200_just_fits(self):
        body = self.body.ljust(MAX_BODY)
        self.assertEqual(self.post(body).status_code, 200)
        self.assertEqual(self.events().event_type, "opened")

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_500_not_stored(self):
        self.env.cr.execute("ALTER TABLE mail_tracking RENAME TO mail_tracking_gone")
        try:
            self.assertEqual(self.post(self.body).status_code, 500)
        finally:
            self.env.cr.execute("ALTER TABLE mail_tracking_gone RENAME TO mail_tracking")

    def test_200_without_the_job(self):
        self.env.ref("mail_mailjet_aldeamo.ir_cron_apply_mail_tracking").unlink()
        self.assertEqual(self.post(self.body).status_code, 200)
        self.assertTrue(self.events())

    def test_test_button_goes_over_the_wire(self):
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.env.flush_all()
        action = self.server.action_test_webhook()
        self.assertEqual(action["params"]["type"], "success")
        self.assertFalse(self.events(), "the test is no event")
        self.assertFalse(self.server.tracking_last_datetime or self.server.tracking_today_count)

    def test_test_button_sends_the_registered_credentials(self):
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.register()
        self.env.flush_all()
        self.assertEqual(self.server.action_test_webhook()["params"]["type"], "success")

    def test_the_url_stays_when_an_administrator_logs_in_elsewhere(self):
        """Odoo sets its address from an administrator's login, unless it is frozen."""
        users = self.env["res.users"]
        password = {"login": "admin", "password": "admin"}

        def log_in(address):
            users.authenticate(
                self.env.cr.dbname, **password, user_agent_env={"base_location": address}
            )
            self.env.invalidate_all()
            return self.server.webhook_url

        self.assertTrue(self.server.webhook_url_may_change)
        self.assertTrue(log_in("https://one.example").startswith("https://one.example/"))
        self.assertTrue(log_in("https://other.example").startswith("https://other.example/"))
        self.server.action_keep_base_url()
        self.env.invalidate_all()
        self.assertFalse(self.server.webhook_url_may_change)
        self.assertTrue(log_in("https://one.example").startswith("https://other.example/"))

    def test_secret_is_not_in_the_access_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.post(self.body)
        self.assertIn(f"/mail_provider/{self.server.id}-***", "".join(logs.output))
        self.assertNotIn(self.server.webhook_secret, "".join(logs.output))

    def test_masked_log_lines(self):
        secret = self.server.webhook_secret
        for message, args in (
            ('"POST /mail_provider/%s HTTP/1.1" 200', (self.token,)),
            ("%s", (f"/mail_provider/{self.token}?x=1",)),
        ):
            record = logging.LogRecord("werkzeug", logging.INFO, "", 0, message, args, None)
            self.assertTrue(MaskWebhookSecret().filter(record))
            self.assertNotIn(secret, record.getMessage())
            self.assertIn("***", record.getMessage())
