"""CP05: A service may take all memory of the machine."""

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


@rule("CP05", Category.ORCHESTRATION, "resource limits", Severity.HIGH, fix=Fix.REVIEW)
def no_memory_limit(repository: Repository) -> Iterator[Check]:
    """A service may take all memory of the machine.

    ## What it does
    Looks for `mem_limit` or `deploy.resources.limits.memory` on services that stay.

    ## Why it matters
    One leak makes the kernel end whatever it likes, usually the database. During a release two
    slots run at once.

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
        mem_limit: 512m
    ```

    ## Fix safety
    Needs review: measure what the service takes, and add half.
    """
    for service in long_running(repository):
        limited = service.node.get("mem_limit") or service.node.get(
            "deploy", "resources", "limits", "memory"
        )
        yield verdict(
            service, service.key, f"{service} has no memory limit", ok=limited is not None
        )
