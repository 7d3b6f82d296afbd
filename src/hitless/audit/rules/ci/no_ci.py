"""CI01: nothing is checked when code changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.application import anchor, has_own_code
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI01", Category.CI, "automated tests", Severity.CRITICAL, fix=Fix.GENERATE)
def no_ci(repository: Repository) -> Iterator[Check]:
    """Nothing is checked when code changes.

    ## What it does
    Looks for a pipeline of any system, where there is code that is built or tested here.

    ## Why it matters
    Every mistake is found by the release, or by the users.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    CMD ["python", "app.py"]
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    CMD ["python", "app.py"]
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: make test
    ```

    ## Fix safety
    Generated from the commands that this repository has, each tried before it is offered.
    """
    if has_own_code(repository):
        message = "there is no workflow: nothing is checked before a release"
        yield verdict("repository", anchor(repository), message, ok=pipeline.exists(repository))
