"""DF02: dependencies are installed after the source was copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Stage


@rule("DF02", Category.DOCKER, "layer caching", Severity.HIGH, fix=Fix.REVIEW)
def dependencies_after_source(repository: Repository) -> Iterator[Check]:
    """Dependencies are installed after the source was copied.

    ## What it does
    Looks for a `COPY .` above the installation of what a lock or requirements file lists.

    ## Why it matters
    Every change of any file then installs every dependency again: a build of seconds takes
    minutes, and a release waits for it.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY . .
    RUN pip install -r requirements.txt
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY requirements.txt .
    RUN pip install -r requirements.txt
    COPY . .
    ```

    ## Fix safety
    Needs review: an installation that builds the project itself needs its source, and is refused
    where that can be seen. `npm ci` without a lock file becomes `npm install`.
    """
    for file, stage, _ in repository.released:
        for one in file.needed(stage):
            if any(run_lines.manager(run.script) for run in one.of("RUN")):
                yield from each(
                    f"{file.path} {one.title}", _faults(f"{file.path} {one.title}", one)
                )


def _faults(subject: str, stage: Stage) -> Iterator[Check]:
    copied, done = False, set()
    for one in stage.of("COPY", "ADD", "RUN"):
        if one.keyword != "RUN":
            copied |= not one.flag("from") and bool({".", "./"} & set(one.sources()))
            continue
        manager = run_lines.manager(one.script)
        # A second run completes what an earlier one, above the source, has put into a layer.
        if manager and copied and manager not in done:
            message = (
                f"{manager} installs again after every change, because the source was copied before"
            )
            yield failed(subject, one, message, manager)
        done |= {manager}
