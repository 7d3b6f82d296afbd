"""Evidence as an SVG picture: who answered, what failed, how fast, and when what happened.

The picture stands alone (a README may show it) or inside a page. It follows the
reader's light or dark setting, and says nothing by colour alone: every second release
is hatched, releases carry their names, failures are crosses.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hitless.cli.render.timeline import Timeline, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from hitless.cli.render.timeline import Column, Marker
    from hitless.domain.evidence import Evidence

WIDE = 960
NARROW = 400
COLOURS = 5
LEFT, RIGHT = 44, 12
RATE_HEIGHT, LATENCY_HEIGHT = 170, 64
BETWEEN, BELOW = 44, 26
TIER = 16
LETTER = 6.4  # width of a letter of the label font, about
GRID_LINES = 4
SOLID = 0.95  # from this share on a column is one release's alone, and may carry its name

STYLE = """
.ht{font:12px system-ui,-apple-system,"Segoe UI",sans-serif;--ink:#1c2333;--soft:#6b7488;
--line:#e3e7ef;--bad:#d4183d;--r0:#4f6bed;--r1:#0e8f81;--r2:#c27803;--r3:#c2410c;
--r4:#7c4ddb;--ru:#7b8599}
@media screen and (prefers-color-scheme:dark){.ht{--ink:#e8ecf5;--soft:#98a2b8;--line:#2a3142;
--bad:#ff5c7a;--r0:#5a76f2;--r1:#12998b;--r2:#c98208;--r3:#d4562a;--r4:#8b5cf6;--ru:#6b7488}}
.ht text{fill:var(--soft)}.ht .name{fill:#fff;font-weight:600}
.ht .head{fill:var(--ink);font-weight:600}.ht .event{fill:var(--ink);font-weight:600}
.ht .grid{stroke:var(--line)}.ht .mark{stroke:var(--ink);stroke-dasharray:3 3;opacity:.55}
.ht .p99{fill:none;stroke:var(--ink);stroke-width:1.5}
.ht .cross{stroke:var(--bad);stroke-width:2.2;stroke-linecap:round}
.ht .count{fill:var(--bad);font-weight:700}
.ht .hover{fill:transparent}.ht .hover:hover{fill:var(--ink);fill-opacity:.08}
""".replace("\n", "")


def picture(
    evidence: Evidence,
    *,
    names: Mapping[str, str] | None = None,
    markers: Sequence[Marker] = (),
    width: int = WIDE,
    zone: tzinfo | None = None,
) -> str:
    """An ``<svg>`` element as text; everything in it is escaped.

    Args:
        evidence: What the prober saw.
        names: Release id → what to call it.
        markers: What happened when.
        width: Of the view box; text keeps its size, so NARROW suits a phone.
        zone: Of the clock; None means this machine's.
    """
    time = timeline(evidence, names=names or {}, markers=markers, most=width // 2, zone=zone)
    if not time.columns:
        return _nothing(width)
    return _text(_Picture(time, width, _tiers(time, width)).draw())


@dataclass(frozen=True, slots=True)
class _Picture:
    """The geometry of one picture. ``tiers`` is the row of each marker's label."""

    time: Timeline
    width: int
    tiers: tuple[int, ...]

    def draw(self) -> ET.Element:
        svg = _svg(self.width, self.bottom + BELOW, _said(self.time))
        svg.append(self._hatches())
        self._grid(svg, self.top, RATE_HEIGHT, self.most, "requests/s")
        for index, label in enumerate(self.time.labels):
            self._area(svg, index, label)
        self._names(svg)
        self._grid(svg, self.latency_top, LATENCY_HEIGHT, self.slowest, "p99 ms")
        _add(svg, "path", {"d": self._latency(), "class": "p99"})
        self._failures(svg)
        self._markers(svg)
        self._clock(svg)
        self._hovers(svg)
        return svg

    @property
    def top(self) -> float:
        return 30 + TIER * (max(self.tiers, default=-1) + 1)

    @property
    def latency_top(self) -> float:
        return self.top + RATE_HEIGHT + BETWEEN

    @property
    def bottom(self) -> float:
        return self.latency_top + LATENCY_HEIGHT

    @property
    def most(self) -> float:
        return _round_up(max(column.rate for column in self.time.columns))

    @property
    def slowest(self) -> float:
        return _round_up(max((column.p99_ms or 0.0) for column in self.time.columns))

    def x(self, column: float) -> float:
        """The left edge of a column; columns may be halved."""
        return LEFT + (self.width - LEFT - RIGHT) * column / len(self.time.columns)

    def y(self, rate: float) -> float:
        return self.top + RATE_HEIGHT * (1 - rate / self.most)

    def y_ms(self, ms: float) -> float:
        return self.latency_top + LATENCY_HEIGHT * (1 - ms / self.slowest)

    def x_at(self, moment: float) -> float:
        """Where a moment lies, inside its column."""
        column = (moment - self.time.start) / self.time.per_column
        return self.x(min(max(column, 0.0), len(self.time.columns)))

    def _hatches(self) -> ET.Element:
        """Patterns by which releases differ without colour."""
        defs = ET.Element("defs")
        pattern = _add(
            defs,
            "pattern",
            {
                "id": f"hatch{self.width}",
                "width": "6",
                "height": "6",
                "patternUnits": "userSpaceOnUse",
                "patternTransform": "rotate(45)",
            },
        )
        _add(pattern, "rect", {"width": "2", "height": "6", "fill": "#fff", "fill-opacity": ".28"})
        return defs

    def _grid(self, svg: ET.Element, top: float, height: float, most: float, unit: str) -> None:
        _add(svg, "text", {"x": "0", "y": _n(top - 10), "class": "head"}, unit)
        lines = GRID_LINES if height == RATE_HEIGHT else 2
        for i in range(lines + 1):
            y = top + height * i / lines
            ends = {"x1": _n(LEFT), "x2": _n(self.width - RIGHT), "y1": _n(y), "y2": _n(y)}
            _add(svg, "line", {**ends, "class": "grid"})
            value = most * (lines - i) / lines
            place = {"x": _n(LEFT - 6), "y": _n(y + 4), "text-anchor": "end"}
            _add(svg, "text", place, f"{value:g}")

    def _area(self, svg: ET.Element, index: int, label: str) -> None:
        """One release's share of the answers, on top of those before it."""
        upper, lower = [], []
        for i, column in enumerate(self.time.columns):
            below = sum(column.by_label.get(name, 0) for name in self.time.labels[:index])
            base = below / column.seconds
            peak = base + column.by_label.get(label, 0) / column.seconds
            upper += [(self.x(i), self.y(peak)), (self.x(i + 1), self.y(peak))]
            lower += [(self.x(i), self.y(base)), (self.x(i + 1), self.y(base))]
        path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in [*upper, *reversed(lower)]) + "Z"
        _add(svg, "path", {"d": path, "fill": f"var({_colour(index, label)})"})
        if index % 2:
            _add(svg, "path", {"d": path, "fill": f"url(#hatch{self.width})"})

    def _names(self, svg: ET.Element) -> None:
        """Each release's name in the widest stretch that is its own."""
        for label in self.time.labels:
            for start, end in _stretches(self.time.columns, label):
                if self.x(end) - self.x(start) > len(label) * LETTER + 12:
                    middle = (self.x(start) + self.x(end)) / 2
                    place = {"x": _n(middle), "y": _n(self.top + RATE_HEIGHT - 12)}
                    _add(svg, "text", {**place, "class": "name", "text-anchor": "middle"}, label)

    def _latency(self) -> str:
        """A line with a hole wherever nothing succeeded."""
        parts, pen = [], "M"
        for i, column in enumerate(self.time.columns):
            if column.p99_ms is None:
                pen = "M"
                continue
            y = _n(self.y_ms(column.p99_ms))
            parts.append(f"{pen}{_n(self.x(i))} {y}H{_n(self.x(i + 1))}")
            pen = "L"
        return "".join(parts)

    def _failures(self, svg: ET.Element) -> None:
        for i, column in enumerate(self.time.columns):
            if not column.failed:
                continue
            x, y, r = self.x(i + 0.5), self.top + 8, 4
            cross = f"M{_n(x - r)} {_n(y - r)}L{_n(x + r)} {_n(y + r)}"
            cross += f"M{_n(x - r)} {_n(y + r)}L{_n(x + r)} {_n(y - r)}"
            _add(svg, "path", {"d": cross, "class": "cross"})
        failed = sum(column.failed for column in self.time.columns)
        text = f"✗ {failed:,} failed" if failed else "0 failed"
        place = {"x": _n(self.width - RIGHT), "y": _n(self.top - 10), "text-anchor": "end"}
        _add(svg, "text", {**place, "class": "count" if failed else "head"}, text)

    def _markers(self, svg: ET.Element) -> None:
        for marker, tier in zip(self.time.markers, self.tiers, strict=True):
            x, y = self.x_at(marker.at), 12 + TIER * tier
            ends = {"x1": _n(x), "x2": _n(x), "y1": _n(y + 4), "y2": _n(self.bottom)}
            _add(svg, "line", {**ends, "class": "mark"})
            left = _label_left(x, marker.label, self.width)
            _add(svg, "text", {"x": _n(left), "y": _n(y), "class": "event"}, marker.label)

    def _clock(self, svg: ET.Element) -> None:
        count = max(1, int((self.width - LEFT - RIGHT) // 130))
        for i in range(count + 1):
            column = len(self.time.columns) * i / count
            place = {"x": _n(self.x(column)), "y": _n(self.bottom + 18)}
            anchor = "start" if i == 0 else "end" if i == count else "middle"
            at = self.time.start + column * self.time.per_column
            _add(svg, "text", {**place, "text-anchor": anchor}, self.time.clock(at))

    def _hovers(self, svg: ET.Element) -> None:
        """What a pointer that rests on a column is told."""
        for i, column in enumerate(self.time.columns):
            area = {
                "x": _n(self.x(i)),
                "y": _n(self.top),
                "width": _n(self.x(i + 1) - self.x(i)),
                "height": _n(self.bottom - self.top),
                "class": "hover",
            }
            _add(_add(svg, "rect", area), "title", {}, _told(column, self.time))


def _tiers(time: Timeline, width: int) -> tuple[int, ...]:
    """A row for each marker's label, so that none lies over another."""
    drawing = _Picture(time, width, ())
    ends: list[float] = []
    tiers = []
    for marker in time.markers:
        left = _label_left(drawing.x_at(marker.at), marker.label, width)
        tier = next((i for i, end in enumerate(ends) if end < left), len(ends))
        ends[tier : tier + 1] = [left + _label_width(marker.label) + 8]
        tiers.append(tier)
    return tuple(tiers)


def _label_left(x: float, label: str, width: int) -> float:
    """Right of its line, unless it would leave the picture."""
    return max(0.0, min(x - 4, width - RIGHT - _label_width(label)))


def _label_width(label: str) -> float:
    return len(label) * LETTER * 1.06


def _stretches(columns: Sequence[Column], label: str) -> Iterator[tuple[int, int]]:
    """The runs of columns that one release has for itself."""
    start: int | None = None
    for i, column in enumerate(columns):
        alone = column.share(label) >= SOLID
        if alone and start is None:
            start = i
        if not alone and start is not None:
            yield start, i
            start = None
    if start is not None:
        yield start, len(columns)


def _said(time: Timeline) -> str:
    """The picture in one sentence, for those who do not see it."""
    sent = sum(column.sent for column in time.columns)
    failed = sum(column.failed for column in time.columns)
    who = ", ".join(
        f"{sum(c.by_label.get(label, 0) for c in time.columns):,} answered by {label}"
        for label in time.labels
    )
    return f"{sent:,} requests over time, {failed:,} failed; {who}"


def _told(column: Column, time: Timeline) -> str:
    answers = "".join(f"\n{label}: {count}" for label, count in column.by_label.items())
    p99 = f"\np99: {column.p99_ms:.1f} ms" if column.p99_ms is not None else ""
    return f"{time.clock(column.at)}\n{column.sent} requests, {column.failed} failed{answers}{p99}"


def _colour(index: int, label: str) -> str:
    return "--ru" if label == "unnamed" else f"--r{index % COLOURS}"


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8 or 10 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= value * 0.9999)


def _nothing(width: int) -> str:
    svg = _svg(width, 60, "no requests were sent")
    _add(svg, "text", {"x": "0", "y": "34"}, "no requests were sent")
    return _text(svg)


def _svg(width: int, height: float, said: str) -> ET.Element:
    svg = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {_n(height)}",
            "class": "ht",
            "role": "img",
            "aria-label": said,
        },
    )
    _add(svg, "style", {}, STYLE)
    return svg


def _add(parent: ET.Element, tag: str, attributes: dict[str, str], text: str = "") -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = text or None
    return child


def _text(svg: ET.Element) -> str:
    return ET.tostring(svg, encoding="unicode")


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
