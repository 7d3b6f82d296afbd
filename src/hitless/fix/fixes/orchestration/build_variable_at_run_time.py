"""CP32: a bundle is built with the values that the server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.bundles import moved_to_build
from hitless.fix.edit import RefusedError
from hitless.fix.registry import WHAT_RUNS, fix
from hitless.fix.services import found
from hitless.fix.step import Refusal, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP32", turn=WHAT_RUNS)
def build_variable_at_run_time(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Make build arguments of the variables."""
    for service, mine in found(repository, findings):
        image = repository.image_of(service)
        try:
            yield together(mine[0].place, *moved_to_build(repository, service, image))
        except RefusedError as error:
            yield Refusal(mine[0].place, str(error))
