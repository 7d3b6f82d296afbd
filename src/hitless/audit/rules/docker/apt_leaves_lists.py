"""DF11: apt installs more than asked and leaves its lists."""

from __future__ import annotations

import re
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
    from hitless.documents.dockerfile import Instruction


@rule("DF11", Category.DOCKER, "image size", Severity.LOW, fix=Fix.SAFE)
def apt_leaves_lists(repository: Repository) -> Iterator[Check]:
    """Apt installs more than asked and leaves its lists.

    ## What it does
    Looks for `apt-get install` without `--no-install-recommends`, or without removing the
    package lists in the same instruction.

    ## Why it matters
    Tens of megabytes of documentation tools and indexes travel with every release.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM debian:13-slim
    RUN apt-get update && apt-get install -y libpq5
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM debian:13-slim
    RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
    ```

    ## Fix safety
    Safe for most packages; a recommended one that is needed has to be named.
    """
    for file, stage, _ in repository.released:
        for one in file.inherited(stage, "RUN"):
            if re.search(run_lines.APT, one.script):
                subject = f"{file.path} {stage.title} {one.line}"
                yield from each(subject, _faults(subject, one))


def _faults(subject: str, one: Instruction) -> Iterator[Check]:
    if "--no-install-recommends" not in one.script:
        yield failed(subject, one, "apt also installs what packages only recommend", "recommends")
    cached = any("/var/lib/apt" in mount for mount in one.flags.get("mount", []))
    if not cached and not re.search(r"rm\s+-\w*r\w*\s+[^&;]*/var/lib/apt/lists", one.script):
        yield failed(subject, one, "apt's package lists stay in the image", "lists")
