"""CP08: healthy means that the service answered."""

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


@fix("CP08", turn=HEALTH)
def void_healthcheck(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Ask the service, with what its image holds."""
    for service, mine in found(repository, findings):
        yield checked(repository, service, mine[0].place)
