"""CP21: A database has no volume of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.audit.storage import durable, keeps
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP21", Category.ORCHESTRATION, "volumes", Severity.HIGH, fix=Fix.REVIEW)
def data_without_volume(repository: Repository) -> Iterator[Check]:
    """A database has no volume of its own.

    ## What it does
    Looks for data images without any volume.

    ## Why it matters
    Its files are in the container: `docker compose down`, or the next image, and they are gone.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        volumes: ["data:/var/lib/postgresql/data"]
    volumes: {data: }
    ```

    ## Fix safety
    Needs review: what is in the container now has to be moved.
    """
    for service in long_running(repository):
        if keeps(service):
            yield verdict(
                service,
                service.key,
                f"{service} has no volume: its data goes with its container",
                ok=bool(durable(service)),
            )
