"""The SVG shows what the evidence says, to everybody, and cannot be talked into more."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from hitless.cli.render.picture import NARROW, WIDE, picture
from hitless.cli.render.timeline import Marker
from hitless.domain.evidence import Evidence
from tests.unit.render.conftest import NEW, OLD, START

if TYPE_CHECKING:
    from tests.unit.render.conftest import Deployed

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {OLD: "v1.2.0", NEW: "v1.3.0"}


def drawn(evidence: Evidence, **options: object) -> ET.Element:
    text = picture(evidence, zone=UTC, **{"names": NAMES, **options})  # type: ignore[arg-type]
    return ET.fromstring(text)  # noqa: S314  # our own text


def texts(svg: ET.Element, kind: str) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text") if t.get("class") == kind]


def crosses(svg: ET.Element) -> int:
    return sum(1 for path in svg.iter(f"{SVG}path") if path.get("class") == "cross")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_releases_carry_their_names_and_differ_without_colour(
    evidence: Deployed, width: int
) -> None:
    svg = drawn(evidence(), width=width)
    assert texts(svg, "name") == ["v1.2.0", "v1.3.0"]
    fills = [path.get("fill") for path in svg.iter(f"{SVG}path") if path.get("fill")]
    assert fills == ["var(--r0)", "var(--r1)", f"url(#hatch{width})"]


def test_each_second_with_a_failure_has_a_cross_and_the_sum_is_told(evidence: Deployed) -> None:
    svg = drawn(evidence(broken=4))
    assert crosses(svg) == 1
    assert texts(svg, "count") == ["✗ 4 failed"]


def test_no_failure_is_told_as_loudly(evidence: Deployed) -> None:
    svg = drawn(evidence())
    assert crosses(svg) == 0
    assert "0 failed" in texts(svg, "head")


def test_the_picture_has_a_sentence_for_those_who_do_not_see_it(evidence: Deployed) -> None:
    svg = drawn(evidence(broken=1))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == (
        "200 requests over time, 1 failed; 100 answered by v1.2.0, 99 answered by v1.3.0"
    )


def test_labels_of_markers_never_lie_over_each_other(evidence: Deployed) -> None:
    markers = [Marker(START + at, "cutover to v1.3.0") for at in (10, 11, 12, 19)]
    svg = drawn(evidence(), markers=markers, width=NARROW)
    places = [
        (float(t.get("x", "")), t.get("y"))
        for t in svg.iter(f"{SVG}text")
        if t.get("class") == "event"
    ]
    assert len(places) == 4
    for i, (x, y) in enumerate(places):
        assert x + 17 * 6.4 <= NARROW
        assert all(abs(x - x2) > 17 * 6.4 for x2, y2 in places[i + 1 :] if y2 == y)


def test_a_marker_stands_where_its_moment_is(evidence: Deployed) -> None:
    svg = drawn(evidence(), markers=[Marker(START + 10, "cutover")])
    (line,) = (line for line in svg.iter(f"{SVG}line") if line.get("class") == "mark")
    half = 44 + (WIDE - 44 - 12) / 2
    assert float(line.get("x1", "")) == pytest.approx(half)


def test_a_silence_leaves_a_hole_in_the_latency(evidence: Deployed) -> None:
    svg = drawn(evidence(broken=10))
    (path,) = (path for path in svg.iter(f"{SVG}path") if path.get("class") == "p99")
    assert path.get("d", "").count("M") == 2


def test_names_and_labels_are_text_and_never_markup(evidence: Deployed) -> None:
    evil = "<script>alert(1)</script>"
    text = picture(evidence(), names={OLD: evil, NEW: '"&'}, markers=[Marker(START, evil)])
    assert "<script" not in text
    assert not list(ET.fromstring(text).iter(f"{SVG}script"))  # noqa: S314  # the same


def test_nothing_sent_is_said() -> None:
    assert "no requests were sent" in "".join(drawn(Evidence()).itertext())


def test_a_long_run_stays_a_small_picture(evidence: Deployed) -> None:
    assert len(picture(evidence(seconds=3600, switch=1800), names=NAMES)) < 250_000
