"""MO03: nobody is told when something breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import monitoring
from hitless.audit.application import anchor, backends
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("MO03", Category.MONITORING, "alerting", Severity.HIGH, fix=Fix.GENERATE)
def no_alerts(repository: Repository) -> Iterator[Check]:
    """Nobody is told when something breaks.

    ## What it does
    Looks for alert rules, and for somebody who gets them.

    ## Why it matters
    Users are then the monitoring.

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
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```yaml title="monitoring/alerts.yml"
    groups:
      - name: api
        rules:
          - alert: Down
            expr: up == 0
            for: 1m
    ```

    ## Fix safety
    Generated: rules for what is running here, and a receiver to fill in.
    """
    if backends(repository):
        ok = monitoring.alerts(repository)
        yield verdict(
            "repository", anchor(repository), "there is no alert rule: users notice first", ok=ok
        )
