"""How what is in a repository is started on somebody's own machine."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.paths import joined
from hitless.fix.project.called import called
from hitless.fix.project.images import images
from hitless.fix.project.packages import packages, slug
from hitless.fix.project.pages import pages
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.fix.project.images import Image

# Compose looks for these by itself; any other has to be named.
FOUND = frozenset(("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"))


class Start(NamedTuple):
    """What to type, and what can be seen then.

    Attributes:
        pages: Addresses; empty when no port is published for users.
    """

    commands: tuple[str, ...]
    pages: tuple[str, ...] = ()


def name_of(repository: Repository) -> str:
    """What a reader calls it."""
    if repository.projects:
        return called(repository, repository.projects[0])
    return repository.name or "Application"


def start(repository: Repository) -> Start:
    """By Compose where that can be done, else by an image, else by a package; empty by none."""
    projects = [one for one in repository.projects if is_plain(*one.files)]
    if projects:
        return Start(tuple(_by_compose(repository, projects[0])), tuple(pages(repository)))
    for image in images(repository):
        return Start(tuple(_by_docker(repository, image)), tuple(_pages(repository, image)))
    return Start(tuple(_by_packages(repository)))


def _by_compose(repository: Repository, project: Project) -> Iterator[str]:
    yield from _env_files(repository, project)
    usual = len(project.files) == 1 and project.files[0] in FOUND
    flags = "" if usual else "".join(f" --file {one}" for one in project.files)
    yield f"docker compose{flags} up --build --detach"


def _env_files(repository: Repository, project: Project) -> Iterator[str]:
    """Each env file that git does not have, from its example."""
    wanted = {node.text for one in project.services.values() for node in one.env_files()}
    for name in sorted({joined(project.directory, one) for one in {*wanted, ".env"}}):
        example = next((one for one in repository.env_examples if one.startswith(name)), "")
        if example and name not in repository.known and is_plain(example, name):
            yield f"cp {example} {name}  # fill in what is empty"


def _by_docker(repository: Repository, image: Image) -> Iterator[str]:
    tag = slug(repository.name or image.name)
    target = f" --target {image.target}" if image.target else ""
    yield f"docker build --tag {tag} --file {image.file}{target} {image.context}"
    published = "".join(f" --publish 127.0.0.1:{p}:{p}" for p in _exposed(repository, image))
    yield f"docker run --rm{published} {tag}"


def _exposed(repository: Repository, image: Image) -> list[str]:
    """Ports that the image says that it listens on."""
    file = repository.dockerfiles[image.file]
    stage = file.stage(image.target)
    told = file.inherited(stage, "EXPOSE") if stage is not None else []
    ports = [word.partition("/")[0] for one in told for word in one.text.split()]
    return list(dict.fromkeys(one for one in ports if one.isdigit()))


def _pages(repository: Repository, image: Image) -> list[str]:
    return [f"http://127.0.0.1:{one}/" for one in _exposed(repository, image)[:1]]


def _by_packages(repository: Repository) -> Iterator[str]:
    """What installs a package and tries it."""
    for one in packages(repository):
        tried = [check.command for check in one.checks if check.kind in ("test", "build")]
        if tried:
            steps = " && ".join([*one.install, *one.tools, *tried])
            yield f"(cd {posixpath.normpath(one.folder)} && {steps})" if one.folder else steps
