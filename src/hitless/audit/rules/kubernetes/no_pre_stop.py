"""K806: A pod ends while requests are still sent to it."""

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


@rule("K806", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.SAFE)
def no_pre_stop(repository: Repository) -> Iterator[Check]:
    """A pod ends while requests are still sent to it.

    ## What it does
    Looks for a `preStop` hook on containers with a port. Databases, caches and brokers are left
    alone: there is no second one that takes over their connections.

    ## Why it matters
    Kubernetes sends SIGTERM and takes the address out of service at the same time: for a second
    or two requests reach a process that has closed its port.

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
              ports: [{containerPort: 8000}]
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
              ports: [{containerPort: 8000}]
              lifecycle: {preStop: {sleep: {seconds: 5}}}
    ```

    ## Fix safety
    Safe: a pod takes five seconds longer to end. The kubelet sleeps itself, from Kubernetes 1.30 on.
    """
    for one in workloads.workloads(repository, "Deployment"):
        for container in [] if one.keeps_data else one.containers():
            if container.nodes("ports"):
                hook = container.get("lifecycle", "preStop")
                message = "requests still arrive after SIGTERM; wait in preStop"
                yield verdict(
                    f"{one.title} {container.say('name')}", container, message, ok=hook is not None
                )
