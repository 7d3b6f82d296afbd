"""What the pages tell a reader to do is done, and must print what the pages say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.reference.files import FILES
from tools.samples import FILE, TUTORIAL, shape, take
from tools.walk import Astray, File, agrees, read, run, walk, write

if TYPE_CHECKING:
    from .conftest import Project

ROOT = Path(__file__).parents[2]
HOWTO = ROOT / "docs/howto"
RENEW = 'renew the samples with "python -m tools.samples", then "make gen"'


@pytest.mark.docker
def test_the_tutorial_does_what_it_says_and_json_has_the_shapes_told(project: Project) -> None:
    recorded = json.loads(FILE.read_text())
    printed = take(project.directory, project.instead)
    for name, documents in printed.items():
        assert shape(documents) == shape(recorded[name]), f"{name}: {RENEW}"
    assert printed.keys() == recorded.keys(), RENEW
    assert _undocumented(project.directory / ".hitless") == []


@pytest.mark.docker
def test_the_tour_in_the_readme_does_what_it_says(project: Project) -> None:
    _write_the_tutorials_files(project)
    (project.directory / "hitless.yaml").unlink()  # which the tour has written
    walk((ROOT / "README.md").read_text(), project.directory, project.instead)


@pytest.mark.docker
def test_the_guides_on_nginx_and_recovery_do_what_they_say(project: Project) -> None:
    _write_the_tutorials_files(project)
    run("hitless deploy 1.0", project.directory)
    walk((HOWTO / "nginx.md").read_text(), project.directory, project.instead)
    walk((HOWTO / "recover.md").read_text(), project.directory, project.instead)
    assert _undocumented(project.directory / ".hitless") == []


def _write_the_tutorials_files(project: Project) -> None:
    for doing in read(TUTORIAL.read_text()):
        if isinstance(doing, File):
            write(doing, project.directory, project.instead)


def _undocumented(home: Path) -> list[str]:
    """Files that the reference does not tell."""
    known = [
        path.replace("ID", "*").replace("COLOUR", "*").replace("DEPLOY", "*") for path, _ in FILES
    ]
    found = [path.relative_to(home) for path in home.rglob("*") if path.is_file()]
    assert found
    return [str(path) for path in found if not any(path.match(one) for one in known)]


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
    with pytest.raises(Astray, match="ended with 1"):
        walk("```console\n$ false\n```\n", tmp_path, {})
