"""The images that a repository builds, and where they could be pushed."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit.images import short
from hitless.fix.project.packages import slug
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

OWN_REGISTRY = "ghcr.io"
ONE_MACHINE = r"(?:^|[-_/:])(amd64|x86_64|arm64|arm64v8|aarch64)(?:$|[-_/:@])"
BOTH, INTEL, ARM = "linux/amd64,linux/arm64", "linux/amd64", "linux/arm64"


class Image(NamedTuple):
    """One image.

    Attributes:
        context: From the repository's root; ``.`` for all of it.
        file: The Dockerfile.
        target: The stage; empty for the last one.
        explicit: Its name with a registry, as Compose has it; empty when it names none.
        platforms: Both, unless its base exists for one kind of machine only.
    """

    name: str
    context: str
    file: str
    target: str
    explicit: str
    platforms: str


def images(repository: Repository) -> list[Image]:
    """Each image once: several services may run the same one."""
    found: dict[tuple[str, str, str], Image] = {}
    for service in repository.services:
        if service.is_built:
            context, file, target = service.build()
            if file in repository.known:
                made = _image(repository, service.name, context, file, target)
                found.setdefault(made[1:4], made._replace(explicit=_explicit(service.image)))
    if not found:
        for dockerfile, stage, context in repository.released:
            name = slug(context or posixpath.dirname(dockerfile.path) or repository.name)
            target = "" if stage is dockerfile.stages[-1] else stage.name
            made = _image(repository, name, context, dockerfile.path, target)
            found.setdefault(made[1:4], made)
    return [one for one in found.values() if is_plain(*one[:5])]


def registry(found: list[Image]) -> str:
    """Where they are pushed: where Compose pulls from, else GitHub's."""
    named = [one.explicit.partition("/")[0] for one in found if one.explicit]
    return named[0] if named else OWN_REGISTRY


def _image(repository: Repository, name: str, context: str, file: str, target: str) -> Image:
    return Image(slug(name), context or ".", file, target, "", _platforms(repository, file))


def _explicit(image: str) -> str:
    """A name whose first part is a host, without its tag."""
    host = image.partition("/")[0]
    if "/" not in image or "." not in host:
        return ""
    return image.rpartition("/")[0] + "/" + short(image)


def _platforms(repository: Repository, file: str) -> str:
    dockerfile = repository.dockerfiles.get(file)
    bases = [stage.base for stage in dockerfile.stages] if dockerfile is not None else []
    for base in bases:
        found = re.search(ONE_MACHINE, base)
        if found:
            return ARM if found[1].startswith(("arm", "aarch")) else INTEL
    return BOTH
