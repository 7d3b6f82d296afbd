"""K803: the kubelet starts no container as root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import IMAGES, short
from hitless.fix.edit import RefusedError
from hitless.fix.manifests import Wanted, of_containers
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

LOWEST_PORT = 1024


@fix("K803")
def pod_may_be_root(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set runAsNonRoot on the container."""
    yield from of_containers(repository, findings, _bound)


def _bound(container: Node) -> list[Wanted]:
    if container.say("securityContext", "runAsUser") == "0":
        raise RefusedError("it is told to run as root")
    image = short(container.say("image"))
    if image in IMAGES:
        raise RefusedError(f"{image} starts as root and gives its rights away itself")
    for port in (one.say("containerPort") for one in container.nodes("ports")):
        if port.isdigit() and int(port) < LOWEST_PORT:
            raise RefusedError(f"only root may listen on port {port} everywhere; give it another")
    wanted = [Wanted(("securityContext", "runAsNonRoot"), value=True)]
    if container.get("securityContext", "allowPrivilegeEscalation") is None:
        wanted.append(Wanted(("securityContext", "allowPrivilegeEscalation"), value=False))
    return wanted
