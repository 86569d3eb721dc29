"""The result as a table on the screen, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

from lab.bench.lines import Line
from lab.bench.plot import plot

_HEADINGS = ("", "median", "p95", "p99", "max", "rate/s", "ratio", "budget", "verdict")
_LEFT = {0, 6, 7, 8}  # columns of words


def table(lines: Sequence[Line]) -> str:
    """Return the lines as a table for a terminal, a block for each group."""
    rows = [_HEADINGS, *map(_cells, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    blocks = []
    for group, members in _grouped(lines):
        blocks.append(f"\n{group} (times in ms)\n{_aligned(_HEADINGS, widths)}")
        for line in members:
            note = f"  {line.note}" if line.note else ""
            blocks.append(_aligned(_cells(line), widths) + note)
    return "\n".join(blocks)


def markdown(machine: Mapping[str, str], lines: Sequence[Line], is_quick: bool, drawn: str) -> str:
    """Return the result as a document.

    :param drawn: name of the file with the plot; empty if there is none
    """
    parts = ["# Benchmark", _introduction(is_quick), "## The machine"]
    parts.append("\n".join(f"* {name}: {text}" for name, text in machine.items()))
    for group, members in _grouped(lines):
        rows = [(*_cells(line), line.note) for line in members]
        parts.append(f"## {group}")
        parts.append("\n".join(_markdown_rows(rows)))
    if drawn:
        parts.append(f"## Cost by size\n\n![Milliseconds by stored events]({drawn})")
    return "\n\n".join(parts) + "\n"


def as_json(machine: Mapping[str, str], lines: Sequence[Line], is_quick: bool) -> str:
    """Return the result for other programs to read."""
    content = {
        "machine": machine,
        "is_quick": is_quick,
        "lines": [{**asdict(line), "verdict": line.verdict} for line in lines],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def verdicts(lines: Sequence[Line]) -> str:
    """Return how many lines have which verdict."""
    words = [line.verdict for line in lines if line.budget]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))


def drawing(lines: Sequence[Line]) -> str:
    """Return the plot of how cost grows with what is stored; empty if none of it was measured."""
    series: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        if line.point:
            name, size, cost = line.point
            series.setdefault(name, []).append((size, cost))
    return plot("What an event costs", "stored events", "milliseconds", series)


def _introduction(is_quick: bool) -> str:
    command = "make bench QUICK=1" if is_quick else "make bench"
    quick = "\n\nA quick run: few passes, small tables. It shows the way, not the figures."
    return (
        f"What `{command}` printed. Times are milliseconds to the whole answer, one connection "
        "per request, from connecting, or at a steady rate from when the request was due; *ratio* "
        f"is the median of the passes, with the lowest and the highest.{quick if is_quick else ''}"
    )


def _grouped(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    # Not only neighbours: the parts of a group may be measured far apart.
    order = list(dict.fromkeys(line.group for line in lines))
    ordered = sorted(lines, key=lambda line: order.index(line.group))
    for group, members in groupby(ordered, key=lambda line: line.group):
        yield group, list(members)


def _cells(line: Line) -> tuple[str, ...]:
    figures = line.figures
    times = (figures.median, figures.p95, figures.p99, figures.max) if figures else (None,) * 4
    return (
        line.what,
        *("" if time is None else _rounded(time) for time in times),
        _rounded(figures.rate) if figures else "",
        str(line.ratio or ""),
        line.budget,
        line.verdict,
    )


def _rounded(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        text.ljust(width) if column in _LEFT else text.rjust(width)
        for column, (text, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _markdown_rows(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    headings = (*_HEADINGS, "note")
    yield f"| {' | '.join(headings)} |"
    yield "|" + "|".join("---" if column in _LEFT or column == 9 else "---:" for column in
                         range(len(headings))) + "|"  # fmt: skip
    for row in rows:
        yield f"| {' | '.join(text.replace('|', '/') for text in row)} |"
