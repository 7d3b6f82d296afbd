"""DF06: A base image has no version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DF06", Category.DOCKER, "layer caching", Severity.HIGH, fix=Fix.SAFE)
def mutable_base(repository: Repository) -> Iterator[Check]:
    """A base image has no version.

    ## What it does
    Looks for base images, and images that files are copied from, without a tag or with one that
    has no number in it.

    ## Why it matters
    The same Dockerfile builds another system tomorrow. A rebuild of an old release for a
    rollback is then a new release.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:slim
    COPY --from=astral/uv:latest /uv /bin/uv
    ```

    ```text title=".python-version"
    3.13
    ```

    ```dockerfile title="worker/Dockerfile"
    FROM python:3.13-slim
    COPY --from=astral/uv:0.9.2 /uv /bin/uv
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY --from=astral/uv:0.9.2 /uv /bin/uv
    ```

    ## Fix safety
    Safe: the version that another file names: a Compose file, another Dockerfile, a workflow,
    .python-version or .nvmrc. Where none does it is refused, for only a registry knows what a tag means today.
    """
    for file, stage, _ in repository.released:
        names = {one.name.lower() for one in file.stages} | {str(one.index) for one in file.stages}
        for part in file.needed(stage):
            sources = [(part.base, part.opening)]
            sources += [(one.flag("from"), one) for one in part.of("COPY", "ADD")]
            for image, place in sources:
                if image and image.lower() not in names and "$" not in image:
                    message = f"{image} may be another image tomorrow; name a version"
                    yield verdict(
                        f"{file.path} {image}", place, message, ok=not run_lines.is_mutable(image)
                    )
