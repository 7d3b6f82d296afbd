"""The terminal chart says everything without colours, at any width."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitless.cli.render.chart import ASCII, UNICODE, alphabet_for, chart, painted, plain
from hitless.cli.render.timeline import Marker
from hitless.domain.evidence import Evidence
from tests.unit.render.conftest import NEW, OLD, START, deployed

if TYPE_CHECKING:
    from tests.unit.render.conftest import Deployed

NAMES = {OLD: "v1.2.0", NEW: "v1.3.0"}


def drawn(evidence: Evidence, width: int = 80, **options: object) -> list[str]:
    return plain(chart(evidence, width=width, names=NAMES, zone=UTC, **options)).splitlines()  # type: ignore[arg-type]


def row(lines: list[str], name: str) -> str:
    return next(line for line in lines if line.split()[0] == name)


def test_a_release_fills_its_own_time_and_nothing_else(evidence: Deployed) -> None:
    lines = drawn(evidence(), width=41)
    assert row(lines, "v1.2.0").split() == ["v1.2.0", "█" * 10, "100"]
    assert row(lines, "v1.3.0").split() == ["v1.3.0", "█" * 10, "100"]
    assert row(lines, "v1.3.0").startswith("v1.3.0" + " " * 11 + "█")


def test_failures_have_a_row_and_a_sign_of_their_own(evidence: Deployed) -> None:
    lines = drawn(evidence(broken=3), width=41)
    assert row(lines, "failed").split() == ["failed", "·" * 11 + "✗" + "·" * 8, "3"]
    assert "✗" not in row(drawn(evidence()), "failed")


def test_one_failure_among_many_seconds_is_never_averaged_away(evidence: Deployed) -> None:
    lines = drawn(evidence(seconds=2000, switch=1000, broken=1), width=60)
    assert row(lines, "failed").count("✗") == 1
    almost_full = row(lines, "v1.3.0")
    assert "▇" in almost_full


def test_a_short_deploy_is_drawn_wide_enough_to_read(evidence: Deployed) -> None:
    lines = drawn(evidence(seconds=6, switch=3), width=80)
    assert row(lines, "v1.2.0").count("█") == 12
    assert "4 col = 1 s" in "\n".join(lines)


def test_markers_stand_at_their_time_and_are_explained(evidence: Deployed) -> None:
    markers = [Marker(START + 15, "rollback to v1.2.0"), Marker(START + 10.4, "cutover to v1.3.0")]
    lines = drawn(evidence(), width=41, markers=markers)
    (letters,) = (line for line in lines if line.split() == ["a", "b"])
    assert letters.index("a") == row(lines, "v1.3.0").index("█")
    assert letters.index("b") == letters.index("a") + 5
    assert "a  18:53:30  cutover to v1.3.0" in lines[-2]
    assert "b  18:53:35  rollback to v1.2.0" in lines[-1]


def test_without_release_headers_the_slots_are_shown(evidence: Deployed) -> None:
    lines = drawn(evidence(named=False))
    assert row(lines, "blue")
    assert row(lines, "green")


def test_nothing_sent_is_said_and_not_drawn() -> None:
    assert drawn(Evidence()) == ["no requests were sent"]


@given(st.integers(36, 300), st.integers(1, 400))
def test_no_line_is_wider_than_the_terminal(width: int, seconds: int) -> None:
    markers = [Marker(START + 1, "a marker with many words " * 20)]
    lines = drawn(deployed(seconds, seconds // 2), width=width, markers=markers)
    assert max(map(len, lines)) <= width


def test_a_terminal_without_blocks_gets_ascii(evidence: Deployed) -> None:
    text = "\n".join(drawn(evidence(broken=1), alphabet=alphabet_for("ascii")))
    assert text.isascii()
    assert "X" in row(text.splitlines(), "failed")


@pytest.mark.parametrize(
    ("encoding", "alphabet"),
    [("utf-8", UNICODE), ("ascii", ASCII), ("latin-1", ASCII), (None, ASCII), ("nonsense", ASCII)],
)
def test_the_alphabet_suits_the_encoding(encoding: str | None, alphabet: object) -> None:
    assert alphabet_for(encoding) is alphabet


def test_colours_add_nothing_but_colours(evidence: Deployed) -> None:
    lines = chart(evidence(broken=1), width=80, names=NAMES, markers=[Marker(START, "x")])
    text = painted(lines, click.style)
    assert "\x1b[" in text
    bare = "\n".join(line.rstrip() for line in click.unstyle(text).splitlines())
    assert bare == plain(lines)


def test_a_chart_in_the_terminal_loads_no_template_engine() -> None:
    code = "import sys, hitless.cli.render.chart; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"jinja2", "rich", "xml.etree", "pydantic"} & set(ended.stdout.split())
