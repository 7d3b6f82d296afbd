"""What of a repository is its own application."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.images import is_application, is_data, kind, short
from hitless.documents.paths import joined
from hitless.domain.finding import Place

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Stage
    from hitless.documents.service import Service

SERVERS_OF_FILES = frozenset(("nginx", "nginx-unprivileged", "httpd", "caddy"))


def long_running(repository: Repository) -> list[Service]:
    """The services that are meant to stay."""
    return [one for one in repository.services if not one.is_one_shot]


def applications(repository: Repository) -> list[Service]:
    """Long-running services of the project's own code."""
    return [one for one in long_running(repository) if is_application(one)]


def backends(repository: Repository) -> list[Service]:
    """Own services built here that run code, rather than hand out files."""
    found = []
    for service in applications(repository):
        image = repository.image_of(service)
        if service.is_built and (image is None or not hands_out_files(image[1])):
            found.append(service)
    return found


def hands_out_files(stage: Stage) -> bool:
    """The image is a web server with files in it."""
    return short(stage.base) in SERVERS_OF_FILES


def has_own_code(repository: Repository) -> bool:
    """There is something here that is built or tested, rather than only pulled."""
    manifests = [one for one in repository.manifests if one.dependencies or one.scripts]
    return bool(repository.dockerfiles or manifests or any(s.is_built for s in repository.services))


def is_deployed(repository: Repository) -> bool:
    """Its own code is run from here.

    A repository whose workflows push an image, and that tells nowhere how to run it, leaves
    that to those who pull it.
    """
    if not repository.released:
        return False
    told = repository.services or repository.kubernetes
    return bool(told) or "environment:" in _texts(repository) or not _pushes(repository)


def anchor(repository: Repository) -> Place:
    """Where something that is missing altogether is told."""
    for project in repository.projects:
        return Place(project.files[0], 1)
    for path in (*repository.dockerfiles, *(one.path for one in repository.manifests)):
        return Place(path, 1)
    return Place(repository.paths[0] if repository.paths else ".", 1)


def pipeline_anchor(repository: Repository) -> Place:
    """Where something that no workflow does is told: in the one that is nearest to it."""
    paths = [one.path for one in repository.workflows]
    for words in (r"deploy", r"publish|docker|container|\bcd\b", r"release", r"\bci\b|test", ""):
        for path in paths:
            if re.search(words, path):
                return Place(path, 1)
    return anchor(repository)


def code_of(repository: Repository, service: Service) -> dict[str, str]:
    """The sources that go into a service's image: those beside and below its Dockerfile."""
    context, path, _ = service.build()
    folder = path.rpartition("/")[0]
    # A folder such as docker/ holds the Dockerfile, and the program lies around it.
    has_program = any(
        joined("", one.path.rpartition("/")[0]) == folder for one in repository.manifests
    )
    return repository.code_below(folder if context == "" and has_program else context)


def code_with(repository: Repository, service: Service, *words: str) -> dict[str, str]:
    """Those of a service's sources that contain one of these words."""
    own = code_of(repository, service)
    return {path: text for path, text in repository.code_matching(*words) if path in own}


def databases(repository: Repository) -> list[Service]:
    """Services whose data is lost with their volume."""
    return [one for one in long_running(repository) if kind(one) == "database"]


def uses_data(service: Service) -> bool:
    """It waits for, or shares a project with, a database, cache or broker."""
    return any(is_data(one) for one in service.project.services.values())


def _texts(repository: Repository) -> str:
    return "\n".join(repository.text(one.path) for one in repository.workflows)


def _pushes(repository: Repository) -> bool:
    pushed = r"build-push-action|docker[\w-]*-push|docker (image )?push|--push\b|bake-action|kaniko"
    return bool(re.search(pushed, _texts(repository)))
