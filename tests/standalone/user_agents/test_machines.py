# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

import random
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from user_agents.machines import LINKS, machines_by_time

NOON = datetime(2026, 3, 2, 12)
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/112.0.0.0 Safari/537.36"


class Happened(NamedTuple):
    id: int
    event_type: str
    occurred_at: datetime
    url: str | None = None
    user_agent: str | None = CHROME


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def judged(*events, rule=lambda event: None):
    """Return the codes of events (type, seconds, …), in any order the same."""
    events = [
        Happened(index, kind, at(seconds), *more)
        for index, (kind, seconds, *more) in enumerate(events)
    ]
    found = machines_by_time(events, rule)
    for seed in range(5):
        mixed = random.Random(seed).sample(events, len(events))
        assert machines_by_time(mixed, rule) == found
    return [found.get(event.id) for event in events]


def test_a_click_at_once_after_delivery():
    assert judged(("delivered", 0), ("clicked", 5, "a")) == [None, "too_soon"]
    assert judged(("delivered", 0), ("clicked", 6, "a")) == [None, None]


def test_a_click_before_delivery():
    """A gateway follows links before it lets the mail in."""
    assert judged(("delivered", 60), ("clicked", 0, "a")) == [None, "too_soon"]


def test_without_a_delivery_nobody_was_too_soon():
    assert judged(("opened", 0), ("clicked", 1, "a")) == [None, None]


def test_several_links_in_a_moment():
    clicks = [("clicked", 600 + second, link) for second, link in ((0, "a"), (2, "b"), (5, "c"))]
    assert judged(("delivered", 0), *clicks) == [None, *["all_links"] * LINKS]


def test_one_link_clicked_often_and_two_tabs():
    assert judged(*(("clicked", second, "a") for second in range(4))) == [None] * 4
    assert judged(("clicked", 0, "a"), ("clicked", 1, "b"), ("clicked", 2, "a")) == [None] * 3


def test_several_links_at_leisure():
    assert judged(*(("clicked", 6 * index, str(index)) for index in range(6))) == [None] * 6


def test_a_person_after_the_machine():
    events = [("delivered", 0), ("clicked", 1, "a"), ("opened", 900), ("clicked", 930, "a")]
    assert judged(*events) == [None, "too_soon", None, None]


def test_an_open_goes_with_the_clicks_of_the_same_user_agent():
    events = [("delivered", 0), ("opened", 1), ("opened", 1, None, "Other"), ("clicked", 2, "a")]
    assert judged(*events) == [None, "too_soon", None, "too_soon"]


def test_what_the_user_agent_says_comes_first():
    assert judged(("delivered", 0), ("clicked", 1, "a"), rule=lambda event: "robot") == [
        None,
        "robot",
    ]


def test_thousands_of_clicks_take_no_time():
    events = [
        Happened(index, kind, at(index // 7), str(index % 50))
        for index in range(5_000)
        for kind in ("clicked" if index % 2 else "opened",)
    ]
    start = time.thread_time()
    machines_by_time(events, lambda event: None)
    assert time.thread_time() - start < 1
