# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import io
import zipfile
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests.common import HttpCase, new_test_user, tagged

from .common import ProviderCase, ProviderTransactionCase
from .test_access import MARKETER
from .test_apply import HARD, SOFT

AT = "2026-03-02 0%s:10:00"
START = "2026-03-02 12:00:00"  # UTC; the events' times are GMT-5
MACHINE = {"browser": "curl/8.0"}


def sheets(content):
    """Return name → rows of texts and numbers of a workbook."""
    book = zipfile.ZipFile(io.BytesIO(content))
    shared = [
        "".join(item.itertext()) for item in etree.fromstring(book.read("xl/sharedStrings.xml"))
    ]
    names = [
        sheet.get("name")
        for sheet in etree.fromstring(book.read("xl/workbook.xml")).iter("{*}sheet")
    ]
    found = {}
    for number, name in enumerate(names, 1):
        page = etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
        found[name] = [
            [
                shared[int(cell[0].text)] if cell.get("t") == "s" else float(cell[0].text)
                for cell in row
                if len(cell)
            ]
            for row in page.iter("{*}row")
        ]
    return found


class ResultsCase(ProviderTransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailing.sent_date = START

    def sent(self, email, mailing=None, **values):
        """Return the trace of a mail that was sent at `START`."""
        trace = self.make_trace(email, sent_datetime=START)
        if mailing:
            trace.mass_mailing_id = mailing
            trace.mail_delivery_ids.mass_mailing_id = mailing
        trace.mail_delivery_ids.write({"create_date": START, "accepted_at": START, **values})
        return trace

    def happen(self, trace, *events, **values):
        at = {"timestamp": AT % 7}
        return self.apply(
            *(self.aldeamo_event(trace, event, **{**at, **values}) for event in events)
        )

    def figures(self, mailing=None, scope="mailing"):
        results = (mailing or self.mailing).get_results(scope)
        return {figure["code"]: figure["count"] for figure in results["figures"]}

    def table(self, code, mailing=None):
        shown = mailing or self.mailing
        tables = shown.get_results()["tables"] + shown.get_results_of_events()["tables"]
        return next((table["rows"] for table in tables if table["code"] == code), [])


class TestResults(ResultsCase):
    def test_each_email_counts_once(self):
        ana = self.sent("ana@uno.example")
        self.happen(ana, "sent", "open", "click")
        self.happen(ana, "open", "click", timestamp=AT % 9)
        self.happen(self.sent("leo@uno.example"), "sent")
        self.happen(self.sent("eva@dos.example"), "bounce", **HARD)
        self.happen(self.sent("luz@dos.example"), "bounce", **SOFT)
        self.sent("may@dos.example")
        self.assertEqual(
            self.figures(),
            {
                "emails": 5,
                "sent": 5,
                "delivered": 2,
                "opened": 1,
                "clicked": 1,
                "clicked_of_opened": 1,
                "hard": 1,
                "soft": 1,
                "failed": 0,
                "complained": 0,
                "unsubscribed": 0,
            },
        )

    def test_rates_are_of_what_the_note_says(self):
        self.happen(self.sent("ana@uno.example"), "sent", "open", "click")
        self.happen(self.sent("leo@uno.example"), "sent", "open")
        self.happen(self.sent("eva@uno.example"), "sent")
        self.happen(self.sent("may@uno.example"), "bounce", **HARD)
        found = {f["code"]: f["rate"] for f in self.mailing.get_results()["figures"]}
        self.assertEqual(found["delivered"], 75)
        self.assertAlmostEqual(found["opened"], 100 * 2 / 3)
        self.assertAlmostEqual(found["clicked"], 100 / 3)
        self.assertEqual(found["clicked_of_opened"], 50)
        self.assertEqual(found["hard"], 25)
        self.assertIsNone(found["emails"])

    def test_no_mail_has_no_rates(self):
        results = self.mailing.get_results()
        self.assertFalse(any(figure["rate"] for figure in results["figures"]))
        self.assertTrue(results["notice"])
        self.assertEqual(self.mailing.get_results_average(), {"mailings": 0, "rates": {}})

    def test_tests_count_nowhere(self):
        trace = self.sent("ana@uno.example", is_test=True)
        self.happen(trace, "sent", "open", "click")
        self.assertFalse(any(self.figures().values()))
        self.assertFalse(self.mailing.get_results()["tables"])
        self.assertFalse(self.mailing.get_results_of_events()["tables"])

    def test_only_the_last_email_to_a_recipient_counts(self):
        trace = self.sent("ana@uno.example", status="error", failed_kind="rejected")
        self.make_delivery(
            "ana@uno.example",
            mailing_trace_id=trace.id,
            mass_mailing_id=self.mailing.id,
            status="sent",
            delivered_at=START,
        )
        found = self.figures()
        self.assertEqual((found["emails"], found["delivered"], found["failed"]), (1, 1, 0))

    def test_machines_are_shown_beside(self):
        trace, other = self.sent("ana@uno.example"), self.sent("leo@uno.example")
        self.happen(trace, "open", "click", **MACHINE)
        self.happen(other, "open", "click")
        results = self.mailing.get_results()
        found = {f["code"]: (f["count"], f["machines"]) for f in results["figures"]}
        self.assertEqual(found["opened"], (2, 1))
        self.assertEqual(found["clicked"], (2, 1))
        hours = self.mailing.get_results_of_events()["hours"]
        self.assertEqual((hours["opened"]["people"][0], hours["opened"]["machines"][0]), (1, 1))
        self.assertEqual((hours["clicked"]["people"][0], hours["clicked"]["machines"][0]), (1, 1))

    def test_a_person_after_a_machine(self):
        trace = self.sent("ana@uno.example")
        self.happen(trace, "open", **MACHINE)
        self.happen(trace, "open", timestamp=AT % 9)
        hours = self.mailing.get_results_of_events()["hours"]["opened"]
        self.assertEqual(
            (hours["people"][0], hours["people"][2], sum(hours["machines"])), (0, 1, 0)
        )

    def test_hours_since_each_email_was_sent(self):
        self.happen(self.sent("ana@uno.example"), "open", timestamp=AT % 8)
        self.happen(self.sent("leo@uno.example"), "click", timestamp="2026-03-05 07:00:00")
        early = self.happen(self.sent("eva@uno.example"), "open", timestamp="2026-03-02 06:59:58")
        self.assertTrue(early)
        hours = self.mailing.get_results_of_events()["hours"]
        self.assertEqual(hours["opened"]["people"], [1, 1] + [0] * 46)
        self.assertEqual(hours["clicked"]["people"], [0] * 48)

    def test_links_show_their_targets(self):
        link = self.env["link.tracker"].create(
            {
                "url": "https://tienda.example/oferta",
                "title": "x",
                "mass_mailing_id": self.mailing.id,
            }
        )
        ana, leo = self.sent("ana@uno.example"), self.sent("leo@uno.example")
        base = f"https://odoo.example/r/{link.code}/m/"
        self.happen(ana, "click", destination=f"{base}{ana.id}")
        self.happen(ana, "click", destination=f"{base}{ana.id}", timestamp=AT % 8)
        self.happen(leo, "click", destination=f"{base}{leo.id}")
        self.happen(
            leo,
            "click",
            destination="https://odoo.example/mailing/7/unsubscribe?email=leo@uno.example&token=x",
            timestamp=AT % 8,
        )
        self.happen(leo, "click", destination="https://otra.example/r/nothing", timestamp=AT % 9)
        self.assertEqual(
            self.table("link"),
            [
                ["https://tienda.example/oferta", 2, 0],
                ["https://odoo.example/mailing/7/unsubscribe", 1, 0],
                ["https://otra.example/r/nothing", 1, 0],
            ],
        )

    def test_clients_devices_and_places(self):
        colombia = self.env.ref("base.co")
        ana, leo = self.sent("ana@uno.example"), self.sent("leo@uno.example")
        first = self.happen(ana, "open", "click")
        second = self.happen(leo, "open")
        first.write(
            {"client": "Gmail", "system": "Android", "device_type": "mobile", "city": "Bogotá"}
        )
        second.write({"client": "Gmail", "system": False, "device_type": False, "city": False})
        (first | second).country_id = colombia
        self.assertEqual(self.table("client"), [["Gmail", 2, 0]])
        self.assertEqual(self.table("system"), [["Android", 1, 0], ["Not known", 1, 0]])
        self.assertEqual(self.table("device"), [["Phone", 1, 0], ["Not known", 1, 0]])
        self.assertEqual(self.table("country"), [["Colombia", 2, 0]])
        self.assertEqual(self.table("city"), [["Bogotá, Colombia", 1, 0]])

    def test_domains_have_their_own_rates(self):
        self.happen(self.sent("ana@uno.example"), "sent")
        self.happen(self.sent("eva@uno.example"), "sent", "open")
        self.happen(self.sent("leo@dos.example"), "bounce", **HARD)
        self.assertEqual(
            self.table("domains"),
            [
                ["uno.example", 2, 2, 100, 1, 50, 0, 0, 0, 0, 0],
                ["dos.example", 1, 0, 0, 0, None, 0, None, 1, 0, 0],
            ],
        )

    def test_a_long_tail_of_domains_is_summed_up(self):
        for number in range(20):
            self.sent(f"ana@d{number:02}.example")
        rows = self.table("domains")
        self.assertEqual((len(rows), rows[-1][:2]), (16, ["All others", 5]))

    def test_average_of_the_last_mailings(self):
        for number in range(12):
            mailing = self.mailing.copy({"subject": f"Mailing {number}", "state": "done"})
            mailing.write({"state": "done", "sent_date": f"2026-02-{number + 1:02} 12:00:00"})
            trace = self.sent(f"ana{number}@uno.example", mailing)
            self.happen(trace, *(["sent", "open"] if number in (0, 5, 6) else ["sent"]))
        self.happen(self.sent("leo@uno.example"), "sent", "open", "complaint")
        average = self.mailing.get_results_average()
        self.assertEqual(average["mailings"], 10)
        self.assertEqual(average["rates"]["opened"], 20)
        self.assertEqual(average["rates"]["complained"], 0)

    def test_a_campaign_adds_up(self):
        campaign = self.env["utm.campaign"].create({"title": "March"})
        other = self.mailing.copy()
        (self.mailing | other).write({"campaign_id": campaign.id, "state": "done"})
        self.happen(self.sent("ana@uno.example"), "sent", "open")
        self.happen(self.sent("leo@uno.example", other), "sent")
        results = self.mailing.get_results()
        self.assertEqual([scope["code"] for scope in results["scopes"]], ["mailing", "campaign"])
        self.assertEqual(self.figures()["sent"], 1)
        found = self.figures(scope="campaign")
        self.assertEqual((found["sent"], found["opened"]), (2, 1))
        [rows] = [
            table["rows"]
            for table in self.mailing.get_results("campaign")["tables"]
            if table["code"] == "mailings"
        ]
        self.assertEqual(sorted(row[1] for row in rows), [1, 1])

    def test_an_ab_test_adds_up_without_the_campaign_s_other_mailings(self):
        campaign = self.env["utm.campaign"].create({"title": "March"})
        second, third = self.mailing.copy(), self.mailing.copy()
        (self.mailing | second | third).write({"campaign_id": campaign.id, "state": "done"})
        (self.mailing | second).write({"ab_testing_enabled": True, "ab_testing_pc": 10})
        for number, mailing in enumerate((self.mailing, second, third)):
            self.sent(f"ana{number}@uno.example", mailing)
        codes = [scope["code"] for scope in self.mailing.get_results()["scopes"]]
        self.assertEqual(codes, ["mailing", "ab_test", "campaign"])
        self.assertEqual(self.figures(scope="ab_test")["sent"], 2)
        self.assertEqual(self.figures(scope="campaign")["sent"], 3)

    def test_sheet(self):
        trace = self.sent("ana@uno.example")
        self.happen(trace, "open", "click", destination="=HYPERLINK(1)")
        book = sheets(self.mailing._sheet_of_results("mailing"))
        self.assertEqual(list(book)[:3], ["Results", "Hours", "Receiving Domains"])
        rows = {row[0]: row[1] for row in book["Results"][1:]}
        self.assertEqual((rows["Sent"], rows["Opened"], rows["Hard bounces"]), (1, 1, 0))
        self.assertEqual(book["Links"][1], ["=HYPERLINK(1)", 1, 0])
        self.assertEqual(len(book["Hours"]), 49)

    def test_events_that_may_be_gone_are_told(self):
        self.sent("ana@uno.example")
        self.mailing.sent_date = fields.Datetime.now() - timedelta(days=1)
        self.assertFalse(self.mailing.get_results()["notice"])
        self.mailing.sent_date = fields.Datetime.now() - timedelta(days=2000)
        self.assertIn("may already be deleted", self.mailing.get_results()["notice"])


class TestRetry(ResultsCase):
    def failures(self):
        found = self.mailing.get_results()["failures"]
        return {(f["kind"], f["failure"]): (f["count"], f["retryable"]) for f in found}

    def fail(self, email, **values):
        """Add an email that failed permanently."""
        trace = self.sent(email)
        trace.mail_delivery_ids.write({"failed_at": START, **values})
        trace.mail_delivery_ids._follow()
        return trace

    def test_what_a_retry_can_cure(self):
        self.fail("a@uno.example", failed_kind="hard", failure="invalid_address")
        self.fail("b@uno.example", failed_kind="soft", failure="mailbox_full")
        self.fail("c@uno.example", failed_kind="rejected", failure="invalid_address")
        self.fail("d@uno.example", failed_kind="rejected", failure="configuration")
        self.fail("e@uno.example", failed_kind="rejected", failure="opted_out")
        self.fail("f@uno.example", state="refused")
        self.assertEqual(
            self.failures(),
            {
                ("hard", "invalid_address"): (1, 0),
                ("soft", "mailbox_full"): (1, 1),
                ("rejected", "invalid_address"): (1, 0),
                ("rejected", "configuration"): (1, 1),
                ("rejected", "opted_out"): (1, 0),
                ("rejected", None): (1, 1),
            },
        )

    def test_each_cause_has_its_advice(self):
        self.fail("a@uno.example", failed_kind="rejected", failure="configuration")
        [failure] = self.mailing.get_results()["failures"]
        advice = self.env["mail.delivery"]._advice("configuration")
        self.assertEqual((failure["advice"], failure["cause"]), (advice, "Template or account"))

    def test_a_corrected_address_can_be_tried_again(self):
        for kind in ("hard", "rejected"):
            with self.subTest(kind):
                trace = self.fail(
                    f"{kind}@uno.example", failed_kind=kind, failure="invalid_address"
                )
                self.env["mailing.contact"].browse(trace.res_id).email = f"{kind}2@uno.example"
                self.assertEqual(self.failures()[kind, "invalid_address"], (1, 1))
                self.mailing.action_retry_cause(kind, "invalid_address")
                self.assertFalse(trace.exists())
                self.assertEqual(self.mailing.state, "in_queue")

    def test_one_cause_is_tried_again_and_no_other(self):
        full = self.fail("b@uno.example", failed_kind="soft", failure="mailbox_full")
        other = self.fail("d@uno.example", failed_kind="rejected", failure="configuration")
        hard = self.fail("a@uno.example", failed_kind="hard", failure="invalid_address")
        self.mailing.action_retry_cause("hard", "invalid_address")
        self.assertEqual(self.mailing.state, "done")
        self.mailing.action_retry_cause("soft", "mailbox_full")
        self.assertFalse(full.exists())
        self.assertEqual(other | hard, (other | hard).exists())
        self.assertEqual(self.mailing.state, "in_queue")

    def test_the_form_s_retry_leaves_alone_what_failed_for_good(self):
        lasting = self.fail("c@uno.example", failed_kind="rejected", failure="invalid_address")
        self.assertFalse(self.mailing.can_retry)
        passing = self.fail("d@uno.example", failed_kind="rejected", failure="configuration")
        self.mailing.invalidate_recordset()
        self.assertTrue(self.mailing.can_retry)
        self.mailing.action_retry_failed()
        self.assertTrue(lasting.exists())
        self.assertFalse(passing.exists())

    def test_the_form_offers_retry_for_a_corrected_address(self):
        trace = self.fail("c@uno.example", failed_kind="rejected", failure="invalid_address")
        self.env["mailing.contact"].browse(trace.res_id).email = "c2@uno.example"
        self.assertTrue(self.mailing.can_retry)

    def test_what_odoo_itself_refused_is_tried_again(self):
        trace = self.make_trace("x@uno.example", "error", failure_type="mail_smtp")
        trace.mail_delivery_ids.unlink()
        self.assertTrue(self.mailing.can_retry)
        self.mailing.action_retry_failed()
        self.assertFalse(trace.exists())

    def test_a_kept_mail_that_failed_for_good_is_not_sent_again(self):
        trace = self.fail("c@uno.example", failed_kind="rejected", failure="invalid_address")
        mail = self.env["mail.mail"].create(
            {"state": "exception", "mailing_id": self.mailing.id, "email_to": "c@uno.example"}
        )
        trace.mail_mail_id = mail
        self.mailing.action_retry_failed()
        self.assertEqual((mail.state, trace.exists()), ("cancel", trace))


class TestResultsAccess(ResultsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer = new_test_user(cls.env, "marketer", groups=MARKETER)
        cls.employee = new_test_user(cls.env, "employee", groups="base.group_user")
        cls.portal = new_test_user(cls.env, "customer", groups="base.group_portal")

    def test_marketers_see_results(self):
        self.happen(self.sent("ana@uno.example"), "sent", "open", "click")
        mailing = self.mailing.with_user(self.marketer)
        self.assertEqual(self.figures(mailing)["clicked"], 1)
        self.assertTrue(mailing.get_results_average())
        self.assertTrue(mailing._sheet_of_results("mailing"))

    def test_nobody_else_does(self):
        for user in (self.employee, self.portal, self.env.ref("base.public_user")):
            mailing = self.mailing.with_user(user)
            for method, args in (
                ("get_results", ()),
                ("get_results_of_events", ()),
                ("get_results_average", ()),
                ("_sheet_of_results", ("mailing",)),
                ("action_retry_cause", ("soft", "mailbox_full")),
            ):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(mailing, method)(*args)
            with self.assertRaises(AccessError):
                self.env["mail.delivery.report"].with_user(user).search([])

    def test_record_rules_hold_for_the_figures(self):
        self.sent("ana@uno.example")
        self.sent("leo@dos.example")
        self.env["ir.rule"].create(
            {
                "name": "Only one domain",
                "model_id": self.env["ir.model"]._get_id("mail.delivery"),
                "domain_force": "[('recipient', 'like', '@uno.example')]",
            }
        )
        self.assertEqual(self.figures(self.mailing.with_user(self.marketer))["sent"], 1)

    def test_other_mailings_of_the_campaign_that_one_may_not_read(self):
        campaign = self.env["utm.campaign"].create({"title": "March"})
        other = self.mailing.copy()
        (self.mailing | other).write({"campaign_id": campaign.id, "state": "done"})
        self.sent("ana@uno.example")
        self.sent("leo@dos.example", other)
        self.env["ir.rule"].create(
            {
                "name": "Only one mailing",
                "model_id": self.env["ir.model"]._get_id("mailing.mailing"),
                "domain_force": f"[('id', '=', {self.mailing.id})]",
            }
        )
        mailing = self.mailing.with_user(self.marketer)
        self.assertEqual(self.figures(mailing, "campaign")["sent"], 1)
        with self.assertRaises(AccessError):
            other.with_user(self.marketer).get_results()


@tagged("post_install", "-at_install")
class TestResultsOverHttp(ProviderCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_provider()

    def sheet(self):
        return self.url_open(f"/mailing_results/{self.mailing.id}.xlsx")

    def rpc(self, method):
        response = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw",
            json={
                "params": {
                    "model": "mailing.mailing",
                    "method": method,
                    "args": [self.mailing.ids],
                    "kwargs": {},
                }
            },
        )
        return response.json()

    def test_marketers(self):
        self.make_trace("ana@uno.example")
        new_test_user(self.env, "marketer", groups=MARKETER)
        self.authenticate("marketer", "marketer")
        response = self.sheet()
        self.assertEqual(response.status_code, 200)
        self.assertIn("Results", sheets(response.content))
        self.assertTrue(self.rpc("get_results")["result"]["figures"])
        self.assertEqual(self.url_open("/mailing_results/999999999.xlsx").status_code, 404)

    def test_others(self):
        for login, groups in (("employee", "base.group_user"), ("customer", "base.group_portal")):
            new_test_user(self.env, login, groups=groups)
            self.authenticate(login, login)
            self.assertEqual(self.sheet().status_code, 403)
            for method in ("get_results", "get_results_of_events", "get_results_average"):
                error = self.rpc(method)["error"]["data"]["name"]
                self.assertEqual(error, "odoo.exceptions.AccessError")
