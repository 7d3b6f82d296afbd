"""CP18: a service gets the time to finish what it has begun."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.images import kind
from hitless.audit.rules.orchestration.short_grace_period import DRAIN
from hitless.fix.registry import fix
from hitless.fix.services import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

USUAL, DATABASE = 30, 60  # seconds
MARGIN = 10  # seconds; a process that drains until the last moment still has to exit


@fix("CP18")
def short_grace_period(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Give databases a minute, others half of it, and all what their command asks for."""
    for service, _ in found(repository, findings):
        yield put(service, ("stop_grace_period",), f"{_period(service)}s")


def _period(service: Service) -> int:
    drain = re.search(DRAIN, " ".join(service.words("command")))
    needed = int(drain[1]) + MARGIN if drain else 0
    return max(needed, DATABASE if kind(service) == "database" else USUAL)
