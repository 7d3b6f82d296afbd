"""CI13: CI does not try the migrations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI13", Category.DATABASE, "rollback strategy", Severity.HIGH, fix=Fix.GENERATE)
def migrations_not_tried(repository: Repository) -> Iterator[Check]:
    """CI does not try the migrations.

    ## What it does
    Looks for the whole chain on an empty database, one step back, and up again.

    ## Why it matters
    A migration that fails is found by the release. The way back is found to be broken when it
    is needed.

    ## Bad
    ```python title="migrations/versions/0001_base.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: pytest
    ```

    ## Good
    ```python title="migrations/versions/0001_base.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: alembic upgrade head && alembic downgrade -1 && alembic upgrade head
    ```

    ## Fix safety
    Generated: a job with an empty database of the version that serves.
    """
    if repository.revisions:
        run = pipeline.everything(repository)
        tests = "\n".join(
            repository.text(p)
            for p in repository.paths
            if "migrat" in p and p.endswith(".py") and "test" in p
        )
        both = f"{run}\n{tests}"
        up = bool(re.search(r"alembic[^\n]*upgrade|command\.upgrade", both))
        down = bool(re.search(r"alembic[^\n]*downgrade|command\.downgrade|migrate rehearse", both))
        first = repository.revisions[0]  # the last one changes with every revision
        missing = "never applied" if not up else "applied, but never taken back"
        yield verdict(
            "chain",
            Place(first.path, first.line),
            f"in CI the migrations are {missing}",
            ok=up and down,
        )
