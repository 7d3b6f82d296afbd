"""Evidence cut into the columns of a chart, whatever draws them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from hitless.domain.evidence import Evidence, Moment

UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened at one moment and belongs into the picture.

    Attributes:
        at: Seconds since the epoch.
        label: A few words, such as ``cutover to v1.3.0``.
    """

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart.

    Attributes:
        at: The first second, counted from the epoch.
        seconds: How many it stands for.
        by_label: Successful answers by the label of who gave them.
        p99_ms: The worst second's 99th percentile; None without a success.
    """

    at: int
    seconds: int
    sent: int
    failed: int
    by_label: Mapping[str, int]
    p99_ms: float | None

    @property
    def rate(self) -> float:
        """Outcomes a second."""
        return self.sent / self.seconds

    def share(self, label: str) -> float:
        """The part of all outcomes that ``label`` answered well, from 0 to 1."""
        return self.by_label.get(label, 0) / self.sent if self.sent else 0.0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A chart's columns, its labels in order of appearance, and what happened when."""

    columns: tuple[Column, ...]
    labels: tuple[str, ...]
    markers: tuple[Marker, ...] = ()
    start: int = 0
    per_column: int = 1
    zone: tzinfo | None = field(default=None, repr=False)

    def column_of(self, at: float) -> int:
        """The index of the column in which a moment lies; the nearest when outside."""
        index = int((at - self.start) // self.per_column)
        return min(max(index, 0), len(self.columns) - 1)

    def clock(self, at: float) -> str:
        """The time of day."""
        return datetime.fromtimestamp(at).astimezone(self.zone).strftime("%H:%M:%S")


def timeline(
    evidence: Evidence,
    *,
    names: Mapping[str, str],
    markers: Sequence[Marker] = (),
    most: int = 600,
    zone: tzinfo | None = None,
) -> Timeline:
    """Cut evidence into columns of equal length.

    Args:
        evidence: What the prober saw.
        names: What to call each release id; an id without a name stays as it is.
            When no answer names its release, the slots take the releases' place.
        markers: What happened when.
        most: The largest number of columns.
        zone: The time zone of the clock; None means this machine's.
    """
    moments = _without_wait(evidence.series())
    per = max(1, -(-len(moments) // most))
    by_release = any(moment.by_release for moment in moments)
    columns = tuple(
        _column(moments[i : i + per], names, by_release=by_release)
        for i in range(0, len(moments), per)
    )
    labels = tuple(dict.fromkeys(label for column in columns for label in column.by_label))
    return Timeline(
        columns=columns,
        labels=labels,
        markers=tuple(sorted(markers, key=lambda marker: marker.at)),
        start=moments[0].at if moments else 0,
        per_column=per,
        zone=zone,
    )


def _without_wait(moments: Sequence[Moment]) -> Sequence[Moment]:
    """Slow answers that were awaited after the last request count in the last second.

    As columns of their own they would look like an outage. Failures are never moved.
    """
    told = [i for i, moment in enumerate(moments) if moment.sending or moment.failed]
    if not told:
        return moments
    last, late = moments[told[-1]], moments[told[-1] + 1 :]
    full = replace(
        last,
        sent=last.sent + sum(moment.sent for moment in late),
        by_slot=_added(moment.by_slot for moment in (last, *late)),
        by_release=_added(moment.by_release for moment in (last, *late)),
    )
    return (*moments[: told[-1]], full)


def _added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)


def _column(moments: Sequence[Moment], names: Mapping[str, str], *, by_release: bool) -> Column:
    by_label: Counter[str] = Counter()
    for moment in moments:
        answers = moment.by_release if by_release else moment.by_slot
        for key, count in answers.items():
            by_label[names.get(key, key)] += count
        rest = moment.sent - moment.failed - sum(answers.values())
        if rest > 0:
            by_label[UNNAMED] += rest
    p99s = [moment.p99_ms for moment in moments if moment.p99_ms is not None]
    return Column(
        at=moments[0].at,
        seconds=len(moments),
        sent=sum(moment.sent for moment in moments),
        failed=sum(moment.failed for moment in moments),
        by_label=dict(by_label),
        p99_ms=max(p99s, default=None),
    )
