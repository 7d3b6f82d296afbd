"""CP26: a service cannot change its own program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import hands_out_files
from hitless.fix.registry import fix
from hitless.fix.services import add, found, put
from hitless.fix.step import together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step

SCRATCH = ("/tmp",)  # noqa: S108  # in the container, and in memory
OF_NGINX = ("/var/cache/nginx", "/run")


@fix("CP26")
def writable_root(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Make its files read-only, and what nginx and others write to a tmpfs."""
    for service, mine in found(repository, findings):
        yield together(mine[0].place, *_actions(repository, service))


def _actions(repository: Repository, service: Service) -> Iterator[Action]:
    yield put(service, ("read_only",), value=True)
    mounted = {one.target for one in service.mounts()}
    for folder in _written(repository, service):
        if folder not in mounted:
            yield add(service, ("tmpfs",), folder)


def _written(repository: Repository, service: Service) -> tuple[str, ...]:
    image = repository.image_of(service)
    nginx = image is not None and hands_out_files(image[0].lineage(image[1])[-1])
    return (*SCRATCH, *OF_NGINX) if nginx else SCRATCH
