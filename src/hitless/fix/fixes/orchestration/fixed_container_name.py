"""CP16: container_name goes; Compose numbers the names it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import drop, found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP16")
def fixed_container_name(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Take the name away."""
    for service, _ in found(repository, findings):
        yield drop(service, ("container_name",))
