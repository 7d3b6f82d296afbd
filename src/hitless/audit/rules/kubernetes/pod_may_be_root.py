"""K803: A pod may run as root."""

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


@rule("K803", Category.SECURITY, "non-root containers", Severity.HIGH, fix=Fix.REVIEW)
def pod_may_be_root(repository: Repository) -> Iterator[Check]:
    """A pod may run as root.

    ## What it does
    Looks for `runAsNonRoot` or a user in the security context of the pod or of its containers.

    ## Why it matters
    Whoever takes over the process owns its container, and is one flaw away from the node.

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
              securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false}
    ```

    ## Fix safety
    Needs review: the image needs a user of its own, by number, or no pod starts. Refused for public
    images that are known to start as root, and for ports below 1024.
    """
    for one in workloads.workloads(repository):
        for container in one.containers():
            levels = [
                node
                for node in (container.get("securityContext"), one.pod.get("securityContext"))
                if node is not None
            ]
            user = any(
                node.say("runAsNonRoot") == "true" or node.say("runAsUser") not in ("", "0")
                for node in levels
            )
            yield verdict(
                f"{one.title} {container.say('name')}",
                container,
                "nothing keeps it from running as root",
                ok=user,
            )
