# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from odoo.tests.common import HttpCase, new_test_user, tagged

from lab.sandbox import Step, aldeamo, mailjet

from ..axe import axe
from ..test_access import MARKETER
from .common import SandboxCase

DOMAINS = ("gmail.com", "outlook.com", "empresa.example", "otra.example", "gmail.com")
TARGET = "https://tienda.example/oferta"
# Long enough ago that the first 48 hours are over.
AGE = timedelta(hours=60)
REFUSED = 7  # the API refuses every 7th mail
DELIVERED, OPENED, CLICKED = Step.DELIVERED, Step.OPENED, Step.CLICKED
# Steps of a recipient, each with its hour
JOURNEYS = (
    ((DELIVERED, 0),),
    ((DELIVERED, 0), (OPENED, 0)),
    ((DELIVERED, 0), (OPENED, 1), (OPENED, 2), (OPENED, 30)),
    ((DELIVERED, 0), (OPENED, 2), (CLICKED, 2), (CLICKED, 3), (OPENED, 5)),
    ((Step.HARD_BOUNCE, 0),),
    ((Step.SOFT_BOUNCE, 5),),
    ((Step.SOFT_BOUNCE, 0), (DELIVERED, 3), (OPENED, 47)),
    ((Step.BLOCKED, 0),),
    ((DELIVERED, 0), (OPENED, 50)),
    ((DELIVERED, 0), (OPENED, 0), (Step.COMPLAINED, 1)),
    ((DELIVERED, 0), (OPENED, 8), (Step.UNSUBSCRIBED, 9)),
    ((OPENED, 4), (CLICKED, 49)),
    ((Step.HARD_BOUNCE, 0), (OPENED, 1)),
)


class ResultsTourCase(SandboxCase, HttpCase):
    """A marketer reads the results of a mailing; each figure is compared with a count of the fake
    provider's steps.

    :cvar code: of the provider
    :cvar dialect: of the fake provider
    :cvar refusal: the API's answer about a refused address
    :cvar journeys: steps of the recipients, in turn
    :cvar readers: mail client or browser of each step: an email counts once for each
    :cvar unsubscribed: types of events that identify the email of an unsubscription
    """

    registry_test_mode = False  # see `CommittedCase`

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.account = getattr(self, self.code)
        self.way = self.account_server(self.code, delivery_rule="event")
        self.account.webhook_url = self.way.webhook_url
        self.marketer = new_test_user(self.env, "marketer", groups=MARKETER)
        self.mailing.write(
            {
                "mail_server_id": self.way.id,
                "subject": "Ofertas de marzo",
                "email_from": "ventas@empresa.example",
                "reply_to_mode": "new",
                "reply_to": "ventas@empresa.example",
                "keep_archives": False,
                "body_html": f'<p>Hola, <a href="{TARGET}">mire</a></p>',
                "user_id": self.marketer.id,
            }
        )
        self.env["link.tracker"].create(
            {"url": TARGET, "title": "Oferta", **self.mailing._get_link_tracker_values()}
        )

    def send_mailing(self):
        """Send mails, of which the provider refuses some."""
        contacts = self.env["mailing.contact"].union(
            *(
                self.make_contact(f"persona{number}@{DOMAINS[number % len(DOMAINS)]}")
                for number in range(self.recipients)
            )
        )
        for contact in contacts[::REFUSED]:
            self.account.api.refuse(contact.email, self.refusal)
        self.mailing.action_send_mail(contacts.ids)
        self.env["mail.mail"].search([("mailing_id", "=", self.mailing.id)]).send()
        self.committed()
        self.run_delivery_job()
        ours = self.deliveries().filtered(lambda delivery: delivery.mass_mailing_id)
        self.assertEqual(set(ours.mapped("state")), {"accepted", "refused"})
        self.mailing.write({"state": "done", "sent_date": datetime.now() - AGE})
        self.let_hours_pass()

    def let_hours_pass(self):
        self.env.cr.execute(
            """
            UPDATE mail_delivery SET create_date = create_date - %(age)s,
                   accepted_at = accepted_at - %(age)s, called_at = called_at - %(age)s
            """,
            {"age": AGE},
        )
        self.env.invalidate_all()

    def happen(self):
        """Let the provider post events of the recipients; return each one's steps."""
        sent = datetime.now(timezone.utc) - AGE
        steps, by_hour = {}, defaultdict(list)
        for index, message in enumerate(self.account.received):
            [recipient] = message.recipients
            steps[recipient] = self.journeys[index % len(self.journeys)]
            for number, (step, hour) in enumerate(steps[recipient]):
                moment = sent + timedelta(hours=hour, minutes=10, seconds=number)
                by_hour[moment] += self.account.events_for(message, step, moment)
        for moment in sorted(by_hour):
            for body in self.dialect.bodies(by_hour[moment]):
                self.assertEqual(self.account.post(body).status, 200)
        self.run_job()
        return steps

    def expected(self, steps):
        """Count the figures of the page from the steps of each recipient."""
        kinds = {recipient: {step for step, _hour in gone} for recipient, gone in steps.items()}
        bounced = {who for who, kind in kinds.items() if Step.HARD_BOUNCE in kind}
        arrived = {
            who: kind & {DELIVERED, OPENED, CLICKED, Step.COMPLAINED, Step.UNSUBSCRIBED}
            for who, kind in kinds.items()
            if who not in bounced and kind & {DELIVERED, OPENED, CLICKED}
        }
        blocked = sum(Step.BLOCKED in kind for kind in kinds.values())
        figures = {
            "emails": self.recipients,
            "sent": len(steps),
            "delivered": len(arrived),
            "opened": sum(bool(kind & {OPENED, CLICKED}) for kind in arrived.values()),
            "clicked": sum(CLICKED in kind for kind in arrived.values()),
            "hard": len(bounced),
            "soft": sum(kind == {Step.SOFT_BOUNCE} for kind in kinds.values()),
            "failed": self.recipients - len(steps) + blocked,
            "complained": sum(Step.COMPLAINED in kind for kind in arrived.values()),
            "unsubscribed": sum(bool(kind & self.unsubscribed) for kind in arrived.values()),
        }
        figures["clicked_of_opened"] = figures["clicked"]
        return {
            "figures": figures,
            "domains": self.expected_domains(kinds, arrived, bounced),
            "links": {TARGET: figures["clicked"]},
            "readers": sum(
                len({self.readers[step] for step in kind & {OPENED, CLICKED}})
                for kind in arrived.values()
            ),
            "hours": {
                "opened": self.expected_hours(steps, arrived, {OPENED, CLICKED}),
                "clicked": self.expected_hours(steps, arrived, {CLICKED}),
            },
        }

    def expected_domains(self, kinds, arrived, bounced):
        """Return domain → sent, delivered, opened, clicked, hard bounces."""
        counts = defaultdict(Counter)
        for who, kind in kinds.items():
            count = counts[who.partition("@")[2]]
            count["sent"] += 1
            count["delivered"] += who in arrived
            count["opened"] += who in arrived and bool(kind & {OPENED, CLICKED})
            count["clicked"] += who in arrived and CLICKED in kind
            count["hard"] += who in bounced
        names = ("sent", "delivered", "opened", "clicked", "hard")
        return {domain: [count[name] for name in names] for domain, count in counts.items()}

    def expected_hours(self, steps, arrived, wanted):
        hours = Counter(
            min(hour for step, hour in steps[who] if step in wanted)
            for who in arrived
            if any(step in wanted for step, _hour in steps[who])
        )
        return [hours[hour] for hour in range(48)]

    def assert_report_says(self, figures):
        """Compare the sums of the report and the outcome of each email."""
        self.env.flush_all()
        report = self.env["mail.delivery.report"].with_user(self.marketer)
        domain = [("mass_mailing_id", "=", self.mailing.id), ("is_test", "=", False)]
        measures = [
            *("sent", "delivered", "opened", "clicked", "bounced_hard", "bounced_soft", "failed"),
            *("complained", "unsubscribed", "opened_rate", "clicked_of_opened_rate"),
        ]
        [row] = report.read_group(domain, measures, [], lazy=False)
        names = {"hard": "bounced_hard", "soft": "bounced_soft"}
        for name in set(figures) - {"emails", "clicked_of_opened"}:
            self.assertEqual(row[names.get(name, name)], figures[name], name)
        self.assertAlmostEqual(row["opened_rate"], 100 * figures["opened"] / figures["delivered"])
        self.assertAlmostEqual(
            row["clicked_of_opened_rate"], 100 * figures["clicked"] / figures["opened"]
        )
        groups = report.read_group(domain, [], ["outcome"])
        found = {group["outcome"][2:]: group["outcome_count"] for group in groups}
        self.assertEqual(
            found,
            {
                "clicked": figures["clicked"],
                "opened": figures["opened"] - figures["clicked"],
                "delivered": figures["delivered"] - figures["opened"],
                "soft": figures["soft"],
                "hard": figures["hard"],
                "failed": figures["failed"],
            },
        )

    def walk(self):
        self.send_mailing()
        self.make_test_mail()
        expected = self.expected(self.happen())
        hours = self.mailing.with_user(self.marketer).get_results_of_events()["hours"]
        for name, counts in expected["hours"].items():
            self.assertEqual(hours[name]["people"], counts, name)
        self.assert_report_says(expected["figures"])
        self.browser_size = "1366x900"
        self.start_tour(
            f"/web?axe={axe(self.env)}&expected={quote(json.dumps(expected))}"
            f"#id={self.mailing.id}&model=mailing.mailing&view_type=form"
            "&action=mass_mailing.mailing_mailing_action_mail",
            "mail_mailjet_aldeamo_results",
            login="marketer",
            timeout=180,
        )
        self.assert_only_curable_leave(expected["figures"]["soft"])
        return expected["figures"]

    def make_test_mail(self):
        """Add an opened and clicked test of the mailing, which must not count."""
        delivery = self.make_delivery(
            "prueba@empresa.example", mass_mailing_id=self.mailing.id, is_test=True
        )
        delivery.write({"status": "open", "opened_at": delivery.create_date})

    def assert_only_curable_leave(self, count):
        """Check that *Retry* has sent again only the mails to full mailboxes."""
        self.env.invalidate_all()
        self.assertEqual(self.mailing.state, "in_queue")
        before = self.received(self.account)
        self.mailing.action_send_mail()
        self.env["mail.mail"].search([("mailing_id", "=", self.mailing.id)]).send()
        self.committed()
        again = self.received(self.account) - before
        self.assertEqual((len(again), set(again.values())), (count, {1}))


@tagged("post_install", "-at_install")
class TestMailjetResultsTour(ResultsTourCase):
    code = "mailjet"
    dialect = mailjet
    recipients = 500
    refusal = "mj-0013"
    journeys = JOURNEYS
    readers = dict.fromkeys((OPENED, CLICKED), "Firefox")
    unsubscribed = frozenset({Step.UNSUBSCRIBED})

    def test_marketer(self):
        figures = self.walk()
        self.assertTrue(all(figures.values()), figures)


@tagged("post_install", "-at_install")
class TestAldeamoResultsTour(ResultsTourCase):
    """Aldeamo reports no refused mails, and unsubscriptions only with the address."""

    code = "aldeamo"
    dialect = aldeamo
    recipients = 60
    refusal = "A_Recipient_address_is_empty"
    journeys = tuple(journey for journey in JOURNEYS if journey[0][0] is not Step.BLOCKED)
    readers = {OPENED: "Gmail", CLICKED: "Chrome"}
    unsubscribed = frozenset()

    def test_marketer(self):
        figures = self.walk()
        self.assertEqual({name for name, count in figures.items() if not count}, {"unsubscribed"})
