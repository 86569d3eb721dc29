"""Who reads the mails of the demo: with what, where, and how soon.

Made up, and always the same for the same address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .message import AcceptedMail
from .script import Step

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@dataclass(frozen=True)
class Place:
    """Where somebody is, in the words of both providers.

    :param code: of ISO 3166
    """

    code: str
    country: str
    region: str
    city: str
    latitude: float
    longitude: float
    ip: str


@dataclass(frozen=True)
class Program:
    """What opens a mail or follows a link.

    :param agent: its User-Agent, as Mailjet reports it
    :param browser: as Aldeamo names it
    :param device: as Aldeamo names it
    :param place: of a server that fetches for people; ``None``: where the reader is
    """

    agent: str
    browser: str
    device: str
    place: Place | None = None


@dataclass(frozen=True)
class Reader:
    """Who gets a mail.

    :param is_scanner: a machine that follows the links at once
    :param interest: number of the link that is followed
    """

    place: Place
    opens_with: Program
    clicks_with: Program
    is_scanner: bool
    interest: int

    def program(self, step: Step) -> Program:
        """What makes an event of a kind."""
        return self.clicks_with if step is Step.CLICKED else self.opens_with

    def link(self, message: AcceptedMail) -> str:
        """Which of the links of a mail the reader follows."""
        return message.links[self.interest % len(message.links)]


_GOOGLE = Place("US", "United States of America", "California", "Mountain View", 37.4, -122.1,
                "192.0.2.8")  # fmt: skip
_PLACES = (
    Place("CO", "Colombia", "Distrito Capital de Bogota", "Bogota", 4.61, -74.08, "192.0.2.21"),
    Place("CO", "Colombia", "Antioquia", "Medellin", 6.25, -75.56, "192.0.2.34"),
    Place("CO", "Colombia", "Valle del Cauca", "Cali", 3.44, -76.52, "192.0.2.45"),
    Place("MX", "Mexico", "Ciudad de Mexico", "Mexico City", 19.43, -99.13, "198.51.100.7"),
    Place("ES", "Spain", "Madrid", "Madrid", 40.42, -3.7, "203.0.113.9"),
)
_CHROME = Program(
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/126.0.0.0 Safari/537.36",
    "Chrome",
    "Desktop",
)
_PHONE = Program(
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36",
    "Chrome",
    "Mobile",
)
_IPHONE = Program(
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "Safari",
    "Mobile",
)
_GMAIL = Program(
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Google Mail",
    "unknown",
    _GOOGLE,
)
_APPLE = Program("Mozilla/5.0", "Mozilla/5.0", "unknown", _GOOGLE)
_OUTLOOK = Program(
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; Trident/7.0; "
    "ms-office; MSOffice 16)",
    "Outlook",
    "Desktop",
)
_FIREFOX = Program(
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Desktop"
)
# What opens, what follows links, and whether it is a scanner. Some more often than others.
_HABITS = (
    (_GMAIL, _PHONE, False),
    (_GMAIL, _CHROME, False),
    (_OUTLOOK, _CHROME, False),
    (_GMAIL, _PHONE, False),
    (_APPLE, _IPHONE, False),
    (_CHROME, _CHROME, True),
    (_FIREFOX, _FIREFOX, False),
)
# Seconds after the step before it, at the earliest and as a rule
_PAUSES = {
    Step.DELIVERED: (1, 8),
    Step.HARD_BOUNCE: (1, 4),
    Step.BLOCKED: (0, 1),
    Step.SOFT_BOUNCE: (1800, 7200),
    Step.OPENED: (120, 9000),
    Step.CLICKED: (15, 60),
    Step.COMPLAINED: (20, 60),
    Step.UNSUBSCRIBED: (20, 120),
    Step.REACTIVATED: (3600, 20000),
    Step.CATEGORY_UPDATE: (3600, 20000),
}


def reader_of(recipient: str) -> Reader:
    """Who has an address."""
    chance = Random(recipient)
    opens_with, clicks_with, is_scanner = chance.choice(_HABITS)
    interest = chance.choice((0, 0, 1))
    return Reader(chance.choice(_PLACES), opens_with, clicks_with, is_scanner, interest)


def times_of(
    recipient: str, steps: Sequence[Step], start: datetime, end: datetime
) -> list[datetime]:
    """When the steps of one recipient happen, in their order, between two moments.

    :param start: when the mail came in
    """
    chance = Random(f"{recipient} reads")
    is_scanner = reader_of(recipient).is_scanner
    times, at = [], start
    for step in steps:
        least, usual = _PAUSES[step]
        pause = least + usual * chance.lognormvariate(0, 1)
        if is_scanner and step in (Step.OPENED, Step.CLICKED):
            pause = 1
        at = min(at + timedelta(seconds=pause), end)
        times.append(at)
    return times
