"""CP13: users get the production build, at the place where they look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.commands import without
from hitless.fix.edit import RefusedError
from hitless.fix.production import deployed
from hitless.fix.registry import WHAT_RUNS, fix
from hitless.fix.services import found
from hitless.fix.step import Refusal, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

RELOAD = "--reload"


@fix("CP13", turn=WHAT_RUNS)
def development_server(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Deploy the production stage with all that changes with it; or only stop reloading."""
    for service, mine in found(repository, findings):
        try:
            if RELOAD in service.words("command"):
                yield together(mine[0].place, without(service, RELOAD))
            else:
                yield together(mine[0].place, *deployed(repository, service))
        except RefusedError as error:
            yield Refusal(mine[0].place, str(error))
