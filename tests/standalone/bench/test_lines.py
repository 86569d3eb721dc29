"""The benchmark's verdicts."""

from collections import Counter

import pytest

from lab.bench.figures import Run, summary
from lab.bench.lines import (
    Line,
    all_met,
    at_least,
    faster,
    kept,
    no_slower,
    not_measured,
    peer,
    within,
    within_median,
)

FAST = [Run(100, 0.1, [0.001] * 100)]
SLOW = [Run(100, 20.0, [0.2] * 100)]
PARTLY = [Run(1, 1.0, [0.001], Counter({"500": 1}))]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (within("", "", FAST, 100), "met"),
        (within("", "", SLOW, 100), "not met"),
        (within("", "", [Run(2, 1.0, [0.001, 0.1])], 100), "not met"),
        (within("", "", PARTLY, 100), "not met"),
        (within("", "", [Run(0, 1.0)], 100), "not met"),
        (within_median("", "", SLOW, 200), "met"),
        (within_median("", "", SLOW, 199), "not met"),
        (within_median("", "", [Run(0, 1.0)], 199), "not met"),
        (no_slower("", "", FAST, SLOW, 1.3), "met"),
        (no_slower("", "", SLOW, FAST, 1.3), "not met"),
        (no_slower("", "", FAST, FAST, 1), "met"),
        (faster("", "", FAST, SLOW, 200), "met"),
        (faster("", "", FAST, SLOW, 201), "not met"),
        (faster("", "", PARTLY, SLOW, 0.1), "not met"),
        (faster("", "", FAST, PARTLY, 0.1), "not met"),
        (no_slower("", "", PARTLY, SLOW, 1.3), "not met"),
        (no_slower("", "", FAST, PARTLY, 1000), "not met"),
        (within_median("", "", PARTLY, 200), "not met"),
        (at_least("", "", [Run(5000, 1.0)], 5000), "met"),
        (at_least("", "", [Run(4999, 1.0)], 5000), "not met"),
        (kept("", "", 7, 7), "met"),
        (kept("", "", 6, 7), "not met"),
        (kept("", "", 8, 7), "met"),
        (not_measured("", "", "p99 < 100 ms", "not there"), "not measured"),
        (peer("", "", summary(SLOW)), ""),
    ],
)
def test_verdicts(line, verdict):
    assert line.verdict == verdict


def test_slow_once_in_a_hundred_breaks_the_99th_percentile_only_beyond():
    assert within("", "", [Run(100, 1.0, [0.01] * 99 + [0.5])], 100).is_met
    assert not within("", "", [Run(100, 1.0, [0.01] * 98 + [0.5] * 2)], 100).is_met


def test_errors_are_told():
    assert within("", "", PARTLY, 100).note == "1 not answered with 200"
    assert peer("", "", summary(PARTLY), "slowly").note == "slowly; 1 not answered with 200"
    assert faster("", "", FAST, PARTLY, 1).note == "1 of its peer's not answered with 200"


def test_all_met_only_if_all_were_measured():
    met, unmeasured = Line("", "", budget="x", is_met=True), Line("", "", budget="x")
    beside = Line("", "")
    assert all_met([met, beside])
    assert not all_met([met, unmeasured])
    assert not all_met([met, Line("", "", budget="x", is_met=False)])
