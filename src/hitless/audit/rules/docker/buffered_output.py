"""DF14: python keeps its last words to itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.images import short
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DF14", Category.MONITORING, "log aggregation", Severity.LOW, fix=Fix.SAFE)
def buffered_output(repository: Repository) -> Iterator[Check]:
    """Python keeps its last words to itself.

    ## What it does
    Looks for Python images without PYTHONUNBUFFERED.

    ## Why it matters
    Lines wait in a buffer. When a process is killed, those that would tell why are lost.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    CMD ["python", "app.py"]
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    ENV PYTHONUNBUFFERED=1
    CMD ["python", "app.py"]
    ```

    ## Fix safety
    Safe.
    """
    for file, stage, _ in repository.released:
        commands = [*file.inherited(stage, "CMD")[-1:], *file.inherited(stage, "ENTRYPOINT")[-1:]]
        if short(file.lineage(stage)[-1].base) == "python" and commands:
            told = any("PYTHONUNBUFFERED" in one.text for one in file.inherited(stage, "ENV"))
            told |= any(re.search(r"python\S*[\"',\s]+-u\b", one.text) for one in commands)
            message = "PYTHONUNBUFFERED is not set: a killed process loses its last lines"
            yield verdict(f"{file.path} {stage.title}", stage.opening, message, ok=told)
