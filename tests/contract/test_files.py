"""What the audit expects of the files of a repository, and of other scanners."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.adapters.memory.scanners import MemoryScanners
from hitless.adapters.repository_files import CommitFiles, DirectoryFiles
from hitless.adapters.scanners import PathScanners
from hitless.domain.container import Output

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.ports import Files, Scanners

TEXTS = {"compose.yml": "services: {}\n", "a/b c/é.txt": "x" * 100, "a/empty": ""}


def git(root: Path, *arguments: str) -> None:
    names = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(("git", "-C", str(root), *names, *arguments), check=True, capture_output=True)


@pytest.fixture(params=["memory", "directory", "git", "commit"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    if request.param == "memory":
        return MemoryFiles(TEXTS)
    for name, text in TEXTS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    if request.param != "directory":
        git(tmp_path, "init")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--message", "all")
    if request.param == "commit":
        (tmp_path / "compose.yml").write_text("changed since")
        return CommitFiles(tmp_path, "HEAD")
    return DirectoryFiles(tmp_path)


def test_every_file_is_listed_once_and_in_order(files: Files) -> None:
    assert files.paths() == tuple(sorted(TEXTS))


def test_a_file_is_read_up_to_a_limit(files: Files) -> None:
    assert files.read("compose.yml", 1000) == b"services: {}\n"
    assert files.read("a/b c/é.txt", 7) == b"x" * 7
    assert files.read("a/empty", 10) == b""


@pytest.mark.parametrize("in_git", [True, False])
def test_the_state_of_hitless_is_no_part_of_the_repository(tmp_path: Path, *, in_git: bool) -> None:
    if in_git:
        git(tmp_path, "init")
    state = (".hitless/edge/config/nginx.conf", ".hitless-staging/edge/key")
    for name in ("compose.yml", *state):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert DirectoryFiles(tmp_path).paths() == ("compose.yml",)


def test_state_that_somebody_committed_is_still_no_part_of_it(tmp_path: Path) -> None:
    git(tmp_path, "init")
    state = (".hitless/edge/key", "shop/.hitless/a.conf", "shop/.hitless-staging/a.conf")
    for name in ("compose.yml", "a.hitless/b", *state):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message", "all")
    for files in (DirectoryFiles(tmp_path), CommitFiles(tmp_path, "HEAD")):
        assert files.paths() == ("a.hitless/b", "compose.yml")


def test_a_missing_file_is_empty(files: Files) -> None:
    assert files.read("gone", 10) == b""


def test_what_git_ignores_is_left_out_and_what_is_new_is_not(tmp_path: Path) -> None:
    git(tmp_path, "init")
    for name in (".gitignore", "new.txt", "secret.env", "gone.txt"):
        (tmp_path / name).write_text("*.env\n")
    git(tmp_path, "add", "gone.txt")
    (tmp_path / "gone.txt").unlink()
    assert DirectoryFiles(tmp_path).paths() == (".gitignore", "new.txt")


def test_without_git_folders_that_tools_make_are_left_out(tmp_path: Path) -> None:
    for name in ("node_modules/x.js", ".venv/y.py", "src/z.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert DirectoryFiles(tmp_path).paths() == ("src/z.py",)


@pytest.fixture(params=["memory", "path"])
def scanners(request: pytest.FixtureRequest, tmp_path: Path) -> Scanners:
    if request.param == "memory":
        return MemoryScanners({sys.executable: Output(3, "found\n")})
    return PathScanners(tmp_path)


def test_a_scanner_is_heard_when_it_ends(scanners: Scanners) -> None:
    code = "import sys; print('found'); print('noise', file=sys.stderr); sys.exit(3)"
    assert scanners.has(sys.executable)
    assert scanners.begin((sys.executable, "-c", code))(30.0) == Output(3, "found\n")


def test_a_scanner_that_does_not_end_is_ended(tmp_path: Path) -> None:
    wait = PathScanners(tmp_path).begin((sys.executable, "-c", "import time; time.sleep(600)"))
    assert wait(0.1) is None


def test_a_scanner_that_is_not_there_is_not_there(scanners: Scanners) -> None:
    assert not scanners.has("no-such-scanner")
