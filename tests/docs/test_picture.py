"""The picture in the README stands alone, and shows what a terminal showed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tools.picture import PICTURE, drawn, in_terminal

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def test_a_picture_shows_the_words_and_colours_of_a_terminal_and_asks_no_other_host(
    tmp_path: Path,
) -> None:
    words = "import sys, click; click.secho(f'on a terminal: {sys.stdout.isatty()}', fg='green')"
    picture = drawn(in_terminal(f'python -c "{words}"', tmp_path))
    assert "on a terminal: True" in _words(picture)
    assert "#98a84b" in picture  # what rich's palette makes of the terminal's green
    assert _hosts(picture) == {"www.w3.org"}


def test_a_command_that_fails_makes_no_picture(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        in_terminal("false", tmp_path)


def test_the_picture_in_the_readme_is_of_a_run_that_lost_nothing() -> None:
    picture = PICTURE.read_text()
    assert f"]({PICTURE.relative_to(ROOT).as_posix()})" in (ROOT / "README.md").read_text()
    assert re.search(r"\b[1-9][\d,]* requests sent, 0 failed", _words(picture))
    assert "serves again" in _words(picture)
    assert _hosts(picture) == {"www.w3.org"}


def _words(picture: str) -> str:
    root = ET.fromstring(picture)  # noqa: S314  # our own file
    return "".join(text for one in root.iter(f"{SVG}text") for text in one.itertext()).replace(
        "\xa0", " "
    )


def _hosts(picture: str) -> set[str]:
    return set(re.findall(r"//([\w.]+)", picture))
