"""CP06: A service may start processes without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Persona, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule(
    "CP06",
    Category.ORCHESTRATION,
    "resource limits",
    Severity.LOW,
    fix=Fix.SAFE,
    persona=Persona.PEDANTIC,
)
def no_pids_limit(repository: Repository) -> Iterator[Check]:
    """A service may start processes without end.

    ## What it does
    Looks for `pids_limit` or `deploy.resources.limits.pids`.

    ## Why it matters
    A service that forks without end stops the whole machine, and nobody can log in to end it.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        pids_limit: 256
    ```

    ## Fix safety
    Safe with a limit far above what the service needs.
    """
    for service in long_running(repository):
        limited = service.node.get("pids_limit") or service.node.get(
            "deploy", "resources", "limits", "pids"
        )
        yield verdict(
            service, service.key, f"{service} has no limit of processes", ok=limited is not None
        )
