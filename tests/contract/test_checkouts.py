"""What a rehearsal expects of the files of an earlier revision."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.checkouts import MemoryCheckouts
from hitless.adapters.worktree import GitWorktrees
from hitless.domain.errors import CommandFailed, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.ports import Checkouts

REVISIONS = {"one": {"file": "one"}, "two": {"file": "two"}}


@pytest.fixture
def today(tmp_path: Path) -> Path:
    """Where the files of today lie."""
    (tmp_path / "today").mkdir()
    return tmp_path / "today"


@pytest.fixture(params=["memory", "git"])
def checkouts(request: pytest.FixtureRequest, today: Path) -> Checkouts:
    if request.param == "git":
        git(today, "init", "-q")
        for revision, files in REVISIONS.items():
            (today / "file").write_text(files["file"])
            git(today, "add", "file")
            git(today, "commit", "-q", "-m", revision)
            git(today, "tag", revision)
    (today / "file").write_text("today")
    return GitWorktrees() if request.param == "git" else MemoryCheckouts(REVISIONS)


def git(root: Path, *words: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(("git", "-C", str(root), *names, *words), check=True, capture_output=True)


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_files_of_a_revision_lie_beside_those_of_today(
    checkouts: Checkouts, today: Path, tmp_path: Path, revision: str
) -> None:
    place = checkouts.add(today, revision, tmp_path / "there")
    assert (place / "file").read_text() == revision
    assert (today / "file").read_text() == "today"


def test_they_are_removed_again_also_half_of_them(
    checkouts: Checkouts, today: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    (checkouts.add(today, "one", there) / "file").unlink()
    checkouts.remove(today, there)
    assert not there.exists()
    checkouts.remove(today, there)
    assert checkouts.add(today, "two", there).exists()


def test_a_revision_that_is_not_there_makes_nothing(
    checkouts: Checkouts, today: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no revision 'three'"):
        checkouts.add(today, "three", tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_a_place_that_is_taken_is_left_alone(
    checkouts: Checkouts, today: Path, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("mine")
    with pytest.raises(CommandFailed):
        checkouts.add(today, "one", tmp_path / "there")
    assert (tmp_path / "there" / "mine").read_text() == "mine"
