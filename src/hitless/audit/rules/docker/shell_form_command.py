"""DF13: the service is started by a shell that swallows signals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.check import failed, verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

SERVER = (
    r"(?:\w+=\S+\s+)*(node|npm|npx|pnpm|yarn|bun|python3?|gunicorn|uvicorn|hypercorn|daphne|granian"
    r"|uwsgi|celery|fastapi|flask|java|dotnet|php|puma|bundle|rails|nginx|caddy)\b(?!.*&\s*$)"
)


@rule("DF13", Category.DOCKER, "multi-stage", Severity.MEDIUM, fix=Fix.SAFE)
def shell_form_command(repository: Repository) -> Iterator[Check]:
    """The service is started by a shell that swallows signals.

    ## What it does
    Looks for CMD and ENTRYPOINT as text in the image that is deployed, and for a script that such
    an image starts and whose last line starts the service without `exec`.

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
            subject = f"{file.path} {stage.title} {one.keyword}"
            shell = not one.text.startswith("[") and not one.text.startswith("exec ")
            message = (
                f"{one.keyword} runs in a shell, which passes no SIGTERM on; write it as a list"
            )
            yield verdict(subject, one, message, ok=not shell)
            yield from _in_scripts(repository, subject, one.words or [])


def _in_scripts(repository: Repository, subject: str, words: list[str]) -> Iterator[Check]:
    """The script that an image starts, if its last line leaves the service to a shell."""
    names = {word.rpartition("/")[2] for word in words if word.endswith(".sh")}
    for path in repository.matching(r"\.sh$") if names else ():
        text = repository.text(path)
        lines = [one.strip() for one in text.splitlines()]
        told = [n for n, one in enumerate(lines, 1) if one and not one.startswith("#")]
        if path.rpartition("/")[2] in names and told and not run_lines.hands_on(text):
            program = re.match(SERVER, lines[told[-1] - 1])
            if program:
                message = f"{program[1]} is started below a shell, which passes no SIGTERM on; put exec before it"
                yield failed(subject, Place(path, told[-1]), message, program[1])
