"""What the pages tell a reader to do is done, and must print what the pages say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.walk import Astray, agrees, walk

if TYPE_CHECKING:
    from .conftest import Project

ROOT = Path(__file__).parents[2]


@pytest.mark.docker
def test_the_tutorial_does_what_it_says(project: Project) -> None:
    walk(ROOT / "docs/tutorial/index.md", project.directory, project.instead)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("128 requests sent, 0 failed", "9 requests sent, 0 failed"),
        ("2.0 (2fc64f34) serves", "2.0 (aaaaaaaa) serves"),
        ("one\ntwo\nthree\n", "one\n...\nthree"),
        ("three\n", "...\nthree"),
    ],
)
def test_what_differs_from_run_to_run_agrees(printed: str, expected: str) -> None:
    assert agrees(printed, expected)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("128 requests sent, 0 failed", "128 requests sent, all answered"),
        ("one\ntwo\n", "one"),
        ("one\n", "one\ntwo"),
        ("", "one"),
    ],
)
def test_other_words_do_not_agree(printed: str, expected: str) -> None:
    assert not agrees(printed, expected)


def test_a_command_that_fails_ends_the_walk(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ false\n```\n")
    with pytest.raises(Astray, match="ended with 1"):
        walk(page, tmp_path, {})
