"""CP04: A service waits for a healthcheck that proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.health import check_of, may_have_own, why_void
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP04", Category.ORCHESTRATION, "service dependencies", Severity.HIGH, fix=Fix.REVIEW)
def gate_on_void_healthcheck(repository: Repository) -> Iterator[Check]:
    """A service waits for a healthcheck that proves nothing.

    ## What it does
    Looks for `condition: service_healthy` on a service whose healthcheck passes whatever
    happens, or that has none.

    ## Why it matters
    The wait looks right and does nothing; without any healthcheck Compose waits for ever.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        depends_on:
          broker: {condition: service_healthy}
      broker:
        image: nats:2.10
        healthcheck: {test: [CMD, nats-server, --version]}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        depends_on:
          broker: {condition: service_healthy}
      broker:
        image: nats:2.10-alpine
        healthcheck: {test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1:8222/healthz"]}
    ```

    ## Fix safety
    Needs review: the right question depends on the service.
    """
    for service in repository.services:
        for name, condition in service.depends_on().items():
            other = service.project.services.get(name)
            if other is None or condition != "service_healthy":
                continue
            words = check_of(repository, other)
            why = (
                why_void(words)
                if words
                else ""
                if may_have_own(repository, other)
                else "it has no healthcheck"
            )
            entry = service.node.get("depends_on")
            place = entry.key(name) if entry is not None else service.key
            message = f"{service} waits until {name} is healthy, which proves nothing: {why}"
            yield verdict(f"{service} → {name}", place, message, ok=not why)
