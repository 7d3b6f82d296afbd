"""CP14: logs grow until the disk is full."""

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


@rule("CP14", Category.ORCHESTRATION, "resource limits", Severity.MEDIUM, fix=Fix.SAFE)
def no_log_rotation(repository: Repository) -> Iterator[Check]:
    """Logs grow until the disk is full.

    ## What it does
    Looks for a logging driver that limits its files, on services that stay.

    ## Why it matters
    The default driver keeps every line for ever. A full disk stops the database first.

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
        logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}
    ```

    ## Fix safety
    Safe.
    """
    for service in long_running(repository):
        driver = service.filled("logging", "driver") or "json-file"
        limited = service.node.get("logging", "options", "max-size") is not None
        message = f"{service} logs to a file without limit; set max-size and max-file"
        yield verdict(service, service.key, message, ok=limited or driver != "json-file")
