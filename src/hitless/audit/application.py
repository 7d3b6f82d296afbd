"""What of a repository is its own application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import is_application, is_data, kind, short
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
    """It says how its own code is run: in Compose or in Kubernetes."""
    return any(s.is_built for s in repository.services) or bool(repository.released)


def anchor(repository: Repository) -> Place:
    """Where something that is missing altogether is told."""
    for project in repository.projects:
        return Place(project.files[0], 1)
    for path in (*repository.dockerfiles, *(one.path for one in repository.manifests)):
        return Place(path, 1)
    return Place(repository.paths[0] if repository.paths else ".", 1)


def code_of(repository: Repository, service: Service) -> dict[str, str]:
    """The sources that go into a service's image: those beside and below its Dockerfile."""
    context, path, _ = service.build()
    folder = path.rpartition("/")[0] if context == "" and path.count("/") else context
    return repository.code_below(folder)


def databases(repository: Repository) -> list[Service]:
    """Services whose data is lost with their volume."""
    return [one for one in long_running(repository) if kind(one) == "database"]


def uses_data(service: Service) -> bool:
    """It waits for, or shares a project with, a database, cache or broker."""
    return any(is_data(one) for one in service.project.services.values())
