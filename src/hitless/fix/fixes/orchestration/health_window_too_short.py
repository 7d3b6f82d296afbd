"""CP31: a service may take its time to start before it is called unhealthy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP31")
def health_window_too_short(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Give it half a minute."""
    for service, _ in found(repository, findings):
        yield put(service, ("healthcheck", "start_period"), "30s")
