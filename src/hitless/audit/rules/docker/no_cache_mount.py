"""DF03: downloads are thrown away after each build."""

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


@rule("DF03", Category.DOCKER, "layer caching", Severity.MEDIUM, fix=Fix.SAFE)
def no_cache_mount(repository: Repository) -> Iterator[Check]:
    """Downloads are thrown away after each build.

    ## What it does
    Looks for installations of dependencies without a cache mount.

    ## Why it matters
    One changed dependency downloads all of them again. A cache mount keeps them beside the
    build and out of the image.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY requirements.txt .
    RUN pip install -r requirements.txt
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY requirements.txt .
    RUN --mount=type=cache,target=/var/cache/pip pip install --cache-dir /var/cache/pip -r requirements.txt
    ```

    ## Fix safety
    Safe: the result of the build is the same. Refused for users other than root, for caches that a
    variable moves, and for Go and Bundler, which install where the mount would be.
    """
    for file, stage, _ in repository.released:
        for part in file.needed(stage):
            for one in part.of("RUN"):
                manager = run_lines.manager(one.script)
                if manager:
                    cached = any("type=cache" in mount for mount in one.flags.get("mount", []))
                    subject = f"{file.path} {part.title} {manager}"
                    message = f"{manager} downloads everything again when one dependency changes"
                    yield verdict(subject, one, message, ok=cached)
