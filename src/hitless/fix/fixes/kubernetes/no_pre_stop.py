"""K806: a pod keeps answering while its address goes out of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.manifests import Wanted, of_containers
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("K806")
def no_pre_stop(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Sleep before SIGTERM; the kubelet itself does it, so no image needs a program for it."""
    yield from of_containers(repository, findings, _waiting)


def _waiting(_: Node) -> list[Wanted]:
    return [Wanted(("lifecycle", "preStop"), {"sleep": {"seconds": 5}})]
