"""Releases as patches: they apply, they say who they are, they can be edited."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import BASE, ROOT, Api, Stack

SCRIPT = ROOT / "releases" / "materialise.py"
LATER = sorted(folder.name for folder in SCRIPT.parent.glob("v*"))


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def patches(folder: Path) -> dict[str, str]:
    """Return every patch's text."""
    found = folder.glob("v*/*.patch")
    return {f"{path.parent.name}/{path.name}": path.read_text() for path in found}


@pytest.mark.parametrize("release", [BASE, *LATER])
def test_a_release_is_a_complete_tree_of_its_version(tmp_path: Path, release: str) -> None:
    done = run(release, tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "VERSION").read_text().strip() == release.removeprefix("v")
    assert (tmp_path / "compose.yml").is_file()
    assert (tmp_path / "dashboard" / "package-lock.json").is_file()
    assert not {"tests", "releases", "demo"} & {entry.name for entry in tmp_path.iterdir()}
    assert not list(tmp_path.rglob("node_modules"))


def test_a_release_replaces_another_and_keeps_the_repository_around_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for release in (LATER[-1], BASE):
        assert run(release, tmp_path).returncode == 0
    assert not list(tmp_path.glob("api/migrations/versions/0002*"))
    assert (tmp_path / ".git").is_dir()


def test_saving_an_unchanged_tree_changes_no_patch(tmp_path: Path) -> None:
    script = runpy.run_path(str(SCRIPT))
    saved = tmp_path / "saved"
    saved.mkdir()
    for release in LATER:
        script["materialise"](release, tmp_path / release)
        script["save"](release, tmp_path / release, saved)
    assert patches(saved) == patches(SCRIPT.parent)


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    done = run(BASE, tmp_path)
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_release_is_a_clear_error(tmp_path: Path) -> None:
    done = run("v9.9.9", tmp_path)
    assert done.returncode == 1
    assert f"no release v9.9.9; there are: {BASE}" in done.stderr


def test_the_schema_is_the_one_asked_for(api: Api, stack: Stack, schema: str) -> None:
    revision = {"v1.2.0": "0001", "v1.3.0": "0002"}[schema]
    assert api.ready()[1]["checks"]["schema"] == {"ok": True, "detail": revision}
    assert stack.sql("SELECT version_num FROM alembic_version") == revision
