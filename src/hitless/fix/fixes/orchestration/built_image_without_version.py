"""CP17: every build is an image of its own, so there is one to go back to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.project.called import called
from hitless.fix.registry import fix
from hitless.fix.services import found, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

TAG = "${HITLESS_VERSION:-dev}"  # what a release fills in; see the page on configuration


@fix("CP17")
def built_image_without_version(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Name the image, with the release's version as its tag."""
    for service, _ in found(repository, findings):
        yield put(service, ("image",), image_name(repository, service))


def image_name(repository: Repository, service: Service) -> str:
    """What a service's image is called, with the release's version as its tag."""
    return f"{_name(repository, service)}:{TAG}"


def _name(repository: Repository, service: Service) -> str:
    written = service.node.say("image")
    if written:
        return re.sub(r"(:[^:/]*)?(@.*)?$", "", written)
    return f"{called(repository, service.project)}/{service.name}".lower()
