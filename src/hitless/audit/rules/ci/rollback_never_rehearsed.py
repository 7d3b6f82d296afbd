"""CI12: nobody has tried a rollback."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.application import has_own_code, is_deployed, pipeline_anchor
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI12", Category.CI, "rollback", Severity.HIGH, fix=Fix.GENERATE)
def rollback_never_rehearsed(repository: Repository) -> Iterator[Check]:
    """Nobody has tried a rollback.

    ## What it does
    Looks for a job that rolls back, or rehearses it on a copy, best by a timetable.

    ## Why it matters
    The first rollback is then made at night, under pressure, with commands that nobody has
    typed before.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ```

    ```yaml title=".github/workflows/rehearse.yml"
    on: {schedule: [{cron: "0 4 * * 1"}]}
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: ssh staging "hitless rollback && hitless rollback"
    ```

    ## Fix safety
    Generated: a weekly rollback on staging, there and back.
    """
    if has_own_code(repository) and is_deployed(repository):
        run = pipeline.everything(repository).lower()
        tried = bool(re.search(r"roll-?_?back|rollout undo|helm rollback|hitless rehearse", run))
        yield verdict(
            "repository", pipeline_anchor(repository), "no job ever rolls a release back", ok=tried
        )
