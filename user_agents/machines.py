# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Opens and clicks that machines make: one table of rules, each with its source.

A rule says that nothing but a machine was seen, and not that nobody read the mail. What can't be
told:

* Whether somebody read what Apple has fetched ahead: the same fetch serves both.
* Whose plain ``Mozilla/5.0`` it is. Apple sends nothing else, and nobody else is known to; the
  addresses of Apple's proxies, which would settle it, aren't looked at.
* A scanner with a browser's User-Agent that opens, or follows one link, at leisure.
* Outlook's and Microsoft's own fetches: no document names a User-Agent of theirs.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    """A machine that its User-Agent gives away.

    :param code: a key of `MACHINES`
    :param event_types: of the events that it speaks of
    :param says: what the source says
    """

    code: str
    event_types: tuple[str, ...]
    pattern: re.Pattern
    source: str
    says: str


AGENT_RULES = (
    AgentRule(
        "apple_privacy",
        ("opened",),  # links aren't fetched ahead
        re.compile(r"^Mozilla/5\.0$"),
        "https://www.mailgun.com/blog/product/bot-detection/, "
        "https://docs.sendgrid.com/for-developers/tracking-events/"
        "understanding-apple-mail-privacy-protection-and-open-events, "
        "https://support.clickdimensions.com/hc/en-us/articles/15707875851917",
        "Apple fetches and caches all images of a mail that reached the inbox, whether it is "
        "opened or not, with the bare User-Agent Mozilla/5.0 and a proxy's address.",
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
    """A server that fetches images when a person opens a mail. The client is known; place,
    system and device are the server's.
    """

    pattern: re.Pattern
    client: str
    source: str
    says: str


PROXIES = (
    Proxy(
        re.compile(r"\bGoogleImageProxy\b"),
        "Gmail",
        "https://wordtothewise.com/2013/12/gmail-deploys-image-proxy-servers/",
        "When somebody opens a mail, Google fetches each image that it hasn't cached: the first "
        "open is seen, further ones aren't.",
    ),
    Proxy(
        re.compile(r"^YahooMailProxy\b"),
        "Yahoo Mail",
        "https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "It fetches what is embedded in mails to Yahoo's users, on their behalf.",
    ),
    Proxy(
        AGENT_RULES[0].pattern,
        "Apple Mail",
        AGENT_RULES[0].source,
        AGENT_RULES[0].says,
    ),
    Proxy(
        AGENT_RULES[1].pattern,
        "Gmail",
        AGENT_RULES[1].source,
        AGENT_RULES[1].says,
    ),
)

# Security scanners follow the links of a mail that has just arrived. "Humans are not that fast":
# https://check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect, which looks
# for clicks within 5 seconds of delivery and for recipients who clicked every single link;
# https://suped.com/learn/email-deliverability/how-to-identify-artificial-email-opens-and-clicks-generated-by-spam-filters
# looks for clicks before or within a few seconds of delivery, and for every link within a moment.
TOO_SOON = timedelta(seconds=5)
# No source has a number: somebody may open two links in two tabs, three in this time hardly.
LINKS = 3
MOMENT = timedelta(seconds=5)
READINGS = ("opened", "clicked")


def machines_by_time(events, agent_rule):
    """Return id → code of a rule, or None, of each open and click of one e-mail.

    A function of all that is known of the mail, whatever order it came in. An open goes with the
    clicks that were made with the same User-Agent in the same moment: who follows links loads
    images (https://cdn.actito.be/fe/actito-documentation-client/campaign/en/
    Filtering_Automated_Clicks_and_Openings.html).

    :param list events: with `id`, `event_type`, `occurred_at`, `url` and `user_agent`
    :param agent_rule: function of an event → what its User-Agent alone says
    """
    delivered = [event.occurred_at for event in events if event.event_type == "delivered"]
    soon = min(delivered) + TOO_SOON if delivered else datetime.min
    readings = sorted(
        (event for event in events if event.event_type in READINGS),
        key=lambda event: event.occurred_at,
    )
    found = {event.id: agent_rule(event) for event in readings}
    clicks = [event for event in readings if event.event_type == "clicked"]
    burst = _burst(clicks)
    scans = {}  # User-Agent → (time, code) of its clicks, in order
    for click in clicks:
        at = click.occurred_at
        code = found[click.id] or (at <= soon and "too_soon") or (click.id in burst and "all_links")
        found[click.id] = code or None
        if code:
            scans.setdefault(click.user_agent, []).append((at, code))
    for event in readings:
        if event.event_type == "opened" and not found[event.id]:
            found[event.id] = _code_of_scan(scans.get(event.user_agent, ()), event.occurred_at)
    return found


def _burst(clicks):
    """Return the ids of clicks on several different links within a moment.

    :param list clicks: in order of time
    """
    found, first, links = set(), 0, Counter()
    for last, click in enumerate(clicks):
        links[click.url] += 1
        while clicks[first].occurred_at < click.occurred_at - MOMENT:
            links[clicks[first].url] -= 1
            links += Counter()  # drops what has gone down to zero
            first += 1
        if len(links.keys() - {None}) >= LINKS:
            found.update(other.id for other in clicks[first : last + 1])
    return found


def _code_of_scan(scans, at):
    """Return the code of the first of a machine's clicks in the moment around an open, or None."""
    index = bisect_left(scans, (at - MOMENT, ""))
    return scans[index][1] if index < len(scans) and scans[index][0] <= at + MOMENT else None
