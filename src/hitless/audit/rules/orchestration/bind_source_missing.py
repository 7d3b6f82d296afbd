"""CP23: A path of the repository that is mounted does not exist."""

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


@rule("CP23", Category.ORCHESTRATION, "volumes", Severity.MEDIUM, fix=Fix.REVIEW)
def bind_source_missing(repository: Repository) -> Iterator[Check]:
    """A path of the repository that is mounted does not exist.

    ## What it does
    Looks for bind mounts of relative paths that are not in the repository.

    ## Why it matters
    Docker makes an empty folder in its place, owned by root: a configuration that is no file,
    or a folder that the service may not write to.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        volumes: ["./config/app.toml:/etc/app.toml:ro"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        volumes: ["./config/app.toml:/etc/app.toml:ro"]
    ```

    ```toml title="config/app.toml"
    x = 1
    ```

    ## Fix safety
    Needs review: the mount of settings that are not there goes. A folder stays, for the server may
    have data in it.
    """
    for service in repository.services:
        for mount in service.mounts():
            if mount.kind == "bind" and mount.source.startswith("."):
                path = service.project.path(mount.source)
                message = (
                    f"{path} does not exist; Docker makes an empty folder of it, owned by root"
                )
                there = path.startswith("..") or not path or repository.has(path)
                yield verdict(f"{service} {mount.target}", mount.node, message, ok=there)
