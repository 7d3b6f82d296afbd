"""Workloads in plain Kubernetes manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node

KINDS = frozenset(("Deployment", "StatefulSet", "DaemonSet"))


class Workload(NamedTuple):
    """One workload and the pod that it makes."""

    title: str
    kind: str
    node: Node
    pod: Node

    def containers(self) -> list[Node]:
        """Its containers, those that only prepare left out."""
        return self.pod.nodes("containers")


def workloads(repository: Repository, *kinds: str) -> Iterator[Workload]:
    """Every workload of these kinds, of all kinds without."""
    for node in repository.kubernetes:
        kind = node.say("kind")
        pod = node.get("spec", "template", "spec")
        if kind in (kinds or KINDS) and pod is not None:
            yield Workload(f"{kind}/{node.say('metadata', 'name')}", kind, node, pod)
