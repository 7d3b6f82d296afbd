"""MO02: nobody collects metrics."""

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


@rule("MO02", Category.MONITORING, "metrics", Severity.HIGH, fix=Fix.GENERATE)
def nothing_scrapes(repository: Repository) -> Iterator[Check]:
    """Nobody collects metrics.

    ## What it does
    Looks for Prometheus, a compatible server or an agent, in Compose or in the configuration of
    one.

    ## Why it matters
    Figures that nobody keeps cannot be compared with those of yesterday.

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
      prometheus: {image: "prom/prometheus:v3.5.0"}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ## Fix safety
    Generated: a monitoring profile with what it scrapes.
    """
    if backends(repository):
        ok = monitoring.collects(repository)
        yield verdict(
            "repository", anchor(repository), "nothing collects metrics of the services", ok=ok
        )
