"""The page is complete, needs nothing but itself, and escapes whatever it is given."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from hitless.cli.render.report import (
    Gate,
    Headline,
    Report,
    Run,
    Step,
    Tone,
    html,
    kind_rows,
    milliseconds,
)
from hitless.cli.render.timeline import Marker
from hitless.domain.evidence import Evidence, bucket, bucket_ms
from tests.unit.render.conftest import NEW, OLD, START, deployed

if TYPE_CHECKING:
    from tests.unit.render.conftest import Deployed

EVIL = "<img src=x onerror=alert(1)>\"'"


def report(evidence: Evidence) -> Report:
    return Report(
        title="Task Tracker: v1.2.0 to v1.3.0",
        summary="Upgraded under load.",
        headlines=(
            Headline("0", "failed of 200 requests", "50 a second", Tone.GOOD),
            Headline("41 ms", "cutover"),
        ),
        evidence=evidence,
        names={OLD: "v1.2.0", NEW: "v1.3.0"},
        created=START + 60,
        markers=(Marker(START + 10, "cutover to v1.3.0"),),
        runs=(
            Run(
                id="d-0001",
                title="v1.2.0 → v1.3.0",
                kind="deploy",
                outcome="live",
                good=True,
                started=START + 5,
                seconds=8.0,
                switch_ms=41.2,
                sent=80,
                failed=0,
                steps=(Step("start", 0, 4.0), Step("cutover", 4.0, 0.04, "undone", "20 answers")),
            ),
        ),
        facts=(("Machine", "Debian 12, 2 cores"),),
    )


def page(evidence: Evidence) -> str:
    return html(report(evidence), zone=UTC)


class Elements(HTMLParser):
    """The names of a page's elements and all their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_results_picture_runs_and_how_it_was_measured(evidence: Deployed) -> None:
    text = page(evidence())
    for part in (
        "Task Tracker: v1.2.0 to v1.3.0",
        "failed of 200 requests",
        "cutover to v1.3.0",
        "v1.2.0 → v1.3.0",
        "a new connection for each request",
        "Debian 12, 2 cores",
        "2026-11-23 18:54 UTC",
    ):
        assert part in text
    assert text.count("<svg") == 2


def test_every_column_of_the_chart_is_a_row_of_the_table(evidence: Deployed) -> None:
    rows = re.findall(r"<tr><td>(18:53:\d\d)</td><td>10</td>", page(evidence()))
    assert len(rows) == 20


def test_the_page_needs_nothing_but_itself(evidence: Deployed) -> None:
    elements = Elements(page(evidence(broken=2)))
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(elements.tags)
    assert not {"src", "href", "xlink:href"} & {name for name, _ in elements.attributes}
    addresses = set(re.findall(r"https?://[^\"'\s<]+", page(evidence())))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"url\(([^)]*)\)", page(evidence()))) <= {"#hatch960", "#hatch400"}


def test_every_element_is_closed(evidence: Deployed) -> None:
    assert Elements(page(evidence(broken=2))).open == []


def test_whatever_it_is_given_stays_text(evidence: Deployed) -> None:
    given = report(evidence(broken=1))
    evil = replace(
        given,
        title=EVIL,
        summary=EVIL,
        headlines=(Headline(EVIL, EVIL, EVIL), Headline(EVIL, EVIL, EVIL)),
        names={OLD: EVIL, NEW: EVIL},
        markers=(Marker(START, EVIL),),
        runs=(
            replace(
                given.runs[0],
                id=EVIL,
                title=EVIL,
                kind=EVIL,
                outcome=EVIL,
                reason=EVIL,
                steps=(Step(EVIL, 0, 1, EVIL, EVIL),),
            ),
        ),
        gates=(Gate(EVIL, passed=False, found=EVIL, limits=((EVIL, EVIL),)),),
        certified=((EVIL, EVIL),),
        facts=((EVIL, EVIL),),
    )
    elements = Elements(html(evil))
    assert "img" not in elements.tags
    assert not {"onerror", "src"} & {name for name, _ in elements.attributes}
    assert "/api/&lt;x&gt;" in html(evil)


def test_failures_are_told_with_who_answered(evidence: Deployed) -> None:
    text = page(evidence(broken=2))
    assert "What failed" in text
    assert "status 502" in text
    assert "green · v1.3.0" in text
    assert "What failed" not in page(evidence())


def test_a_page_that_cannot_show_all_failures_says_so(evidence: Deployed) -> None:
    many = evidence(seconds=200, switch=0, broken=9)
    few = Evidence(many.seconds, many.failures[:2])
    assert "The first 2 of 9 are shown." in page(few)


def test_a_late_prober_is_admitted(evidence: Deployed) -> None:
    late = Evidence(tuple(replace(second, late=1) for second in evidence().seconds))
    assert "20 requests began more than 0.1 s late" in page(late)
    assert "more than 0.1 s late" not in page(evidence())


def test_a_page_without_evidence_says_that_nothing_was_sent() -> None:
    bare = Report("x", "", (), Evidence(), {}, START)
    assert "no requests were sent" in html(bare)


def test_bars_stay_inside_their_track() -> None:
    given = report(deployed())
    odd = replace(given.runs[0], seconds=1.0, steps=(Step("a", 5, 9), Step("b", -1, 0.5)))
    text = html(replace(given, runs=(odd, replace(odd, seconds=0.0))))
    bars = re.findall(r"left:min\(([\d.]+)%,calc\(100% - 3px\)\);width:([\d.]+)%", text)
    assert len(bars) == 4
    assert all(float(left) + float(width) <= 100 for left, width in bars)


def test_only_kinds_that_were_sent_are_listed(evidence: Deployed) -> None:
    (row,) = kind_rows(evidence(broken=1))
    assert (row.name, row.sent, row.failed, row.p50) == (
        "new",
        200,
        1,
        milliseconds(bucket_ms(bucket(5))),
    )


@pytest.mark.parametrize(
    ("ms", "text"),
    [(None, "-"), (0.42, "0.4 ms"), (9.94, "9.9 ms"), (41.2, "41 ms"), (3021, "3.02 s")],
)
def test_durations_are_as_exact_as_a_reader_needs(ms: float | None, text: str) -> None:
    assert milliseconds(ms) == text
