"""CP08: A healthcheck never touches the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.health import check_of, why_void
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP08", Category.ORCHESTRATION, "healthchecks", Severity.HIGH, fix=Fix.GENERATE)
def void_healthcheck(repository: Repository) -> Iterator[Check]:
    """A healthcheck never touches the service.

    ## What it does
    Looks for checks that pass whatever happens: versions, process lists, `true`, `|| true`.

    ## Why it matters
    The service is reported healthy while it answers nobody: worse than no check, because others
    rely on it.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        healthcheck: {test: [CMD-SHELL, "pgrep -f postgres || exit 1"]}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db:
        image: postgres:17
        healthcheck: {test: [CMD, pg_isready, -h, 127.0.0.1, -U, shop]}
    ```

    ## Fix safety
    Generated where the image is known; otherwise the service must offer something to ask.
    """
    for service in long_running(repository):
        words = check_of(repository, service)
        if words:
            node = service.node.get("healthcheck", "test")
            image = repository.image_of(service)
            own = image[0].inherited(image[1], "HEALTHCHECK") if image else []
            place = node or (own[-1] if own else service.key)
            why = why_void(words)
            yield verdict(
                service, place, f"{service} is healthy whatever happens: {why}", ok=not why
            )
