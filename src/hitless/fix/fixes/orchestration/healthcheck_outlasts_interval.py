"""CP09: a healthcheck ends before the next one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.documents.service import seconds
from hitless.fix.registry import fix
from hitless.fix.services import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

TIMES = 2  # the interval, in timeouts


@fix("CP09")
def healthcheck_outlasts_interval(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Ask half as often as an answer may take."""
    for service, _ in found(repository, findings):
        timeout = seconds(service.filled("healthcheck", "timeout")) or 0.0
        yield put(service, ("healthcheck", "interval"), f"{timeout * TIMES:g}s")
