"""CP03: A service waits for the start of another, not for its readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.health import check_of
from hitless.audit.images import kind
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP03", Category.ORCHESTRATION, "service dependencies", Severity.MEDIUM, fix=Fix.SAFE)
def depends_on_without_condition(repository: Repository) -> Iterator[Check]:
    """A service waits for the start of another, not for its readiness.

    ## What it does
    Looks for `depends_on` without `condition: service_healthy` where the other service has a
    healthcheck. Pages for administration and monitoring connect when somebody asks them, and
    need not wait.

    ## Why it matters
    After a reboot the application starts before the database answers, fails, and starts again:
    an outage that depends on luck.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        depends_on: [db]
      db:
        image: postgres:17
        healthcheck: {test: [CMD, pg_isready, -U, shop]}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        depends_on:
          db: {condition: service_healthy}
      db:
        image: postgres:17
        healthcheck: {test: [CMD, pg_isready, -U, shop]}
    ```

    ## Fix safety
    Safe when the healthcheck proves something; see CP08.
    """
    for service in repository.services:
        if kind(service) in ("admin", "monitoring"):
            continue
        for name, condition in service.depends_on().items():
            other = service.project.services.get(name)
            if other is not None and check_of(repository, other) and not other.is_one_shot:
                message = f"{service} starts without waiting until {name} is healthy"
                node = service.node.key("depends_on")
                entry = service.node.get("depends_on")
                node = (
                    next((one for one in entry.items if one.text == name), node) if entry else node
                )
                yield verdict(
                    f"{service} → {name}",
                    node,
                    message,
                    ok=condition != "",
                )
