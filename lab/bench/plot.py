"""A plot of several series on logarithmic axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Series = Mapping[str, Sequence[tuple[float, float]]]

_WIDTH, _HEIGHT = 840, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 280, 40, 50
_COLORS = ("#1f6fb4", "#d1603d", "#3c8d53", "#8661a8", "#7a7a7a", "#b08a1e", "#2a9aa5")


def plot(title: str, x_label: str, y_label: str, series: Series) -> str:
    """Return an SVG with a line for each series: name -> points, all of them positive."""
    points = [point for line in series.values() for point in line]
    if not points:
        return ""
    across = _Axis([x for x, _y in points], _LEFT, _WIDTH - _RIGHT)
    up = _Axis([y for _x, y in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 20, title, "start", "14"),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, x_label, "middle"),
        _text(_LEFT, 35, y_label, "start"),
    ]
    for value in across.ticks:
        x = across.at(value)
        parts.append(_rule(x, _TOP, x, _HEIGHT - _BOTTOM))
        parts.append(_text(x, _HEIGHT - _BOTTOM + 18, _short(value), "middle"))
    for value in up.ticks:
        y = up.at(value)
        parts.append(_rule(_LEFT, y, _WIDTH - _RIGHT, y))
        parts.append(_text(_LEFT - 8, y + 4, _short(value), "end"))
    for index, (name, line) in enumerate(series.items()):
        color = _COLORS[index % len(_COLORS)]
        places = [(across.at(x), up.at(y)) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places]
        at = _TOP + 18 * index + 10
        parts.append(f'<rect x="{_WIDTH - _RIGHT + 15}" y="{at - 9}" width="10" height="10" '
                     f'fill="{color}"/>')  # fmt: skip
        parts.append(_text(_WIDTH - _RIGHT + 31, at, name, "start"))
    return "\n".join([*parts, "</svg>\n"])


class _Axis:
    """A logarithmic axis over whole decades, from one place on the sheet to another."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(math.ceil(math.log10(max(values))), self._low + 1)
        self._start, self._end = start, end
        self.ticks = [10.0**power for power in range(self._low, self._high + 1)]

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)


def _short(value: float) -> str:
    for size, suffix in ((1_000_000, " M"), (1_000, " k")):
        if value >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#dddddd"/>'


def _text(x: float, y: float, text: str, anchor: str, size: str = "12") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
        f"{escape(text)}</text>"
    )
