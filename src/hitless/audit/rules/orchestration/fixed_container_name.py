"""CP16: A fixed container name forbids a second copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import applications
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP16", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.SAFE)
def fixed_container_name(repository: Repository) -> Iterator[Check]:
    """A fixed container name forbids a second copy.

    ## What it does
    Looks for `container_name` on services of the project's own code.

    ## Why it matters
    Two containers cannot share a name: the old one has to go before the new one can start,
    which is an outage by design.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
        container_name: api
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ## Fix safety
    Safe: other containers use the service's name; scripts should call `docker compose exec`.
    """
    for service in applications(repository):
        place = service.node.key("container_name")
        message = f"{service} is always called {service.filled('container_name')}, so no second one can start beside it"
        yield verdict(service, place, message, ok=service.node.get("container_name") is None)
