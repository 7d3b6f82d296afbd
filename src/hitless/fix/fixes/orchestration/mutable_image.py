"""CP15: an image gets the version that the repository names elsewhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.attempt import attempt
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix
from hitless.fix.services import found, put
from hitless.fix.versions import named_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step


@fix("CP15")
def mutable_image(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Name the version that CI, a Dockerfile or another service names."""
    for service, mine in found(repository, findings):
        yield attempt(mine[0].place, partial(_named, repository, service))


def _named(repository: Repository, service: Service) -> list[Action]:
    version = named_elsewhere(repository, service.image)
    if not version:
        why = f"no other file tells which version of {service.image} is meant"
        raise RefusedError(f"{why}; the server does: docker compose images")
    return [put(service, ("image",), version)]
