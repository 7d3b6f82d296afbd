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
    from hitless.audit.workloads import Workload


@rule("K804", Category.ORCHESTRATION, "zero-downtime readiness", Severity.HIGH, fix=Fix.SAFE)
def rollout_takes_pods_away(repository: Repository) -> Iterator[Check]:
    """An update takes pods away before new ones serve.

    ## What it does
    Works out how many pods an update may take away: `maxUnavailable`, or the default of a
    quarter of the replicas, rounded down. With up to three replicas that is none. One that is
    recreated and has no port is left alone: it answers nobody, and some work must never be done
    by two at once.

    ## Why it matters
    What is gone while the new pods start is missing under load, and with `Recreate` nobody
    serves at all.

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

    ```yaml title="k8s/bot.yml"
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: bot}
    spec:
      replicas: 1
      strategy: {type: Recreate}
      template:
        metadata: {labels: {app: bot}}
        spec:
          containers:
            - name: bot
              image: example/bot:1.0
    ```

    ## Fix safety
    Safe when the cluster has room for one pod more. Recreate is left alone, for
    somebody chose it, and so are pods with a volume that a second one may not get.
    """
    for one in workloads.workloads(repository, "Deployment"):
        place = one.node.get("spec", "strategy") or one.node.key("spec")
        why = _why(repository, one)
        yield verdict(one.title, place, why, ok=not why)


def _why(repository: Repository, one: Workload) -> str:
    """What an update takes away; empty when that is nothing."""
    if one.node.say("spec", "strategy", "type") == "Recreate":
        return "" if _must_be_alone(one) else "nobody serves between the old pods and the new ones"
    count = _most_replicas(repository, one)
    most = one.node.say("spec", "strategy", "rollingUpdate", "maxUnavailable") or "25%"
    share = most.removesuffix("%")
    if not share.isdigit():
        return ""
    gone = int(share) * count // 100 if most.endswith("%") else min(int(share), count)
    message = f"{gone} of {count} pods may be gone before new ones are ready; set maxUnavailable: 0"
    return message if gone else ""


def _must_be_alone(one: Workload) -> bool:
    """Two pods may not share its volume, or its work: here the gap is the lesser evil."""
    claims = any(v.get("persistentVolumeClaim") is not None for v in one.pod.nodes("volumes"))
    return claims or not any(container.nodes("ports") for container in one.containers())


def _most_replicas(repository: Repository, one: Workload) -> int:
    """As many as the manifest, or the autoscaler that looks after it, allows."""
    counts = [one.node.say("spec", "replicas")]
    for other in repository.kubernetes:
        named = f"{other.say('spec', 'scaleTargetRef', 'kind')}/{other.say('spec', 'scaleTargetRef', 'name')}"
        if other.say("kind") == "HorizontalPodAutoscaler" and named == one.title:
            counts.append(other.say("spec", "maxReplicas"))
    return max([int(text) for text in counts if text.isdigit()], default=1)
