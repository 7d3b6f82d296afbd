"""MO04: logs are lost with their container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import monitoring
from hitless.audit.application import backends
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

REMOTE = frozenset(
    ("journald", "syslog", "gelf", "fluentd", "awslogs", "gcplogs", "splunk", "loki")
)


@rule("MO04", Category.MONITORING, "log aggregation", Severity.HIGH, fix=Fix.GENERATE)
def logs_not_collected(repository: Repository) -> Iterator[Check]:
    """Logs are lost with their container.

    ## What it does
    Looks for a logging driver or an agent that takes lines elsewhere.

    ## Why it matters
    A new container begins with an empty log: what the old one said before it failed is gone.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
        logging: {driver: journald}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ## Fix safety
    Generated: an agent in the monitoring profile.
    """
    if backends(repository):
        kept = monitoring.takes_logs(repository)
        for service in backends(repository):
            driver = service.filled("logging", "driver")
            ok = kept or driver in REMOTE
            yield verdict(
                service, service.key, f"what {service} said is gone with its container", ok=ok
            )
