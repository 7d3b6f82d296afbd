"""Workloads in plain Kubernetes manifests."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.images import DATA_PORTS
from hitless.documents.paths import joined

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

    @property
    def keeps_data(self) -> bool:
        """One of its containers is a database, cache or broker, by the ports that these have."""
        ports = [p.say("containerPort") for one in self.containers() for p in one.nodes("ports")]
        return not DATA_PORTS.isdisjoint(ports)


def workloads(repository: Repository, *kinds: str) -> Iterator[Workload]:
    """Every workload of these kinds, of all kinds without."""
    for node in repository.kubernetes:
        kind = node.say("kind")
        pod = node.get("spec", "template", "spec")
        if kind in (kinds or KINDS) and pod is not None and not _is_patch(repository, node):
            yield Workload(f"{kind}/{node.say('metadata', 'name')}", kind, node, pod)


def _is_patch(repository: Repository, node: Node) -> bool:
    """Kustomize lays it over another object: what it lacks, that one may have."""
    if node.get("spec", "selector") is not None:
        return False
    folders = [node.path]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    names = ("kustomization.yaml", "kustomization.yml", "Kustomization")
    return any(joined(folder, name) in repository.known for folder in folders for name in names)
