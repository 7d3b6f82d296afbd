"""CP11: what shows the inside is published on the loopback address only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.ports import bound_to_loopback
from hitless.fix.registry import fix
from hitless.fix.services import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP11")
def public_admin_port(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Bind its ports to the machine itself."""
    for service, mine in found(repository, findings):
        yield from bound_to_loopback(repository, service, mine)
