"""CP19: A service stays down after a crash or a reboot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP19", Category.ORCHESTRATION, "production profile", Severity.MEDIUM, fix=Fix.SAFE)
def no_restart_policy(repository: Repository) -> Iterator[Check]:
    """A service stays down after a crash or a reboot.

    ## What it does
    Looks for `restart` or `deploy.restart_policy` on services that stay.

    ## Why it matters
    Nobody starts it again before somebody notices.

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
        restart: unless-stopped
    ```

    ## Fix safety
    Safe.
    """
    for service in long_running(repository):
        told = service.node.get("restart") or service.node.get("deploy", "restart_policy")
        yield verdict(
            service, service.key, f"{service} stays down after a reboot", ok=told is not None
        )
