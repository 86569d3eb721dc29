"""The benchmark's arithmetic."""

from collections import Counter

import pytest

from lab.bench.figures import Run, median_ratio, percentile, rate_ratio, summary


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1, 100)]
)
def test_percentile_of_a_hundred(share, expected):
    assert percentile(range(1, 101), share) == expected


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99, 1])
def test_percentile_of_one(share):
    assert percentile([7.0], share) == 7.0


def test_percentile_of_few_is_the_worst():
    assert percentile([1, 2, 3], 0.99) == 3


def test_summary_takes_times_together_and_the_median_of_rates():
    runs = [
        Run(2, 1.0, [0.001, 0.002]),
        Run(2, 0.5, [0.003, 0.004]),
        Run(1, 2.0, [0.1], Counter({"timeout": 2})),
    ]
    figures = summary(runs)
    assert (figures.count, figures.passes, figures.errors) == (5, 3, 2)
    assert figures.rate == 2.0
    assert figures.median == pytest.approx(3.0)
    assert figures.p99 == figures.max == pytest.approx(100.0)


def test_summary_of_a_whole_has_no_times():
    figures = summary([Run(1000, 4.0)])
    assert figures.rate == 250
    assert (figures.median, figures.p95, figures.p99, figures.max) == (None,) * 4


def test_summary_of_errors_alone():
    figures = summary([Run(0, 1.0, [], Counter({"ECONNREFUSED": 3}))])
    assert (figures.rate, figures.errors, figures.p99) == (0, 3, None)


def test_ratios_are_pass_by_pass():
    """A machine that becomes half as fast after the first pass changes no ratio."""
    ours = [Run(400, 1.0), Run(200, 1.0)]
    peers = [Run(100, 1.0), Run(50, 1.0)]
    ratio = rate_ratio(ours, peers)
    assert (ratio.low, ratio.median, ratio.high) == (4, 4, 4)


def test_ratio_of_medians_and_its_spread():
    ours = [Run(1, 1.0, [time]) for time in (0.002, 0.003, 0.006)]
    peers = [Run(1, 1.0, [0.002])] * 3
    ratio = median_ratio(ours, peers)
    assert [ratio.low, ratio.median, ratio.high] == pytest.approx([1, 1.5, 3])
    assert str(ratio) == "1.50 × (1.00 to 3.00)"


def test_ratio_beside_nothing_meets_no_budget():
    ratio = rate_ratio([Run(10, 1.0)], [Run(0, 1.0)])
    assert not ratio.median >= 4
    assert not ratio.median <= 1.3
