"""DF01: the released image contains a compiler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.check import each, failed
from hitless.audit.images import short
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage

TOOLS = frozenset(
    [
        "build-essential",
        "gcc",
        "g++",
        "clang",
        "make",
        "cmake",
        "cargo",
        "rustc",
        "build-base",
        "musl-dev",
        "python3-dev",
    ]
)
BASES = frozenset(("golang", "rust", "maven", "gradle", "gcc"))


@rule("DF01", Category.DOCKER, "multi-stage", Severity.MEDIUM, fix=Fix.REVIEW)
def final_stage_has_compiler(repository: Repository) -> Iterator[Check]:
    """The released image contains a compiler.

    ## What it does
    Looks for compilers and build tools that the final stage installs, or a base image that is
    one.

    ## Why it matters
    They make the image several times larger, each release slower to pull, and hand an intruder
    the tools to build more.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
    CMD ["python", "app.py"]
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim AS build
    RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
    FROM python:3.13-slim
    COPY --from=build /opt/venv /opt/venv
    CMD ["python", "app.py"]
    ```

    ## Fix safety
    Needs review: the packages are taken out of a stage that installs nothing which might compile;
    otherwise what the compiler builds has to be copied from a stage of its own, by a person.
    """
    for file, stage, _ in repository.released:
        yield from each(f"{file.path} {stage.title}", _faults(file, stage))


def _faults(file: Dockerfile, stage: Stage) -> Iterator[Check]:
    subject = f"{file.path} {stage.title}"
    last = file.lineage(stage)[-1]
    if short(last.base) in BASES:
        yield failed(
            subject,
            last.opening,
            f"{last.base} is a compiler, not an image to run",
            short(last.base),
        )
    for one in file.inherited(stage, "RUN"):
        tools = sorted(run_lines.packages(one.script) & TOOLS)
        removed = re.search(r"\b(purge|autoremove|apk\s+del)\b", one.script)
        if tools and not removed:
            yield failed(
                subject, one, f"{', '.join(tools)} stays in the released image", " ".join(tools)
            )
