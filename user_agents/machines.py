# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opens and clicks that machines make: one table of rules, each with its source.

A rule says that a machine made this request. It doesn't say that nobody read the mail. The rules
can't tell:

* Whether somebody read a mail whose images Apple has fetched before: there is one fetch only.
* Whether a plain ``Mozilla/5.0`` is Apple's. Apple sends nothing else, and nobody else is known to
  send it. Apple's proxies have known addresses, but these are not compared.
* A scanner that has a browser's User-Agent and opens a mail, or follows one link, later.
* Fetches by Outlook and Microsoft: no document gives a User-Agent of theirs.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

# Code → words for people
MACHINES = {
    "apple_privacy": "Apple Mail Privacy Protection",
    "gmail_prefetch": "Gmail, before the email was shown",
    "robot": "A program, according to its User-Agent",
    "too_soon": "Clicked immediately after delivery",
    "all_links": "Several links within seconds",
}


@dataclass(frozen=True)
class AgentRule:
    """A machine that is recognized by its User-Agent.

    :param code: a key of `MACHINES`
    :param event_types: the events to which the rule applies
    :param pattern: is searched in the User-Agent
    :param client: the mail client whose server it is, if it is one's
    """

    code: str
    event_types: tuple[str, ...]
    pattern: re.Pattern[str]
    source: str
    says: str
    client: str | None = None


AGENT_RULES = (
    AgentRule(
        "apple_privacy",
        ("opened",),  # Apple doesn't fetch links
        re.compile(r"^Mozilla/5\.0$"),
        "https://www.mailgun.com/blog/product/bot-detection/, "
        "https://docs.sendgrid.com/for-developers/tracking-events/"
        "understanding-apple-mail-privacy-protection-and-open-events, "
        "https://support.clickdimensions.com/hc/en-us/articles/15707875851917",
        "Apple fetches and caches all images of a mail that reached the inbox, whether it is "
        "opened or not, with the bare User-Agent Mozilla/5.0 and a proxy's address.",
        "Apple Mail",
    ),
    AgentRule(
        "gmail_prefetch",
        ("opened",),
        re.compile(
            r"^Mozilla/5\.0 \(Windows NT 10\.0; Win64; x64\) AppleWebKit/537\.36 \(KHTML, like "
            r"Gecko\) Chrome/42\.0\.2311\.135 Safari/537\.36 Edge/12\.246 Mozilla/5\.0$"
        ),
        "https://www.sparkpost.com/blog/gmail-prefetching-images/ (25 January 2022)",
        "Gmail fetches the images of a mail that arrives while its app is open, before it is "
        "shown, with this User-Agent: false opens, beside those of its image proxy.",
        "Gmail",
    ),
    AgentRule(
        "robot",
        ("opened", "clicked"),
        re.compile(
            r"^(python-requests|Python-urllib|curl|Wget|Go-http-client|Java|Apache-HttpClient|"
            r"libwww-perl|axios|node-fetch)/|\bHeadlessChrome/"
        ),
        "RFC 9110, section 10.1.5; the documentation of each of these libraries; and what "
        "ua-parser lists as “Spider”",
        "A User-Agent names the software that asks. No mail client and no browser in which "
        "somebody reads has these names.",
    ),
)


@dataclass(frozen=True)
class Proxy:
    """A server that fetches images when a person opens a mail.

    The mail client is known; place, system and device are the server's.

    :param pattern: is searched in the User-Agent
    :param client: the mail client
    """

    pattern: re.Pattern[str]
    client: str
    source: str
    says: str


PROXIES = (
    Proxy(
        re.compile(r"\bGoogleImageProxy\b"),
        "Gmail",
        "https://wordtothewise.com/2013/12/gmail-deploys-image-proxy-servers/",
        "When somebody opens a mail, Google fetches each image that it hasn't cached: only the "
        "first open is seen.",
    ),
    Proxy(
        re.compile(r"^YahooMailProxy\b"),
        "Yahoo Mail",
        "https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "It fetches the images in mails to Yahoo's users, on their behalf.",
    ),
    *(
        Proxy(rule.pattern, rule.client, rule.source, rule.says)
        for rule in AGENT_RULES
        if rule.client
    ),
)

# Security scanners follow the links of a mail that has just arrived. "Humans are not that fast":
# https://check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect, which looks
# for clicks within 5 seconds of delivery and for recipients who clicked every single link;
# https://suped.com/learn/email-deliverability/how-to-identify-artificial-email-opens-and-clicks-generated-by-spam-filters
# looks for clicks before or within a few seconds of delivery, and for every link within a moment.
TOO_SOON = timedelta(seconds=5)
# No source has a number. A person may open two links in this time, but hardly three.
LINKS = 3
MOMENT = timedelta(seconds=5)
READINGS = ("opened", "clicked")


class Event(Protocol):
    """What is read of an event."""

    id: int
    event_type: str
    occurred_at: datetime
    url: str | None
    user_agent: str | None


_AnyEvent = TypeVar("_AnyEvent", bound=Event)


def machines_by_time(
    events: Iterable[_AnyEvent], agent_rule: Callable[[_AnyEvent], str | None]
) -> dict[int, str | None]:
    """Return id → code of a rule, or None, for each open and click of one email.

    The result depends on all events together, in any order. An open gets the code of clicks that
    were made with the same User-Agent in the same moment, because a machine that follows links
    also loads images (https://cdn.actito.be/fe/actito-documentation-client/campaign/en/
    Filtering_Automated_Clicks_and_Openings.html).

    :param events: all events of the email
    :param agent_rule: returns the code that an event's User-Agent alone gives
    """
    events = list(events)
    delivered = [event.occurred_at for event in events if event.event_type == "delivered"]
    soon = min(delivered) + TOO_SOON if delivered else datetime.min
    readings = sorted(
        (event for event in events if event.event_type in READINGS),
        key=lambda event: event.occurred_at,
    )
    found = {event.id: agent_rule(event) for event in readings}
    clicks = [event for event in readings if event.event_type == "clicked"]
    burst = _burst(clicks)
    # User-Agent → (time, code) of its clicks, in order of time
    scans: dict[str | None, list[tuple[datetime, str]]] = {}
    for click in clicks:
        at = click.occurred_at
        code = found[click.id]
        if code is None and at <= soon:
            code = "too_soon"
        elif code is None and click.id in burst:
            code = "all_links"
        found[click.id] = code
        if code:
            scans.setdefault(click.user_agent, []).append((at, code))
    for event in readings:
        if event.event_type == "opened" and not found[event.id]:
            found[event.id] = _code_of_scan(scans.get(event.user_agent, ()), event.occurred_at)
    return found


def _burst(clicks: Sequence[Event]) -> set[int]:
    """Return the ids of clicks on at least `LINKS` different links within `MOMENT`.

    :param clicks: in order of time
    """
    found: set[int] = set()
    first = 0
    links: Counter[str | None] = Counter()
    for last, click in enumerate(clicks):
        links[click.url] += 1
        while clicks[first].occurred_at < click.occurred_at - MOMENT:
            links[clicks[first].url] -= 1
            links += Counter()  # removes links with no click left
            first += 1
        if len(links.keys() - {None}) >= LINKS:
            found.update(other.id for other in clicks[first : last + 1])
    return found


def _code_of_scan(scans: Sequence[tuple[datetime, str]], at: datetime) -> str | None:
    """Return the code of a machine's first click within `MOMENT` of an open, or None."""
    index = bisect_left(scans, (at - MOMENT, ""))
    return scans[index][1] if index < len(scans) and scans[index][0] <= at + MOMENT else None
