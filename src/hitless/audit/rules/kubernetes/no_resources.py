"""K802: A pod may take all of its node."""

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


@rule("K802", Category.ORCHESTRATION, "resource limits", Severity.HIGH, fix=Fix.REVIEW)
def no_resources(repository: Repository) -> Iterator[Check]:
    """A pod may take all of its node.

    ## What it does
    Looks for a memory limit and for requests.

    ## Why it matters
    The scheduler puts pods where there is no room, and one leak ends its neighbours.

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
              resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}
    ```

    ## Fix safety
    Needs review: the figures are guesses, and say so; a limit below what the pod takes ends it.
    """
    for one in workloads.workloads(repository):
        for container in one.containers():
            limit = container.get("resources", "limits", "memory")
            asked = container.get("resources", "requests")
            message = "no memory limit, or nothing requested"
            yield verdict(
                f"{one.title} {container.say('name')}",
                container,
                message,
                ok=limit is not None and asked is not None,
            )
