"""CP21: data outlives its container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import short, tag
from hitless.audit.storage import data_folders
from hitless.fix.registry import fix
from hitless.fix.services import add, found, top
from hitless.fix.step import together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

# Since this version the image keeps its data in a folder by version, and the volume lies above.
POSTGRES_MOVED = 18


@fix("CP21")
def data_without_volume(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Mount a named volume where the image keeps its data."""
    for service, mine in found(repository, findings):
        volume = f"{service.name}-data"
        mount = add(service, ("volumes",), f"{volume}:{_folder(service)}")
        yield together(mine[0].place, mount, top(service, ("volumes", volume), None))


def _folder(service: Service) -> str:
    folders = data_folders(service)
    major = tag(service.image).partition(".")[0].partition("-")[0]
    moved = short(service.image) == "postgres" and major.isdigit() and int(major) >= POSTGRES_MOVED
    return folders[-1] if moved else folders[0]
