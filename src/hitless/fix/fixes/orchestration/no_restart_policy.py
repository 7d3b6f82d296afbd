"""CP19: a service comes back after a crash and after a reboot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP19")
def no_restart_policy(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Restart it unless a person stopped it."""
    for service, _ in found(repository, findings):
        yield put(service, ("restart",), "unless-stopped")
