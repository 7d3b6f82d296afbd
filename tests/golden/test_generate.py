"""A repository in, new files out: the folders beside this file.

To accept a wanted change: ``HITLESS_GOLDEN=write pytest tests/golden`` and read the diff.
"""

from __future__ import annotations

import os
import shutil

import pytest

from testing.generated import CASES, GOLDEN, made, written

TREE = "tree"


@pytest.mark.parametrize("case", CASES)
def test_the_generated_files_are_the_ones_that_were_accepted(case: str) -> None:
    found, root = made(case), GOLDEN / case / TREE
    if os.environ.get("HITLESS_GOLDEN") == "write":
        shutil.rmtree(root, ignore_errors=True)
        written(found, root)
    paths = [path for path in root.rglob("*") if path.is_file()]
    accepted = {path.relative_to(root).as_posix(): path.read_text() for path in paths}
    assert sorted(found) == sorted(accepted)
    for path, text in found.items():
        assert text == accepted[path], path


def test_there_is_a_case_for_each_kind_of_repository() -> None:
    kinds = {"legacy-stack", "django-celery", "node-only", "go-binary", "monorepo", "task-tracker"}
    assert kinds <= set(CASES)
