"""CP09: A healthcheck may take longer than its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.service import seconds
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("CP09", Category.ORCHESTRATION, "healthchecks", Severity.LOW, fix=Fix.SAFE)
def healthcheck_outlasts_interval(repository: Repository) -> Iterator[Check]:
    """A healthcheck may take longer than its interval.

    ## What it does
    Compares `timeout` with `interval`, and the time that a service is given to start with what
    it is known to need.

    ## Why it matters
    Checks pile up exactly when the service is slow, or the service is called unhealthy before
    it could start.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        healthcheck: {test: [CMD, curl, -f, "http://127.0.0.1/ready"], interval: 5s, timeout: 10s}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        healthcheck: {test: [CMD, curl, -f, "http://127.0.0.1/ready"], interval: 15s, timeout: 5s}
    ```

    ## Fix safety
    Safe.
    """
    for service in long_running(repository):
        check = service.node.get("healthcheck")
        if check is not None and check.get("test") is not None:
            interval = seconds(check.say("interval")) or 30.0
            timeout = seconds(check.say("timeout")) or 30.0
            written = bool(check.get("timeout")) and bool(check.get("interval"))
            message = f"{service}: timeout {timeout:g} s is not below interval {interval:g} s"
            yield verdict(
                service, check.key("timeout"), message, ok=not written or timeout < interval
            )
