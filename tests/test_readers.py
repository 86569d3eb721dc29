# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import json
from datetime import datetime

from .common import ProviderTransactionCase

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/112.0.0.0 Safari/537.36"
)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


class ReaderCase(ProviderTransactionCase):
    def opened(self, **values):
        return self.apply(self.event_of(self.make_trace("ana@cliente.example"), **values))

    def facts(self, event):
        names = ("client", "system", "device_type", "city")
        return (*(event[name] for name in names), event.country_id.code)


class TestReadersOfMailjet(ReaderCase):
    """Device and place of an open: Mailjet reports a User-Agent and an ISO code."""

    provider = "mailjet"

    def event_of(self, trace, **values):
        return self.mailjet_event(trace, "open", **values)

    def test_facts(self):
        event = self.opened(agent=CHROME, geo="CO")
        self.assertEqual(self.facts(event), ("Chrome", "Windows", "desktop", False, "CO"))
        self.assertEqual((event.user_agent, event.place), (CHROME, "CO"))
        self.assertFalse(event.country)
        self.assertFalse(event.machine)

    def test_what_is_no_country(self):
        for geo in ("EU", "A1", "", None, ["CO"]):
            with self.subTest(geo=geo):
                event = self.opened(agent=CHROME, geo=geo)
                self.assertFalse(event.country_id)

    def test_a_proxys_place_is_nobodys(self):
        event = self.opened(agent=GMAIL, geo="US")
        self.assertEqual(self.facts(event), ("Gmail", False, False, False, False))
        self.assertEqual(event.place, "US")
        self.assertFalse(event.machine)

    def test_no_event_is_parsed_in_the_webhook(self):
        event = self.receive(self.event_of(self.make_trace("ana@cliente.example"), agent=CHROME))
        self.assertEqual((event.client, event.state), (False, "pending"))

    def test_hostile_user_agents(self):
        trace = self.make_trace("ana@cliente.example")
        agents = (
            "A" * 10_000,
            "\0\1\x1b[31m\u202e",
            "(" * 10_000,
            "; " * 5_000,
            {"a": 1},
            5,
            "\ud800",
        )
        payloads = [
            self.event_of(trace, agent=agent, time=1772452800 + index)
            for index, agent in enumerate(agents)
        ]
        events = self.apply(*payloads)
        self.assertEqual(events.mapped("state"), ["done"] * len(agents))

    def test_applied_again_without_its_text(self):
        """The text is deleted after a while; the place stays."""
        event = self.opened(agent=CHROME, geo="CO")
        event.payload = False
        event.action_process_again()
        self.run_job()
        self.assertEqual(self.facts(event), ("Chrome", "Windows", "desktop", False, "CO"))
        self.assertEqual(event.state, "done")


class TestReadersOfAldeamo(ReaderCase):
    """Aldeamo reports names of browser, device, city and country."""

    PLACE = {"cityName": "Bogotá", "regionName": "Distrito Capital", "countryName": "Colombia"}

    def event_of(self, trace, **values):
        return self.aldeamo_event(trace, "open", **values)

    def test_facts(self):
        event = self.opened(browser="Chrome", device_type="Desktop", **self.PLACE)
        self.assertEqual(self.facts(event), ("Chrome", False, "desktop", "Bogotá", "CO"))
        self.assertEqual(event.place, "Bogotá, Distrito Capital, Colombia")

    def test_names_of_countries(self):
        for name, code in (
            ("United States of America", "US"),
            ("Venezuela (Bolivarian Republic of)", "VE"),
            ("Côte d'Ivoire", "CI"),
            ("ECUADOR", "EC"),
            ("Atlantis", False),
        ):
            with self.subTest(name=name):
                event = self.opened(**(self.PLACE | {"countryName": name}))
                self.assertEqual(event.country_id.code, code)

    def test_every_code_is_a_country(self):
        from ..providers.aldeamo.countries import CODES

        known = set(self.env["res.country"].search([]).mapped("code"))
        self.assertEqual(set(CODES.values()) - known, set())

    def test_googles_place_is_nobodys(self):
        """Like the sample of an open in the manual (8.9)."""
        place = {"cityName": "Mountain View", "countryName": "United States of America"}
        event = self.opened(browser="Google Mail", device_type="unknown", **place)
        self.assertEqual(self.facts(event), ("Gmail", False, False, False, False))
        self.assertEqual(event.place, "Mountain View, United States of America")
        self.assertFalse(event.machine)

    def test_it_says_so_in_words(self):
        event = self.opened(browser="Chrome", device_type="mobile", **self.PLACE)
        labels = dict(event._fields["device_type"]._description_selection(self.env))
        self.assertEqual(labels[event.device_type], "Phone")
        self.assertEqual(event.occurred_at, datetime(2026, 3, 2, 12))
        self.assertEqual(json.loads(event.payload)["browser"], "Chrome")
