"""What a newcomer shall understand at once, as text and as a page."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from hitless.cli.render.chart import alphabet_for, chart, painted, plain
from hitless.cli.render.page import markers, run
from hitless.cli.render.report import Headline, Report, Tone, html, milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobs import JobsOutcome

    from hitless.cli.render.timeline import Marker
    from hitless.deploy.record import Record
    from hitless.domain.evidence import Evidence


@dataclass(frozen=True)
class Summary:
    """The numbers of one demonstration.

    Attributes:
        records: Deploys and rollbacks, oldest first.
        evidence: Of the prober that ran through all of them.
        rollback_seconds: Of the whole command, from its start to its exit.
    """

    records: Sequence[Record]
    evidence: Evidence
    jobs: JobsOutcome
    rollback_seconds: Sequence[float]

    @property
    def markers(self) -> tuple[Marker, ...]:
        """The cutovers that the prober saw; the first release came before it."""
        return markers([one for one in self.records if one.deploy.previous])

    @property
    def nothing_lost(self) -> bool:
        """The promise was kept."""
        return bool(self.evidence.sent) and not self.evidence.failed and self.jobs.all_once

    def text(self) -> str:
        """For the terminal."""
        lines = chart(
            self.evidence,
            width=min(100, shutil.get_terminal_size().columns),
            names=self._names(),
            markers=self.markers,
            alphabet=alphabet_for(sys.stdout.encoding),
        )
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        picture = painted(lines, click.style) if colour else plain(lines)
        rows = [f"  {h.label:<24} {h.value:>10}   {h.note}" for h in self._headlines()]
        return "\n".join(("", picture, "", *rows, *self._lost()))

    def page(self) -> str:
        """For a browser."""
        lost = "Nothing was lost." if self.nothing_lost else "Something was lost."
        return html(
            Report(
                title="Task Tracker: forward, back, and forward again",
                summary=f"{self._story()} {lost}",
                headlines=self._headlines(),
                evidence=self.evidence,
                names=self._names(),
                created=time.time(),
                markers=self.markers,
                runs=tuple(run(one) for one in self.records),
                facts=(
                    ("Machine", f"{os.cpu_count()} processors, {platform.system()}"),
                    ("Clients", "new and kept connections, long requests, writes, WebSockets"),
                ),
            )
        )

    def _lost(self) -> list[str]:
        """Why requests failed, and when they did so first, the most frequent reason on top."""
        when: dict[str, list[float]] = {}
        for one in self.evidence.failures:
            when.setdefault(f"{one.kind.value}: {one.reason}", []).append(one.at)
        return [
            f"  lost {len(found):,}: {reason}, first at {_clock(min(found))}"
            for reason, found in sorted(when.items(), key=lambda item: -len(item[1]))
        ]

    def _story(self) -> str:
        return ", then ".join(f"{one.deploy.kind.value} {one.title}" for one in self.records) + "."

    def _headlines(self) -> tuple[Headline, ...]:
        seen, jobs = self.evidence, self.jobs
        deploys = [one for one in self.records if not one.is_rollback and one.deploy.previous]
        return (
            Headline(
                f"{seen.failed:,}",
                "failed requests",
                f"of {seen.sent:,} sent, by clients of five kinds",
                Tone.BAD if seen.failed else Tone.GOOD,
            ),
            Headline(
                milliseconds(max(one.confirmed_ms or 0.0 for one in deploys)),
                "cutover",
                "until 20 fresh answers came from the new release, the slower one",
            ),
            Headline(
                milliseconds(1000 * max(self.rollback_seconds)),
                "rollback",
                "the whole command, from its start to its exit",
            ),
            Headline(
                f"{jobs.found:,}",
                "numbered jobs done",
                f"of {jobs.posted:,} posted; all {jobs.messages:,} messages processed once"
                if jobs.all_once
                else f"of {jobs.posted:,} posted; {jobs.effects:,} effects of {jobs.messages:,}",
                Tone.GOOD if jobs.all_once else Tone.BAD,
            ),
            Headline(milliseconds(seen.p99_ms), "p99", "over the whole run"),
        )

    def _names(self) -> dict[str, str]:
        return {key: name for one in self.records for key, name in one.names.items()}


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at))
