"""CP23: what is mounted is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.storage import durable
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix
from hitless.fix.services import found, item
from hitless.fix.step import refusal, together
from hitless.fix.yaml_edit import Remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Mount, Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step


@fix("CP23")
def bind_source_missing(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Take mounts of missing settings away; folders may hold data on the server."""
    for service, mine in found(repository, findings):
        wrong = {one.subject.partition(" ")[2] for one in mine}
        mounts = [m for m in service.mounts() if m.kind == "bind" and m.target in wrong]
        for mount in reversed(mounts):  # the last one first: places in the list stay as they are
            yield _step(repository, service, mount)


def _step(repository: Repository, service: Service, mount: Mount) -> Step:
    if mount in durable(service):
        return refusal(mount.node, f"{service} may keep its data there, on the server")
    try:
        return together(mount.node, Remove(*item(repository, service, "volumes", mount.node)))
    except RefusedError as error:
        return refusal(mount.node, str(error))
