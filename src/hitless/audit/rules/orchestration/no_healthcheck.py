"""CP07: A service has no healthcheck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.health import check_of, may_have_own
from hitless.audit.images import kind
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP07", Category.ORCHESTRATION, "healthchecks", Severity.HIGH, fix=Fix.GENERATE)
def no_healthcheck(repository: Repository) -> Iterator[Check]:
    """A service has no healthcheck.

    ## What it does
    Looks at services that stay, and at HEALTHCHECK in the images that are built here. An image
    from elsewhere may bring its own and is left alone unless it is known to have none.

    ## Why it matters
    A process that hangs counts as running: nothing restarts it, nothing waits for it, and a
    release gets traffic before it can serve.

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
        healthcheck: {test: [CMD, pg_isready, -U, shop]}
    ```

    ## Fix safety
    Generated from what the service is; a check of the project's own code needs its readiness
    path.
    """
    for service in long_running(repository):
        if kind(service) in ("monitoring", "admin") or may_have_own(repository, service):
            continue
        has = bool(check_of(repository, service))
        yield verdict(
            service,
            service.key,
            f"{service} has no healthcheck: a hung process counts as running",
            ok=has,
        )
