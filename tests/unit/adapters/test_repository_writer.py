"""Files of a repository are written all or none, and never outside of it."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from hitless.adapters.repository_writer import DirectoryTree
from hitless.domain.errors import NotWritten


def everything(root: Path) -> dict[str, bytes]:
    return {
        one.relative_to(root).as_posix(): one.read_bytes()
        for one in root.rglob("*")
        if one.is_file()
    }


def test_files_change_and_new_ones_come_with_their_folders(tmp_path: Path) -> None:
    (tmp_path / "run.sh").write_bytes(b"a\r\n")
    (tmp_path / "run.sh").chmod(0o750)
    changes = {"run.sh": ("a\r\n", "b\r\n"), "docs/new/page.md": (None, "é\n")}
    DirectoryTree(tmp_path).write(changes)
    assert everything(tmp_path) == {"run.sh": b"b\r\n", "docs/new/page.md": "é\n".encode()}
    assert stat.S_IMODE((tmp_path / "run.sh").stat().st_mode) == 0o750


def test_an_error_half_way_leaves_every_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    (tmp_path / "c").write_text("1")
    before = everything(tmp_path)
    real = Path.replace

    def fails_for_b(self: Path, target: Path) -> Path:
        if target.name == "b":
            raise OSError(28, "No space left on device", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", fails_for_b)
    changes = {"a": ("1", "2"), "new/x": (None, "2"), "b": ("1", "2"), "c": ("1", "2")}
    with pytest.raises(NotWritten, match="No space left"):
        DirectoryTree(tmp_path).write(changes)
    assert everything(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_an_interrupt_half_way_leaves_every_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    real = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        done = real(self, target)
        if target.name == "b" and target.read_text() == "2":
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        DirectoryTree(tmp_path).write({"a": ("1", "2"), "b": ("1", "2")})
    assert everything(tmp_path) == {"a": b"1", "b": b"1"}


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("theirs")
    for before in ("mine", None):
        with pytest.raises(NotWritten, match="changed by somebody else"):
            DirectoryTree(tmp_path).write({"a": (before, "new")})
    with pytest.raises(NotWritten):
        DirectoryTree(tmp_path).write({"gone": ("old", "new")})
    assert everything(tmp_path) == {"a": b"theirs"}


@pytest.mark.parametrize("path", ["../out", "link/out", "file"])
def test_nothing_outside_of_the_repository_is_written(tmp_path: Path, path: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("1")
    (root / "link").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    with pytest.raises(NotWritten, match="outside of the repository"):
        DirectoryTree(root).write({path: ("1" if path == "file" else None, "2")})
    assert everything(outside) == {"secret": b"1"}


def test_a_link_within_the_repository_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("1")
    (tmp_path / "link").symlink_to("real")
    DirectoryTree(tmp_path).write({"link": ("1", "2")})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "2"


def test_git_tells_what_is_not_committed(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    assert tree.dirty() is None
    subprocess.run(("git", "init", "-q", os.fspath(tmp_path)), check=True)
    assert tree.dirty() == ()
    (tmp_path / "new file").write_text("")
    assert tree.dirty() == ("new file",)
