"""DF15: A file that the migration needs is not in the image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.ignore_file import fits
from hitless.documents.paths import joined, within
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage


@rule("DF15", Category.DATABASE, "migration automation", Severity.HIGH, fix=Fix.SAFE)
def deploy_file_not_in_image(repository: Repository) -> Iterator[Check]:
    """A file that the migration needs is not in the image.

    ## What it does
    Looks for an alembic.ini in a build context, beside sources that are copied, that no COPY
    brings into the image.

    ## Why it matters
    The migration then fails with "No config file" on the server, in the middle of a release,
    and nowhere before.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app ./app
    ```

    ```ini title="alembic.ini"
    [alembic]
    script_location = migrations
    ```

    ```python title="app/main.py"
    x = 1
    ```

    ```python title="migrations/env.py"
    x = 1
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY alembic.ini ./
    COPY migrations ./migrations
    COPY app ./app
    ```

    ```ini title="alembic.ini"
    [alembic]
    script_location = migrations
    ```

    ```python title="app/main.py"
    x = 1
    ```

    ```python title="migrations/env.py"
    x = 1
    ```

    ## Fix safety
    Safe: one COPY more, and one for the folder that script_location names.
    """
    for path in repository.matching(r"(^|/)alembic\.ini$"):
        images = [one for one in repository.released if _is_for(repository, one, path)]
        if images:
            file, stage, _ = images[0]
            inside = any(_brings(repository, one, path) for one in images)
            place = (file.inherited(stage, "COPY", "ADD") or [stage.opening])[-1]
            yield verdict(
                path,
                place,
                f"no COPY brings {path} into the image, so it cannot migrate",
                ok=inside,
            )


def _is_for(repository: Repository, image: tuple[Dockerfile, Stage, str], path: str) -> bool:
    """The image holds the code beside alembic.ini."""
    home = posixpath.dirname(path)
    return any(
        within(source, home) or within(home, source)
        for source in _sources(image)
        if any(p.endswith(".py") for p in repository.below(source))
    )


def _brings(repository: Repository, image: tuple[Dockerfile, Stage, str], path: str) -> bool:
    file, _, context = image
    ignored = repository.ignore_file(context, file.path)
    if ignored is not None and ignored.leaves_out(posixpath.relpath(path, context or ".")):
        return False
    return any(within(path, source) or fits(source, path) for source in _sources(image))


def _sources(image: tuple[Dockerfile, Stage, str]) -> list[str]:
    file, stage, context = image
    copies = [one for part in file.needed(stage) for one in part.of("COPY", "ADD")]
    return [
        joined(context, source)
        for one in copies
        if not one.flag("from")
        for source in one.sources()
    ]
