"""CP25: a process has the rights that it needs, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import hands_out_files
from hitless.audit.rules.docker.runs_as_root import runs_as_root
from hitless.fix.registry import fix
from hitless.fix.services import found, put
from hitless.fix.step import refusal, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

# The master opens its port and its files as root; the workers get a user of their own.
OF_NGINX = ("CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID")


@fix("CP25")
def keeps_capabilities(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Drop all capabilities of what does not run as root; nginx keeps four."""
    for service, mine in found(repository, findings):
        drop = put(service, ("cap_drop",), ["ALL"])
        if not _is_root(repository, service):
            yield drop
        elif _is_nginx(repository, service):
            yield together(mine[0].place, drop, put(service, ("cap_add",), list(OF_NGINX)))
        else:
            yield refusal(mine[0].place, f"{service} runs as root, and may need what root has")


def _is_root(repository: Repository, service: Service) -> bool:
    image = repository.image_of(service)
    if image is None or service.filled("user"):
        return False
    subject = f"{image[0].path} {image[1].title}"
    return any(one.place for one in runs_as_root.check(repository) if one.subject == subject)


def _is_nginx(repository: Repository, service: Service) -> bool:
    image = repository.image_of(service)
    return image is not None and hands_out_files(image[0].lineage(image[1])[-1])
