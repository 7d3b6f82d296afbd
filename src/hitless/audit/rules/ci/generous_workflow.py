"""CI10: A workflow has more rights than it needs, or runs what a stranger wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.workflow import Workflow

STRANGERS = r"\$\{\{[^}]*(github\.event\.(issue|pull_request|comment|review|discussion|head_commit)\.(title|body|message|head\.ref|head\.label)|github\.head_ref)"


@rule("CI10", Category.CI, "security scan", Severity.MEDIUM, fix=Fix.REVIEW)
def generous_workflow(repository: Repository) -> Iterator[Check]:
    """A workflow has more rights than it needs, or runs what a stranger wrote.

    ## What it does
    Looks for workflows without `permissions`, for titles and branch names inside scripts, and
    for a checkout of a stranger's code with the rights of the repository. zizmor adds what it
    finds, when it is installed.

    ## Why it matters
    A pull request with a clever title then runs commands with a token that may push.

    ## Bad
    ```yaml title=".github/workflows/ci.yml"
    on: pull_request
    jobs:
      greet:
        runs-on: ubuntu-24.04
        steps:
          - run: echo "${{ github.event.pull_request.title }}"
    ```

    ## Good
    ```yaml title=".github/workflows/ci.yml"
    on: pull_request
    permissions:
      contents: read
    jobs:
      greet:
        runs-on: ubuntu-24.04
        steps:
          - run: echo "$TITLE"
            env:
              TITLE: ${{ github.event.pull_request.title }}
    ```

    ## Fix safety
    Needs review: `contents: read` is set where nothing in the workflow writes, and a stranger's text
    becomes a variable of its step. Where something writes it is refused, for only its author knows
    which right it needs.
    """
    for file in repository.workflows:
        yield from each(file.path, _faults(file))


def _faults(file: Workflow) -> Iterator[Check]:
    if file.root.fields.get("permissions") is None:
        open_jobs = [one for one in file.jobs if one.node.fields.get("permissions") is None]
        for job in open_jobs[:1]:
            yield failed(
                file.path,
                Place(file.path, job.line),
                f"job {job.name} has every right of the token; set permissions",
                "permissions",
            )
    for step in file.steps():
        if re.search(STRANGERS, step.run):
            yield failed(
                file.path,
                Place(file.path, step.line),
                "a stranger's text becomes a part of this script; pass it by env",
                "injection",
            )
        head = "head" in step.given("ref")
        if "pull_request_target" in file.triggers and "checkout" in step.uses and head:
            yield failed(
                file.path,
                Place(file.path, step.line),
                "a stranger's code runs with the secrets of this repository",
                "target",
            )
