"""CI11: releases are made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.application import has_own_code, is_deployed, pipeline_anchor
from hitless.audit.check import unchecked, verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CI11", Category.CI, "deployment", Severity.HIGH, fix=Fix.GENERATE)
def no_deploy_job(repository: Repository) -> Iterator[Check]:
    """Releases are made by hand.

    ## What it does
    Looks for a job that deploys, waits for the approval of an environment and cannot run twice
    at once. A repository whose workflows push an image, and that tells nowhere how to run it,
    leaves deploys to others.

    ## Why it matters
    A release then depends on who does it and what is on that machine. Two people release at the
    same time, and nobody knows what runs.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ```

    ```yaml title=".github/workflows/deploy.yml"
    on: workflow_dispatch
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: ssh server ./deploy.sh
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ```

    ```yaml title=".github/workflows/deploy.yml"
    on: workflow_dispatch
    permissions: {}
    concurrency: production
    jobs:
      deploy:
        environment: production
        runs-on: ubuntu-24.04
        steps:
          - run: ssh server hitless deploy
    ```

    ## Fix safety
    Generated: staging on each merge, production after approval.
    """
    if not has_own_code(repository) or not is_deployed(repository):
        return
    if pipeline.others(repository) and not repository.pipelines:
        yield unchecked(f"{pipeline.others(repository)[0]} is not read")
        return
    jobs = [(file, job) for file in repository.workflows for job in file.jobs]
    deploys = [(file, job) for file, job in jobs if pipeline.is_deploy(file, job)]
    guarded = [(file, job) for file, job in deploys if job.environment]
    single = [
        1
        for file, job in guarded
        if (job.node.get("concurrency") or file.root.get("concurrency")) is not None
    ]
    message = "no job deploys with the approval of an environment, one at a time"
    if deploys and not guarded:
        message = f"job {deploys[0][1].name} deploys without the approval of an environment"
    if guarded and not single:
        message = "the deploy job has no concurrency group: two may run at once"
    nearest = (guarded or deploys)[:1]
    place = [Place(file.path, job.line) for file, job in nearest] or [pipeline_anchor(repository)]
    yield verdict("repository", place[0], message, ok=bool(single))
