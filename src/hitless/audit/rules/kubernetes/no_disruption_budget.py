"""K805: maintenance of a node may take all pods at once."""

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


@rule("K805", Category.ORCHESTRATION, "zero-downtime readiness", Severity.MEDIUM, fix=Fix.SAFE)
def no_disruption_budget(repository: Repository) -> Iterator[Check]:
    """Maintenance of a node may take all pods at once.

    ## What it does
    Looks for a PodDisruptionBudget whose labels fit a deployment with several replicas.

    ## Why it matters
    Draining a node evicts every pod on it, also when they are all there are.

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

    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: api}
    spec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}
    ```

    ## Fix safety
    Safe with at least two replicas: the object is added below the deployment, for the same labels.
    """
    budgets = [
        one.get("spec", "selector", "matchLabels")
        for one in repository.kubernetes
        if one.say("kind") == "PodDisruptionBudget"
    ]
    wanted = [
        {name: node.text for name, node in one.fields.items()} for one in budgets if one is not None
    ]
    for one in workloads.workloads(repository, "Deployment"):
        replicas = one.node.say("spec", "replicas")
        if replicas.isdigit() and int(replicas) > 1:
            node = one.node.get("spec", "template", "metadata", "labels")
            labels = (
                {name: label.text for name, label in node.fields.items()}
                if node is not None
                else {}
            )
            fits = any(labels.items() >= budget.items() for budget in wanted)
            yield verdict(
                one.title, one.node.key("spec"), "no PodDisruptionBudget covers its pods", ok=fits
            )
