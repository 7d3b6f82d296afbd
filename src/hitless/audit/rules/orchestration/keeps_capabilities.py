"""CP25: A service keeps capabilities that it does not need."""

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


@rule("CP25", Category.SECURITY, "non-root containers", Severity.MEDIUM, fix=Fix.REVIEW)
def keeps_capabilities(repository: Repository) -> Iterator[Check]:
    """A service keeps capabilities that it does not need.

    ## What it does
    Looks for `cap_drop` on the project's own services.

    ## Why it matters
    Fourteen rights of root, raw sockets and device files among them, stay with the container's
    processes.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
        cap_drop: [ALL]
    ```

    ## Fix safety
    Needs review: a service that listens below port 1024 or changes its user needs some of them.
    """
    for service in long_running(repository):
        if service.is_built:
            told = bool(service.node.nodes("cap_drop"))
            yield verdict(
                service,
                service.key,
                f"{service} keeps all default capabilities; drop them",
                ok=told,
            )
