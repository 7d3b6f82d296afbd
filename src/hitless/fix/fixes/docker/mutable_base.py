"""DF06: a base image gets the version that the repository names elsewhere."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.documents.paths import joined
from hitless.fix.dockerfiles import edited, spots
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix
from hitless.fix.versions import named_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step

TOLD = {"python": (".python-version",), "node": (".nvmrc", ".node-version")}


@fix("DF06")
def mutable_base(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Name the version that Compose, another Dockerfile or a version file names."""
    for finding, spot in spots(repository, findings):
        image = finding.subject.partition(" ")[2]
        change = partial(_named, repository, spot=spot, image=image)
        yield edited(repository, finding, spot.file.path, change)


def _named(repository: Repository, editor: DockerfileEditor, spot: Spot, image: str) -> None:
    found = _from_file(repository, spot, image) or named_elsewhere(repository, image)
    if not found:
        raise RefusedError(f"no file tells which version of {image} is meant; a registry knows")
    editor.substitute(spot.one, rf"(?<![\w/.-]){re.escape(image)}(?=\s|$)", found)


def _from_file(repository: Repository, spot: Spot, image: str) -> str:
    """The image with the version of a file such as .python-version; a flavour is kept."""
    for name in TOLD.get(short(image), ()):
        for path in (joined(spot.context, name), name):
            version = re.match(r"v?(\d+(?:\.\d+){0,2})\s*$", repository.text(path))
            if version:
                bare, _, flavour = image.partition(":")
                kept = f"-{flavour}" if flavour not in ("", "latest", "lts", "current") else ""
                return f"{bare}:{version[1]}{kept}"
    return ""
