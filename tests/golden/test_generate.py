"""A repository in, new files out: the folders beside this file.

The reference stack takes its own medicine: what is made for it lies in it, and nowhere else.
"""

from __future__ import annotations

import os

import pytest

from testing.generated import CASES, accepted, made, renewed

RENEW = "HITLESS_GOLDEN=write .venv/bin/python -m pytest tests/golden; read the diff, then commit"


@pytest.mark.parametrize("case", CASES)
def test_the_generated_files_are_the_ones_that_were_accepted(case: str) -> None:
    if os.environ.get("HITLESS_GOLDEN") == "write":
        renewed(case)
    found, before = made(case), accepted(case)
    assert sorted(found) == sorted(before), RENEW
    for path, text in found.items():
        assert text == before[path], f"{path} is not what is made today: {RENEW}"


def test_there_is_a_case_for_each_kind_of_repository() -> None:
    kinds = {"legacy-stack", "django-celery", "node-only", "go-binary", "monorepo", "task-tracker"}
    assert kinds <= set(CASES)
