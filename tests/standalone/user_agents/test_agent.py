# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import random
import time

import pytest

from user_agents.agent import DEVICE_TYPES, LONGEST, Agent, machine_of, read_agent
from user_agents.machines import AGENT_RULES, MACHINES, PROXIES

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
PREFETCH = WINDOWS + "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT}"
IPAD = f"Mozilla/5.0 (iPad; CPU OS 15_0 like Mac OS X) {WEBKIT}"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 13; {}) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/112.0.0.0 {}Safari/537.36"
)
OUTLOOK = (
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Trident/7.0; Microsoft Outlook 16.0.14)"
)


@pytest.mark.parametrize(
    ("text", "client", "system", "device_type"),
    [
        (WINDOWS + "Chrome/112.0.0.0 Safari/537.36", "Chrome", "Windows", "desktop"),
        (
            WINDOWS + "Chrome/112.0.0.0 Safari/537.36 Edg/112.0.1722.58",
            "Edge",
            "Windows",
            "desktop",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT}",
            *("Apple Mail", "macOS", "desktop"),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.3.1",
            *("Thunderbird", "Linux", "desktop"),
        ),
        (OUTLOOK, "Outlook", "Windows", "desktop"),
        ("Mozilla/4.0 (compatible; ms-office; MSOffice rmj)", "Outlook", None, None),
        ("Outlook-iOS/2.0", "Outlook", "iOS", "mobile"),
        (IPHONE + " Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iOS", "mobile"),
        (IPHONE + " Mobile/15E148", "iOS app", "iOS", "mobile"),
        (IPAD + " Version/15.0 Mobile/15E148 Safari/604.1", "Safari", "iOS", "tablet"),
        (ANDROID.format("SM-S908B", "Mobile "), "Chrome", "Android", "mobile"),
        (ANDROID.format("SM-X700", ""), "Chrome", "Android", "tablet"),
        # What Aldeamo gives instead of a User-Agent
        ("Chrome", "Chrome", None, None),
        ("unknown", None, None, None),
        ("", None, None, None),
        (None, None, None, None),
        # Mailjet's, where somebody used the header.
        ("List-Unsubscribe", None, None, None),
    ],
)
def test_client_system_and_device(text, client, system, device_type):
    assert read_agent(text)[:3] == (client, system, device_type)


@pytest.mark.parametrize(("text", "client"), [(GMAIL, "Gmail"), (YAHOO, "Yahoo Mail")])
def test_a_proxy_stands_for_a_person(text, client):
    """The client is known; the system and the device are the proxy's."""
    assert read_agent(text) == Agent(client=client, is_proxy=True)
    assert machine_of("opened", text) is None
    assert machine_of("clicked", text) is None


@pytest.mark.parametrize(
    ("text", "opened", "clicked"),
    [
        ("Mozilla/5.0", "apple_privacy", None),
        ("Mozilla/5.0 ", None, None),
        (PREFETCH, "gmail_prefetch", None),
        (PREFETCH.removesuffix(" Mozilla/5.0"), None, None),  # Edge, by a person
        (GOOGLEBOT, "robot", "robot"),
        ("python-requests/2.28.1", "robot", "robot"),
        ("curl/8.1", "robot", "robot"),
        (WINDOWS + "HeadlessChrome/112.0.0.0 Safari/537.36", "robot", "robot"),
        (WINDOWS + "Chrome/112.0.0.0 Safari/537.36", None, None),
        ("Chrome", None, None),
        (None, None, None),
    ],
)
def test_user_agents_that_speak_for_a_machine(text, opened, clicked):
    assert machine_of("opened", text) == opened
    assert machine_of("clicked", text) == clicked
    assert machine_of("unsubscribed", text) is None


def test_each_rule_has_words_and_a_source():
    assert {rule.code for rule in AGENT_RULES} <= MACHINES.keys()
    for rule in (*AGENT_RULES, *PROXIES):
        assert rule.source
        assert rule.says


def hostile():
    yield from ("A" * 10_000, " " * 10_000, "(" * 10_000, "0" * 10_000, "; " * 5_000)
    yield from (
        "Android " * 1_500,
        "Mozilla/5.0 (" + "a;" * 5_000,
        "bot " * 3_000,
        "iPhone" * 2_000,
    )
    yield from ("Opera Mini/" * 1_000, "Mozilla/5.0 (Linux; Android " + "1." * 5_000, "-" * 10_000)
    yield "".join(map(chr, range(0x20))) + "\x7f\x85\u2028\u202e"
    yield "Mozilla/5.0 (Linux; U; Android 1.1;" + " " * 9_000 + "Build"
    yield "😀" * 5_000
    yield "Mozilla/5.0\n"
    dice = random.Random(15)
    for _example in range(300):
        pieces = (
            "Mozilla/5.0 ",
            "(",
            ")",
            ";",
            "Android ",
            "iOS",
            " ",
            "/",
            "9.",
            "Chrome/",
            "\x00",
        )
        yield "".join(dice.choice(pieces) for _piece in range(dice.randrange(1, 2_000)))


def test_hostile_user_agents_cost_nothing():
    """However long, and whatever is in it: each takes less than the time of a few events."""
    slowest = 0
    for text in hostile():
        start = time.thread_time()
        agent = read_agent(text)
        code = machine_of("opened", text)
        slowest = max(slowest, time.thread_time() - start)
        assert agent.device_type in (None, *DEVICE_TYPES)
        assert code in (None, *MACHINES)
        assert len(agent.client or "") <= 40
        assert "\x00" not in (agent.client or "")
    assert slowest < 0.1


def test_the_same_user_agent_is_read_once():
    text = WINDOWS + "Chrome/199.0.0.0 Safari/537.36"
    read_agent(text)
    start = time.thread_time()
    for _event in range(1_000):
        read_agent(text)
        machine_of("clicked", text)
    assert time.thread_time() - start < 0.1
    assert read_agent(text + " " * LONGEST) == read_agent(text)
