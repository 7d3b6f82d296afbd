"""Folders of this checkout, and what is generated for them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.repository import Repository
from hitless.documents.yaml_tree import parse
from hitless.fix.generate.all import everything

if TYPE_CHECKING:
    from hitless.documents.yaml_tree import Node

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests/golden/generate"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
TREE = "tree"
EXPECTED = "expected.yaml"  # what the rules' tests know about a fixture; no part of it


def given(case: str) -> dict[str, str]:
    """The folder that a case is about: path to text, without what was made for it."""
    told = _told(case)
    without = (*told.texts("without"), *told.texts("in_place"))
    return folder(ROOT / told.say("from"), without)


def home(case: str) -> Path:
    """Where what is made for a case lies: beside it, or in the folder that it is about."""
    told = _told(case)
    return ROOT / told.say("from") if told.texts("in_place") else GOLDEN / case / TREE


def accepted(case: str) -> dict[str, str]:
    """What was made for a case when somebody last read it: path to text."""
    root = home(case)
    places = [root / one for one in _told(case).texts("in_place")] or [root]
    found = [path for place in places for path in (place, *place.rglob("*")) if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


def renewed(case: str) -> None:
    """Put what is made today in the place of what was accepted."""
    for path in accepted(case):
        (home(case) / path).unlink()
    written(made(case), home(case))


def _told(case: str) -> Node:
    return parse((GOLDEN / case / "case.yaml").read_text(), "case.yaml")


def folder(root: Path, without: tuple[str, ...] = ()) -> dict[str, str]:
    """What git knows of a folder, text files only."""
    listed = subprocess.run(
        ("git", "ls-files"), cwd=root, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    wanted = [path for path in listed if not path.startswith(without) and path != EXPECTED]
    found = {path: (root / path).read_bytes() for path in wanted}
    return {path: data.decode() for path, data in found.items() if b"\0" not in data}


def repository(texts: dict[str, str], name: str = "") -> Repository:
    """As an audit sees it; the folder's name is for what is called after it."""
    return Repository(MemoryFiles(texts), name)


def made(case: str) -> dict[str, str]:
    """What all generators make for a case."""
    return everything(repository(given(case), case))


def workflows(case: str) -> dict[str, str]:
    """Those of them that GitHub runs."""
    return {p: t for p, t in made(case).items() if p.startswith(".github/workflows/")}


def written(texts: dict[str, str], root: Path) -> Path:
    """The same as real files."""
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root
