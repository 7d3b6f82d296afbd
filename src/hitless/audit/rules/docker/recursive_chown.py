"""DF04: A recursive chown or chmod stores files twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Stage


@rule("DF04", Category.DOCKER, "image size", Severity.HIGH, fix=Fix.SAFE)
def recursive_chown(repository: Repository) -> Iterator[Check]:
    """A recursive chown or chmod stores files twice.

    ## What it does
    Looks for `chown -R` and `chmod -R` in an instruction of its own, below the one that brought
    the files.

    ## Why it matters
    A layer keeps whole files: changing the owner of a gigabyte adds a gigabyte to the image, to
    every push and to every pull.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY . /app
    RUN chown -R app:app /app
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY --chown=app:app . /app
    RUN mkdir /data && chown -R app:app /data
    ```

    ## Fix safety
    Safe: `COPY --chown` gives the same owner without the second copy. The folder itself keeps its
    owner by a change that is not recursive. Refused when anything else may have written there.
    """
    for file, stage, _ in repository.released:
        for part in file.lineage(stage):
            yield from each(f"{file.path} {part.title}", _faults(f"{file.path} {part.title}", part))


def _faults(subject: str, stage: Stage) -> Iterator[Check]:
    filled = False
    for one in stage.of("COPY", "ADD", "RUN"):
        changed = _changed(one.script) if one.keyword == "RUN" else []
        if filled and changed:
            message = f"the owner or mode of {' '.join(changed)} is changed, which stores all of it a second time"
            yield failed(subject, one, message, " ".join(changed))
        filled |= one.keyword != "RUN"


def _changed(script: str) -> list[str]:
    """Folders changed recursively that the same script did not make."""
    made = set(re.findall(r"\bmkdir\s+(?:-\S+\s+)*([^&|;\n]+)", script))
    fresh = {word for words in made for word in words.split()}
    found: list[str] = []
    for words in re.findall(r"\b(?:chown|chmod)\s+(?:-R|--recursive)\s+\S+\s+([^&|;\n]+)", script):
        found += [word for word in words.split() if word not in fresh]
    return found
