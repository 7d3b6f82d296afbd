"""CP06: a service may not start processes without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import found, limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

ENOUGH = 512


@fix("CP06")
def no_pids_limit(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set a limit far above what a service needs."""
    for service, _ in found(repository, findings):
        yield limit(service, "pids_limit", "pids", ENOUGH)
