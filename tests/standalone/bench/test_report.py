"""The benchmark's table, document and JSON."""

import json
from xml.etree import ElementTree

from lab.bench import report
from lab.bench.figures import Ratio, Run, summary
from lab.bench.lines import Line, not_measured, peer, within
from lab.bench.plot import plot

FIGURES = summary([Run(2, 0.5, [0.0021, 0.2])])
LINES = [
    peer("Webhook", "floor", FIGURES),
    Line("Sending", "API", FIGURES, Ratio(9, 8, 10.5), "rate ≥ 8 ×", True),
    within("Webhook", "controller", [Run(1, 1.0, [0.3])], 100),
    not_measured("DNS", "common domain", "median ≤ 220 ms", "the DNS checks are not there"),
]


def test_table_has_a_block_for_each_group_in_order_of_appearance():
    text = report.table(LINES)
    blocks = text.strip().split("\n\n")
    assert [block.splitlines()[0].partition(" (")[0] for block in blocks] == [
        "Webhook",
        "Sending",
        "DNS",
    ]
    floor, controller = blocks[0].splitlines()[2:]
    assert floor.split() == ["floor", "101", "200", "200", "200", "4.0"]
    assert controller.split()[-6:] == ["p99", "<", "100", "ms", "not", "met"]
    assert "9.00 × (8.00 to 10.50)" in blocks[1]
    assert blocks[2].endswith("not measured  the DNS checks are not there")


def test_columns_are_aligned():
    lines = report.table(LINES).split("\n\n")[0].strip().splitlines()
    assert lines[1].index("budget") == lines[3].index("p99 <")


def test_markdown_names_machine_and_every_line():
    text = report.markdown({"commit": "abc123"}, LINES, is_quick=True, drawn="benchmark.svg")
    assert "* commit: abc123" in text
    assert "quick" in text
    assert "![Milliseconds by stored events](benchmark.svg)" in text
    for line in LINES:
        assert f"| {line.what} |" in text
    rows = [row for row in text.splitlines() if row.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1


def test_json_can_be_read_again():
    content = json.loads(report.as_json({"commit": "abc123"}, LINES, is_quick=False))
    assert content["machine"]["commit"] == "abc123"
    assert [line["verdict"] for line in content["lines"]] == ["", "met", "not met", "not measured"]
    assert content["lines"][0]["figures"]["rate"] == 4.0


def test_verdicts_are_counted():
    assert report.verdicts(LINES) == "1 met, 1 not met, 1 not measured"


def test_plot_is_svg_with_a_line_for_each_series():
    text = plot("Cost", "events", "ms", {"job": [(1000, 0.2), (10000, 0.3)], "a < b": [(1000, 5)]})
    root = ElementTree.fromstring(text)
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert len(lines) == 2
    (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in lines[0].get("points").split())
    assert x1 < x2
    assert y1 > y2, "what costs more is higher up"


def test_nothing_to_plot():
    assert report.drawing(LINES) == ""
