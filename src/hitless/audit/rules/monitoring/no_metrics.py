"""MO01: the application exports no metrics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_of, code_with
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

LIBRARIES = frozenset(("prom-client", "prometheus-client", "datadog", "newrelic", "sentry-sdk"))


@rule("MO01", Category.MONITORING, "metrics", Severity.HIGH, fix=Fix.REVIEW)
def no_metrics(repository: Repository) -> Iterator[Check]:
    """The application exports no metrics.

    ## What it does
    Looks for a metrics library, or an endpoint `/metrics`, in the code and the dependencies of
    each service that is built here.

    ## Why it matters
    Whether a release made something worse is then a matter of opinion.

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

    ```python title="app.py"
    from fastapi import FastAPI

    app = FastAPI()
    ```

    ```text title="requirements.txt"
    fastapi==0.115.6
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

    ```python title="app.py"
    print("serving")
    ```

    ```text title="requirements.txt"
    flask==3.1
    prometheus-client==0.23
    ```

    ## Fix safety
    Needs review: for FastAPI, a module that times requests by route and status, two lines that
    register it, and the library in requirements.txt. The figures of several processes are joined
    in files below /tmp. Others are refused, and lock files are left to the tool that writes them.
    """
    for service in backends(repository):
        code = code_of(repository, service)
        if code:
            declared = any(LIBRARIES & set(one.dependencies) for one in repository.manifests)
            declared |= any(
                re.search(r"prometheus|opentelemetry|statsd", name)
                for one in repository.manifests
                for name in one.dependencies
            )
            told = declared or bool(code_with(repository, service, "/metrics"))
            yield verdict(service, service.key, f"{service} exports no metrics", ok=told)
