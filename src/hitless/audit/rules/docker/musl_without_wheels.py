"""DF07: the image is built on musl, but locked packages have no wheels for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.manifests import Locked, uv_lock
from hitless.documents.paths import joined
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

LOCKS = ("uv.lock", "poetry.lock")


@rule("DF07", Category.DOCKER, "image size", Severity.HIGH, fix=Fix.NONE)
def musl_without_wheels(repository: Repository) -> Iterator[Check]:
    """The image is built on musl, but locked packages have no wheels for it.

    ## What it does
    Compares an Alpine base with the wheels that uv.lock or poetry.lock lists.

    ## Why it matters
    Each such package is then compiled from source in every build: minutes instead of seconds,
    with a compiler in the image, to save a few megabytes.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-alpine
    COPY uv.lock .
    RUN uv sync
    ```

    ```toml title="uv.lock"
    [[package]]
    name = "fastnum"
    version = "2.0"
    wheels = [{ url = "fastnum-2.0-cp313-cp313-manylinux_2_28_x86_64.whl" }]
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-alpine
    COPY uv.lock .
    RUN uv sync
    ```

    ```toml title="uv.lock"
    [[package]]
    name = "fastnum"
    version = "2.0"
    wheels = [
      { url = "fastnum-2.0-cp313-cp313-manylinux_2_28_x86_64.whl" },
      { url = "fastnum-2.0-cp313-cp313-musllinux_1_2_x86_64.whl" },
    ]
    ```

    ## Fix safety
    No edit is offered: a `-slim` base is the usual way out, and it changes the system packages.
    """
    for file, stage, context in repository.released:
        lock = next((p for p in (joined(context, n) for n in LOCKS) if p in repository.known), "")
        base = file.lineage(stage)[-1]
        if lock and "alpine" in base.base and "python" in base.base:
            lacking = [one.name for one in uv_lock(repository.text(lock), lock) if _lacks_musl(one)]
            message = (
                f"{', '.join(lacking[:5])} in {lock} must be compiled, because {base.base} is musl"
            )
            yield verdict(f"{file.path} {stage.title}", base.opening, message, ok=not lacking)


def _lacks_musl(package: Locked) -> bool:
    bound = [name for name in package.wheels if not name.endswith("-any.whl")]
    return (
        bool(bound)
        and len(bound) == len(package.wheels)
        and not any("musllinux" in n for n in bound)
    )
