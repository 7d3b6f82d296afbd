"""CI02: there are tests, and CI does not run them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.check import unchecked, verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

KINDS = {
    "Python": r"\bpytest\b|\btox\b|\bnox\b|-m unittest|manage\.py test\b",
    "JavaScript": r"\b(npm|pnpm|yarn|bun)\s+(run\s+)?(test|coverage)"
    r"|\b(vitest|jest|playwright|node --test)\b",
    "Go": r"\bgo test\b|\bgotestsum\b",
}


@rule("CI02", Category.CI, "automated tests", Severity.CRITICAL, fix=Fix.GENERATE)
def tests_not_run(repository: Repository) -> Iterator[Check]:
    """There are tests, and CI does not run them.

    ## What it does
    Looks for tests by the names that pytest, npm packages and Go give them, and follows what
    the pipeline runs through make, just, package scripts and shell scripts.

    ## Why it matters
    Green then means that nothing was asked. Tests that nobody runs rot within weeks.

    ## Bad
    ```toml title="pyproject.toml"
    [project]
    name = "shop"
    ```

    ```python title="tests/test_cart.py"
    def test_cart(): ...
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: ruff check .
    ```

    ## Good
    ```toml title="pyproject.toml"
    [project]
    name = "shop"
    ```

    ```python title="tests/test_cart.py"
    def test_cart(): ...
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: make check
    ```

    ```text title="Makefile"
    check:
        pytest -q
    ```

    ## Fix safety
    Generated as one job for each kind of test.
    """
    if not pipeline.exists(repository):
        return
    if pipeline.others(repository) and not repository.pipelines:
        yield unchecked(f"{pipeline.others(repository)[0]} is not read")
        return
    run = pipeline.everything(repository)
    for name, commands in KINDS.items():
        found = repository.tests[name]
        if found:
            message = f"{len(found)} files of {name} tests, such as this one, are never run by CI"
            yield verdict(name, Place(found[0], 1), message, ok=bool(re.search(commands, run)))
