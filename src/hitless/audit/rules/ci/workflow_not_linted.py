"""CI14: A workflow has a mistake that GitHub finds only when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import unchecked
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI14", Category.CI, "automated tests", Severity.LOW, fix=Fix.NONE, delegate="actionlint")
def workflow_not_linted(repository: Repository) -> Iterator[Check]:
    """A workflow has a mistake that GitHub finds only when it runs.

    ## What it does
    Runs actionlint when it is on PATH; otherwise nothing is known.

    ## Why it matters
    A typing error in an expression makes a job quietly do nothing.

    ## Bad
    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: echo ${{ matrx.os }}
    ```

    ## Good
    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: echo ${{ matrix.os }}
    ```

    ## Fix safety
    No edit is offered.
    """
    if repository.workflows:
        yield unchecked("actionlint is not on PATH")
