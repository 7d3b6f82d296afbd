"""K801: A pod has no readiness of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import workloads
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("K801", Category.ORCHESTRATION, "healthchecks", Severity.HIGH, fix=Fix.SAFE)
def probes_missing_or_equal(repository: Repository) -> Iterator[Check]:
    """A pod has no readiness of its own.

    ## What it does
    Looks for a readiness probe on containers with a port, and for a liveness probe that asks
    the same question. What nobody calls has no traffic to be ready for.

    ## Why it matters
    Without readiness a pod gets traffic before it can serve. When both are the same, a slow
    database makes Kubernetes restart every pod at once.

    ## Bad
    ```yaml title="k8s/api.yml"
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api}
    spec:
      replicas: 2
      strategy: {rollingUpdate: {maxUnavailable: 0}}
      template:
        metadata: {labels: {app: api}}
        spec:
          containers:
            - name: api
              image: example/api:1.0
              livenessProbe: {httpGet: {path: /health, port: 8000}}
    ```

    ## Good
    ```yaml title="k8s/api.yml"
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api}
    spec:
      replicas: 2
      strategy: {rollingUpdate: {maxUnavailable: 0}}
      template:
        metadata: {labels: {app: api}}
        spec:
          containers:
            - name: api
              image: example/api:1.0
              readinessProbe: {httpGet: {path: /ready, port: 8000}}
              livenessProbe: {httpGet: {path: /live, port: 8000}}
    ```

    ## Fix safety
    Safe: readiness asks what liveness asked, and liveness only whether the port is open. Without
    any probe readiness asks for the port, which says less than a path of the application would.
    Probes that run a program are left alone.
    """
    for one in workloads.workloads(repository):
        for container in one.containers():
            ready, live = container.get("readinessProbe"), container.get("livenessProbe")
            called = live is not None and live.get("exec") is None
            if not (container.nodes("ports") or ready or called):
                continue
            same = (
                ready is not None
                and live is not None
                and [n.text for n in ready.walk()] == [n.text for n in live.walk()]
            )
            message = (
                "readiness and liveness ask the same" if same else "there is no readiness probe"
            )
            yield verdict(
                f"{one.title} {container.say('name')}",
                container,
                message,
                ok=ready is not None and not same,
            )
