"""What an application is called where files, images and projects get their names from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project

FITTING = re.compile(r"[\w.-]+")
NAMELESS = "app"  # a folder's name may be unknown, or none that an image could have


def called(repository: Repository, project: Project) -> str:
    """The name in its Compose file or hitless.yaml; otherwise that of its folder."""
    names = (one for one in _names(repository, project) if FITTING.fullmatch(one))
    return next(names, NAMELESS)


def _names(repository: Repository, project: Project) -> Iterator[str]:
    yield project.root.say("name")
    told = re.search(r"^service:\s*[\"']?([\w.-]+)", repository.text("hitless.yaml"), re.MULTILINE)
    yield told[1] if told else ""
    folder = project.directory.rpartition("/")[2]
    yield "-".join(one for one in (repository.name, folder) if one)
