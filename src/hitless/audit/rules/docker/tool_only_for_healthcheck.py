"""DF10: A package is installed only for the healthcheck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Persona, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

TOOLS = frozenset(("curl", "wget", "procps"))


@rule("DF10", Category.DOCKER, "image size", Severity.LOW, fix=Fix.REVIEW, persona=Persona.PEDANTIC)
def tool_only_for_healthcheck(repository: Repository) -> Iterator[Check]:
    """A package is installed only for the healthcheck.

    ## What it does
    Looks for curl, wget or procps that nothing but a healthcheck uses.

    ## Why it matters
    It brings libraries that need security updates for as long as the image lives; the language
    at hand can ask the same question.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
    HEALTHCHECK CMD ["curl", "-f", "http://127.0.0.1:8000/ready"]
    CMD ["python", "app.py"]
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    RUN apt-get update && apt-get install -y --no-install-recommends tzdata && rm -rf /var/lib/apt/lists/*
    HEALTHCHECK CMD ["python", "-m", "app.probe"]
    CMD ["python", "app.py"]
    ```

    ## Fix safety
    Needs review: a healthcheck that asked an address asks it by Python or Node. Refused when a
    healthcheck of Compose uses the tool, or the image has no such language.
    """
    for file, stage, _ in repository.released:
        runs = file.inherited(stage, "RUN")
        for one in runs:
            found = run_lines.packages(one.script)
            if found:
                rest = (
                    " ".join(run.script for run in runs if run is not one)
                    + one.script.partition("install")[2]
                )
                idle = [tool for tool in sorted(found & TOOLS) if rest.count(tool) < 2]  # noqa: PLR2004  # once where it is installed
                subject = f"{file.path} {stage.title} {one.line}"
                yield verdict(
                    subject, one, f"nothing but a healthcheck uses {', '.join(idle)}", ok=not idle
                )
