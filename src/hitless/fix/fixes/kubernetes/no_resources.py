"""K802: a pod asks for what it needs, and gets no more memory than its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.manifests import Wanted, of_containers
from hitless.fix.registry import fix
from hitless.fix.yaml_text import Noted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

GUESS = "a guess: measure what it takes, and add half"


@fix("K802")
def no_resources(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set what is missing, by a guess that says so."""
    yield from of_containers(repository, findings, _resources)


def _resources(container: Node) -> list[Wanted]:
    wanted = []
    if container.get("resources", "requests") is None:
        wanted.append(Wanted(("resources", "requests"), {"cpu": "100m", "memory": "128Mi"}))
    if container.get("resources", "limits", "memory") is None:
        wanted.append(Wanted(("resources", "limits", "memory"), Noted("512Mi", GUESS)))
    return wanted
