"""DF13: the service is started by a shell that swallows signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DF13", Category.DOCKER, "multi-stage", Severity.MEDIUM, fix=Fix.SAFE)
def shell_form_command(repository: Repository) -> Iterator[Check]:
    """The service is started by a shell that swallows signals.

    ## What it does
    Looks for CMD and ENTRYPOINT as text in the image that is deployed.

    ## Why it matters
    The shell is process 1 and passes no SIGTERM on: the service never hears that it should
    finish, and is killed with requests in hand after the grace period.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    CMD python -m app.serve
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    CMD ["python", "-m", "app.serve"]
    ```

    ## Fix safety
    Safe: a text without variables and shell syntax becomes a list, another gets `exec` before it.
    Refused for several commands in one, and for an ENTRYPOINT that would then get CMD's words.
    """
    for file, stage, _ in repository.released:
        found = [*file.inherited(stage, "ENTRYPOINT")[-1:], *file.inherited(stage, "CMD")[-1:]]
        for one in found:
            shell = not one.text.startswith("[") and not one.text.startswith("exec ")
            message = (
                f"{one.keyword} runs in a shell, which passes no SIGTERM on; write it as a list"
            )
            yield verdict(f"{file.path} {stage.title} {one.keyword}", one, message, ok=not shell)
