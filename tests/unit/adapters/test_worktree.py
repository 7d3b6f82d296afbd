"""An earlier revision is checked out beside the files of today, and leaves no trace in git."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.worktree import GitWorktrees
from hitless.domain.errors import CommandFailed, HitlessError, ToolMissing, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def git(root: Path, *words: str) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    command = ("git", "-C", str(root), *names, *words)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two revisions of a file in a folder of the repository; today's is not committed."""
    folder = tmp_path / "repository" / "shop"
    folder.mkdir(parents=True)
    git(folder.parent, "init", "-q")
    for text in ("one", "two"):
        (folder / "file").write_text(text)
        git(folder, "add", "file")
        git(folder, "commit", "-q", "-m", text)
        git(folder, "tag", text)
    (folder / "file").write_text("today")
    return folder


def test_the_files_of_a_revision_lie_in_the_same_folder(repository: Path, tmp_path: Path) -> None:
    place = GitWorktrees().add(repository, "one", tmp_path / "there")
    assert place == tmp_path / "there" / "shop"
    assert (place / "file").read_text() == "one"
    assert (repository / "file").read_text() == "today"
    assert git(place, "describe", "--tags").strip() == "one"


def test_nothing_of_it_is_left_in_git(repository: Path, tmp_path: Path) -> None:
    before = git(repository, "worktree", "list")
    GitWorktrees().add(repository, "HEAD~1", tmp_path / "there")
    GitWorktrees().remove(repository, tmp_path / "there")
    assert not (tmp_path / "there").exists()
    assert git(repository, "worktree", "list") == before
    GitWorktrees().remove(repository, tmp_path / "there")


def test_what_a_killed_checkout_left_is_removed_and_other_worktrees_stay(
    repository: Path, tmp_path: Path
) -> None:
    """git locks one while it makes it; and a disk with another one may be away just now."""
    git(repository, "worktree", "add", "--detach", str(tmp_path / "users"), "one")
    (tmp_path / "users").rename(tmp_path / "away")
    GitWorktrees().add(repository, "one", tmp_path / "there")
    git(repository, "worktree", "lock", str(tmp_path / "there"))
    GitWorktrees().remove(repository, tmp_path / "there")
    listed = git(repository, "worktree", "list")
    assert str(tmp_path / "there") not in listed
    assert str(tmp_path / "users") in listed


def test_without_git_the_files_go_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (tmp_path / "there").mkdir()
    with pytest.raises(ToolMissing, match="'git' is not installed"):
        GitWorktrees().add(tmp_path, "one", tmp_path / "there")
    GitWorktrees().remove(tmp_path, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_one_whose_directory_was_lost_is_no_obstacle(repository: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    GitWorktrees().add(repository, "one", there)
    there.rename(tmp_path / "lost")
    assert (GitWorktrees().add(repository, "two", there) / "file").read_text() == "two"


@pytest.mark.parametrize("revision", ["absent", "", "--help", "-f", "one two", "HEAD:shop/file"])
def test_what_is_no_revision_is_refused(repository: Path, tmp_path: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="has no revision"):
        GitWorktrees().add(repository, revision, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_a_name_that_cannot_be_passed_on_is_refused(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(HitlessError):
        GitWorktrees().add(repository, "one\0two", tmp_path / "there")


def test_outside_a_repository_that_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is in no git repository"):
        GitWorktrees().add(tmp_path, "one", tmp_path / "there")


def test_a_place_that_is_taken_is_told_with_what_git_says(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").touch()
    with pytest.raises(CommandFailed) as caught:
        GitWorktrees().add(repository, "one", tmp_path / "there")
    assert "already exists" in caught.value.details[-1]


def test_hooks_of_the_repository_do_not_run(repository: Path, tmp_path: Path) -> None:
    hook = repository.parent / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    GitWorktrees().add(repository, "one", tmp_path / "there")
    assert not (tmp_path / "ran").exists()
