"""The drills that take seconds, and the table that they all print."""

from importlib import import_module

import pytest

from lab.drills.outcome import Outcome
from lab.drills.world import World

QUICK = (
    *("clock_skew", "deadlock", "serialization_failure"),
    *("provider_hanging_up", "provider_wrong_json", "provider_wrong_certificate"),
    *("provider_accepting_and_failing", "poison_at_head", "route_changed", "session_lost"),
)


@pytest.fixture(scope="module")
def world(pg):
    with World(pg, "drill_tests") as running:
        yield running


@pytest.mark.parametrize("name", QUICK)
def test_nothing_is_lost_and_nothing_happens_twice(world, name):
    world.mend()
    outcome = import_module(f"lab.drills.faults.{name}").run(world)
    assert outcome.is_good, outcome


GOOD = {"sent": 2, "received": 2, "posted": 3, "stored": 3, "applied": 3}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"received": 1}, {"doubled": 1}, {"stored": 2}, {"applied": 2}, {"twice": 1}),
        *({"failures": ["something"]}, {"posted": 4}),
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_drill_that_went_wrong_says_so(wrong):
    assert Outcome(**GOOD).is_good
    assert not Outcome(**{**GOOD, **wrong}).is_good
