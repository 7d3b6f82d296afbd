"""Evidence as a chart of letters, for a terminal of any width.

Every row says with its shape what it says with its colour: a chart without colours,
in a log file or on paper, loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hitless.cli.render.timeline import Timeline, timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from hitless.cli.render.timeline import Column, Marker
    from hitless.domain.evidence import Evidence

LONGEST_NAME = 16
VALUE_WIDTH = 12
FEWEST_COLUMNS = 10
WIDEST_COLUMN = 4  # a deploy of 15 seconds shall not look like a stamp
CLOCK_WIDTH = 8
RELEASE_COLOURS = ("cyan", "green", "magenta", "yellow", "blue")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters to draw with.

    Attributes:
        levels: From empty to full.
        fine: A column without failures.
        bad: A column with failures.
    """

    levels: str
    fine: str
    bad: str


UNICODE = Alphabet(" ▁▂▃▄▅▆▇█", "·", "✗")
ASCII = Alphabet(" .:-=+*#@", ".", "X")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line; ``colour`` is a click colour, ``dim`` or empty."""

    text: str
    colour: str = ""


Line = tuple[Span, ...]


class Paint(Protocol):
    """Something like :func:`click.style`."""

    def __call__(self, text: str, *, fg: str | None, dim: bool | None) -> str:
        """The text with escape codes around it."""


def chart(
    evidence: Evidence,
    *,
    width: int,
    names: Mapping[str, str] | None = None,
    markers: Sequence[Marker] = (),
    alphabet: Alphabet = UNICODE,
    zone: tzinfo | None = None,
) -> tuple[Line, ...]:
    """The share of each release, the failures and the latency over time.

    Args:
        evidence: What the prober saw.
        width: Of the terminal; no line is longer.
        names: Release id → what to call it.
        markers: What happened when; named below the chart.
        alphabet: UNICODE, or ASCII where the terminal's encoding has no blocks.
        zone: Of the clock; None means this machine's.
    """
    names = names or {}
    name_width = _name_width(names)
    room = max(FEWEST_COLUMNS, width - name_width - VALUE_WIDTH - 2)
    time = timeline(evidence, names=names, markers=markers, most=room, zone=zone)
    if not time.columns:
        return ((Span("no requests were sent", "dim"),),)
    wide = min(WIDEST_COLUMN, room // len(time.columns)) or 1
    drawing = _Drawing(time, alphabet, name_width, wide)
    return (
        *drawing.releases(),
        drawing.failures(),
        drawing.latency(),
        *drawing.axis(),
        *drawing.legend(width),
    )


def plain(lines: Sequence[Line]) -> str:
    """The chart without colours."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


def painted(lines: Sequence[Line], paint: Paint) -> str:
    """The chart with the colours of ``paint``, for example :func:`click.style`."""
    return "\n".join("".join(_paint(span, paint) for span in line) for line in lines)


def alphabet_for(encoding: str | None) -> Alphabet:
    """UNICODE when the encoding can write it, else ASCII."""
    try:
        (UNICODE.levels + UNICODE.fine + UNICODE.bad).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


@dataclass(frozen=True, slots=True)
class _Drawing:
    """The rows of one chart."""

    time: Timeline
    alphabet: Alphabet
    name_width: int
    wide: int

    def releases(self) -> tuple[Line, ...]:
        return tuple(
            self._row(
                label,
                self._marks(self._level(c.share(label)) for c in self.time.columns),
                f"{sum(column.by_label.get(label, 0) for column in self.time.columns):,}",
                RELEASE_COLOURS[i % len(RELEASE_COLOURS)],
            )
            for i, label in enumerate(self.time.labels)
        )

    def failures(self) -> Line:
        failed = sum(column.failed for column in self.time.columns)
        marks = self._marks(self._failed(column) for column in self.time.columns)
        return self._row("failed", marks, f"{failed:,}", "red" if failed else "dim")

    def latency(self) -> Line:
        worst = max((column.p99_ms or 0.0 for column in self.time.columns), default=0.0)
        marks = self._marks(
            self._level((column.p99_ms or 0.0) / worst if worst else 0.0)
            for column in self.time.columns
        )
        return self._row("p99", marks, f"max {worst:,.0f} ms", "dim")

    def axis(self) -> tuple[Line, ...]:
        count = len(self.time.columns) * self.wide
        first = self.time.clock(self.time.start)
        last = self.time.clock(self.time.columns[-1].at)
        between = count - 2 * CLOCK_WIDTH
        text = f"{first}{' ' * between}{last}" if between > 0 else first
        rows = [self._row("", text, self._scale(), "dim")]
        if self.time.markers:
            rows.insert(0, self._row("", self._letters(), "", ""))
        return tuple(rows)

    def legend(self, width: int) -> tuple[Line, ...]:
        indent = " " * (self.name_width + 1)
        return tuple(
            (Span(f"{indent}{LETTERS[i]}  {self.time.clock(m.at)}  {m.label}"[:width], "dim"),)
            for i, m in enumerate(self.time.markers[: len(LETTERS)])
        )

    def _marks(self, marks: Iterable[str]) -> str:
        return "".join(mark * self.wide for mark in marks)

    def _letters(self) -> str:
        row = [" "] * len(self.time.columns) * self.wide
        for i, marker in enumerate(self.time.markers[: len(LETTERS)]):
            row[self.time.column_of(marker.at) * self.wide] = LETTERS[i]
        return "".join(row)

    def _scale(self) -> str:
        return f"{self.wide} col = {self.time.per_column} s"

    def _level(self, share: float) -> str:
        """A share that is not quite nothing or not quite all never looks like it."""
        top = len(self.alphabet.levels) - 1
        if share <= 0 or share >= 1:
            return self.alphabet.levels[top if share >= 1 else 0]
        return self.alphabet.levels[min(max(1, round(share * top)), top - 1)]

    def _failed(self, column: Column) -> str:
        return self.alphabet.bad if column.failed else self.alphabet.fine

    def _row(self, name: str, marks: str, value: str, colour: str) -> Line:
        short = name if len(name) <= self.name_width else name[: self.name_width - 1] + "~"
        return (
            Span(f"{short:>{self.name_width}} ", "dim" if colour == "dim" else ""),
            Span(marks, colour),
            Span(f" {value:>{VALUE_WIDTH}}", "dim"),
        )


def _name_width(names: Mapping[str, str]) -> int:
    longest = max((len(name) for name in names.values()), default=0)
    return min(LONGEST_NAME, max(longest, len("failed")))


def _paint(span: Span, paint: Paint) -> str:
    if not span.colour:
        return span.text
    if span.colour == "dim":
        return paint(span.text, fg=None, dim=True)
    return paint(span.text, fg=span.colour, dim=None)
