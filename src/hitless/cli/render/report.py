"""One HTML file that proves a series of deploys to somebody who was not there.

The file needs nothing but itself: no script, no font, no other address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hitless.cli.render.picture import NARROW, WIDE, picture
from hitless.cli.render.timeline import timeline
from hitless.domain.traffic import TrafficKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from hitless.cli.render.timeline import Marker, Timeline
    from hitless.domain.evidence import Evidence

MOST_ROWS = 300
SECOND_MS = 1000.0
PRECISE_BELOW = 10.0
KINDS = {
    TrafficKind.NEW: "a new connection for each request",
    TrafficKind.KEPT: "connections kept open between requests",
    TrafficKind.SLOW: "long requests, under way during the cutover",
    TrafficKind.WRITE: "a document posted and found again",
    TrafficKind.WEBSOCKET: "sockets held open, each opening counts",
}


class Tone(StrEnum):
    """How a number is meant."""

    GOOD = "good"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Headline:
    """One number that a reader takes away.

    Attributes:
        value: As it shall be read, such as ``0`` or ``41 ms``.
        label: What it counts.
        note: How it came about, in a few words.
    """

    value: str
    label: str
    note: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run.

    Attributes:
        began: Seconds after the run began.
        seconds: How long it took.
        status: A word such as ``done``, ``undone`` or ``failed``.
        told: Facts worth reading.
    """

    name: str
    began: float
    seconds: float
    status: str = "done"
    told: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One deploy or rollback.

    Attributes:
        title: Such as ``v1.2.0 → v1.3.0``.
        kind: ``deploy`` or ``rollback``.
        outcome: The journal's word for its end.
        good: The outcome is the wished one.
        started: Seconds since the epoch.
        switch_ms: From the flag to the last answer of the former release.
    """

    id: str
    title: str
    kind: str
    outcome: str
    good: bool
    started: float
    seconds: float
    switch_ms: float | None = None
    sent: int | None = None
    failed: int | None = None
    steps: tuple[Step, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a release had to pass.

    Attributes:
        found: What was seen, in words.
        limits: What it was held against, as name and value.
    """

    name: str
    passed: bool
    found: str
    limits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows.

    Attributes:
        summary: One or two sentences under the title.
        headlines: The first one is shown large.
        names: Release id → what to call it.
        markers: What happened when.
        gates: What a release had to pass, where the page is a certificate.
        certified: What else it certifies, as name and value.
        facts: Where and how it was measured, as name and value.
        created: Seconds since the epoch.
    """

    title: str
    summary: str
    headlines: tuple[Headline, ...]
    evidence: Evidence
    names: Mapping[str, str]
    created: float
    markers: tuple[Marker, ...] = ()
    runs: tuple[Run, ...] = ()
    gates: tuple[Gate, ...] = ()
    certified: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of traffic in the table."""

    name: str
    told: str
    sent: int
    failed: int
    reconnected: int
    p50: str
    p99: str


def html(report: Report, zone: tzinfo | None = None) -> str:
    """The report as one page; ``zone`` of its clock, None means this machine's."""
    time = timeline(
        report.evidence, names=report.names, markers=report.markers, most=MOST_ROWS, zone=zone
    )
    template = _environment(zone).get_template("report.html.j2")
    return template.render(
        report=report,
        hero=report.headlines[0] if report.headlines else None,
        wide=_drawn(report, WIDE, zone),
        narrow=_drawn(report, NARROW, zone),
        kinds=kind_rows(report.evidence),
        time=time,
        rows=_rows(time),
        bar_left=_bar_left,
        bar_width=_bar_width,
    )


def kind_rows(evidence: Evidence) -> tuple[KindRow, ...]:
    """The counts of each kind of traffic that was sent."""
    rows = []
    for kind in TrafficKind:
        seen = evidence.of(kind)
        if not seen.seconds:
            continue
        rows.append(
            KindRow(
                name=kind.value,
                told=KINDS[kind],
                sent=seen.sent,
                failed=seen.failed,
                reconnected=seen.reconnected,
                p50=milliseconds(seen.latency_ms(0.50, (kind,))),
                p99=milliseconds(seen.latency_ms(0.99, (kind,))),
            )
        )
    return tuple(rows)


def milliseconds(ms: float | None) -> str:
    """A duration for a reader: ``1.9 ms``, ``41 ms``, ``3.02 s``, or ``-``."""
    if ms is None:
        return "-"
    if ms >= SECOND_MS:
        return f"{ms / SECOND_MS:.2f} s"
    return f"{ms:.1f} ms" if ms < PRECISE_BELOW else f"{ms:.0f} ms"


def _drawn(report: Report, width: int, zone: tzinfo | None) -> Markup:
    """The picture, which escapes what it is given by itself."""
    drawn = picture(
        report.evidence, names=report.names, markers=report.markers, width=width, zone=zone
    )
    return Markup(drawn)  # noqa: S704  # an element tree wrote it


def _rows(time: Timeline) -> tuple[tuple[str, ...], ...]:
    """The chart as a table: one row a column."""
    return tuple(
        (
            time.clock(column.at),
            f"{column.sent:,}",
            f"{column.failed:,}",
            *(f"{column.by_label.get(label, 0):,}" for label in time.labels),
            milliseconds(column.p99_ms),
        )
        for column in time.columns
    )


def _bar_left(step: Step, run: Run) -> float:
    """Where a step's bar begins, in percent of the run."""
    return min(100.0, max(0.0, 100 * step.began / run.seconds)) if run.seconds > 0 else 0.0


def _bar_width(step: Step, run: Run) -> float:
    """How much of the run a step took, in percent."""
    room = 100.0 - _bar_left(step, run)
    return min(room, 100 * step.seconds / run.seconds) if run.seconds > 0 else room


def _environment(zone: tzinfo | None) -> Environment:
    environment = Environment(
        loader=PackageLoader("hitless.cli.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ms"] = milliseconds
    environment.filters["clock"] = lambda at: _moment(at, zone).strftime("%H:%M:%S")
    environment.filters["day"] = lambda at: _moment(at, zone).strftime("%Y-%m-%d %H:%M %Z")
    return environment


def _moment(at: float, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(at).astimezone(zone)
