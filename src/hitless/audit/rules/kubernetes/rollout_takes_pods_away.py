"""K804: an update takes pods away before new ones serve."""

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


@rule("K804", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.SAFE)
def rollout_takes_pods_away(repository: Repository) -> Iterator[Check]:
    """An update takes pods away before new ones serve.

    ## What it does
    Looks for `maxUnavailable: 0` in the strategy of deployments.

    ## Why it matters
    With the default a quarter of the pods, or the only one, is gone while the new ones start.

    ## Bad
    ```yaml title="k8s/api.yml"
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api}
    spec:
      replicas: 2
      strategy: {rollingUpdate: {maxUnavailable: 1}}
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
    ```

    ## Fix safety
    Safe when the cluster has room for one pod more. Recreate is left alone, for
    somebody chose it, and so are pods with a volume that a second one may not get.
    """
    for one in workloads.workloads(repository, "Deployment"):
        strategy = one.node.get("spec", "strategy")
        most = one.node.say("spec", "strategy", "rollingUpdate", "maxUnavailable")
        recreate = one.node.say("spec", "strategy", "type") == "Recreate"
        message = "pods are taken away before new ones are ready; set maxUnavailable: 0"
        yield verdict(
            one.title,
            strategy or one.node.key("spec"),
            message,
            ok=most in ("0", "0%") and not recreate,
        )
