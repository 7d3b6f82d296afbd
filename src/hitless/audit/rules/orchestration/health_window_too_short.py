"""CP31: A service is called unhealthy before it can have started."""

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

SHORTEST = 15.0  # seconds; a cold start on a small server takes about ten


@rule("CP31", Category.ORCHESTRATION, "healthchecks", Severity.MEDIUM, fix=Fix.SAFE)
def health_window_too_short(repository: Repository) -> Iterator[Check]:
    """A service is called unhealthy before it can have started.

    ## What it does
    Adds up start_period and retries times interval of services that others wait for.

    ## Why it matters
    Compose gives up waiting, and a deploy fails, although the service was only slow on this
    machine.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        healthcheck: {test: [CMD, curl, -f, "http://127.0.0.1/ready"], interval: 2s, retries: 2}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        healthcheck: {test: [CMD, curl, -f, "http://127.0.0.1/ready"], interval: 2s, retries: 2, start_period: 30s}
    ```

    ## Fix safety
    Safe: a longer window changes nothing for a service that is quick.
    """
    for service in long_running(repository):
        check = service.node.get("healthcheck")
        if check is not None and check.get("test") is not None:
            interval = seconds(check.say("interval")) or 30.0
            retries = seconds(check.say("retries")) or 3.0
            window = (seconds(check.say("start_period")) or 0.0) + interval * retries
            message = f"{service} is unhealthy {window:g} s after its start; give it a start_period"
            yield verdict(service, service.node.key("healthcheck"), message, ok=window >= SHORTEST)
