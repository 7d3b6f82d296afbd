"""Pages that can be walked: their files are written, their commands run.

A fenced block with a title is a file. A block of kind ``console`` holds commands after
``$`` and, below each, what it prints; a line ``...`` stands for any lines. Numbers, ids,
times and names of machines may differ, words may not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FENCE = re.compile(
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)
SECONDS = 300.0
ANY = "..."
VOLATILE = (
    (re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{8}\b|\b[a-f]{8}\b"), "ID"),
    (re.compile(r"\S+@\S+"), "SOMEBODY"),
    (re.compile(r"\d[\d.,:+~a-z-]*"), "N"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file that the reader writes."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command that the reader runs, and what the page says it prints."""

    line: str
    printed: tuple[str, ...]


class Astray(AssertionError):
    """The page and the program no longer agree."""


def read(page: str) -> Iterator[File | Command]:
    """What a reader of the page does, in order."""
    for block in FENCE.finditer(page):
        if block["title"]:
            yield File(block["title"], block["text"])
        elif block["kind"] == "console":
            yield from _commands(block["text"])


def walk(page: str, directory: Path, instead: Mapping[str, str]) -> None:
    """Do what a page says, in a directory.

    Args:
        page: The text of a Markdown file, or a part of it.
        directory: Where files are written and commands run.
        instead: Texts of the page and what stands for them in this run, such as a port.

    Raises:
        Astray: when a command fails or prints something else.
    """
    for doing in read(page):
        if isinstance(doing, File):
            write(doing, directory, instead)
        else:
            _check(doing, run(_exchanged(doing.line, instead), directory), instead)


def write(file: File, directory: Path, instead: Mapping[str, str]) -> None:
    """Make a file as the page shows it."""
    (directory / file.name).write_text(_exchanged(file.text, instead))


def run(line: str, directory: Path) -> str:
    """What a command prints, errors included.

    Raises:
        Astray: when it fails.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ("bash", "-c", line),
        cwd=directory,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise Astray(f"{line!r} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def agrees(printed: str, expected: str) -> bool:
    """The same but for what differs from run to run."""
    wanted = [_plain(line) for line in expected.strip().splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == ANY else re.escape(line) + r"\n" for line in wanted)
    found = "".join(f"{_plain(line)}\n" for line in printed.strip().splitlines())
    return re.fullmatch(pattern, found) is not None


def _check(command: Command, printed: str, instead: Mapping[str, str]) -> None:
    expected = _exchanged("\n".join(command.printed), instead)
    if command.printed and not agrees(printed, expected):
        raise Astray(f"{command.line!r} was to print\n{expected}\nbut printed\n{printed}")


def _commands(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, *printed = part.rstrip().splitlines()
        yield Command(line, tuple(printed))


def _exchanged(text: str, instead: Mapping[str, str]) -> str:
    for one, other in instead.items():
        text = text.replace(one, other)
    return text


def _plain(line: str) -> str:
    for pattern, word in VOLATILE:
        line = pattern.sub(word, line)
    return line.strip()
