"""The page of faults names tests; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/faults.md").read_text()
TESTS = sorted(set(re.findall(r"`([\w./-]+\.py)::(\w+)`", PAGE)))
PROGRAMS = sorted(set(re.findall(r"`(benchmarks/\w+\.py)`", PAGE)))
BAD = sorted((ROOT / "stacks/task-tracker/releases").glob("v*-bad-*"))


def test_the_page_names_tests() -> None:
    assert len(TESTS) > 40


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text()


@pytest.mark.parametrize("path", PROGRAMS)
def test_a_benchmark_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("number", range(1, 29))
def test_every_fault_of_the_list_has_a_row(number: int) -> None:
    assert re.search(rf"^\| [F\d, ]*\bF{number}\b", PAGE, re.MULTILINE)


@pytest.mark.parametrize("release", [path.name.removeprefix("v1.4.0-") for path in BAD])
def test_every_bad_release_is_told(release: str) -> None:
    assert f"| `{release}` |" in PAGE
