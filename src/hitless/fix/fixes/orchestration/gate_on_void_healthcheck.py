"""CP04: what others wait for proves that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.health import checked
from hitless.fix.registry import HEALTH, fix
from hitless.fix.services import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP04", turn=HEALTH)
def gate_on_void_healthcheck(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Give the service that is waited for a check that asks it."""
    for service, mine in found(repository, findings):
        for finding in mine:
            name = finding.subject.partition(" → ")[2]
            yield checked(repository, service.project.services[name], finding.place)
