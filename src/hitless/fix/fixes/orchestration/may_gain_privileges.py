"""CP24: no process gets more rights than it was started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.registry import fix
from hitless.fix.services import add, found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP24")
def may_gain_privileges(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set no-new-privileges."""
    for service, _ in found(repository, findings):
        yield add(service, ("security_opt",), "no-new-privileges:true")
