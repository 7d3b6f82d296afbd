"""CP01: the Compose files do not resolve."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.documents.service import Service


@rule("CP01", Category.ORCHESTRATION, "production profile", Severity.HIGH, fix=Fix.NONE)
def compose_does_not_resolve(repository: Repository) -> Iterator[Check]:
    """The Compose files do not resolve.

    ## What it does
    Follows every name in the Compose files: env files, included and extended files, build
    contexts, Dockerfiles and their stages, other services, networks, volumes and secrets.

    ## Why it matters
    `docker compose up` stops with an error before it starts anything: on the server, during the
    release.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        depends_on: [db]
        networks: [back]
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        depends_on: [db]
        networks: [back]
      db:
        image: postgres:17
        networks: [back]
    networks:
      back:
    ```

    ## Fix safety
    No edit is offered: which of the two names is right cannot be known.
    """
    for project in repository.projects:
        faults = [*_missing_files(project), *_unknown_names(project)]
        for service in project.services.values():
            faults += [*_unknown_in(service), *_build_faults(repository, service)]
            faults += _env_faults(repository, service)
        yield from each(project.files[0], faults)


def _missing_files(project: Project) -> Iterator[Check]:
    for node in project.missing:
        yield failed(
            project.files[0], node, f"{node.text} is named here and does not exist", node.text
        )


def _unknown_names(project: Project) -> Iterator[Check]:
    for service in project.services.values():
        for name in service.depends_on():
            if name not in project.services:
                node = service.node.key("depends_on")
                message = f"{service} depends on {name}, which is no service"
                yield failed(project.files[0], node, message, name)


def _unknown_in(service: Service) -> Iterator[Check]:
    project = service.project
    networks = project.root.get("networks")
    known = set(project.root.fields["networks"].fields) if networks else set()
    for name in service.networks() - known - {"default"}:
        node = service.node.key("networks")
        yield failed(project.files[0], node, f"network {name} is not defined below networks:", name)
    volumes = project.root.get("volumes")
    named = set(volumes.fields) if volumes else set()
    for mount in service.mounts():
        if mount.kind == "volume" and mount.source and mount.source not in named:
            message = f"volume {mount.source} is not defined below volumes:"
            yield failed(project.files[0], mount.node, message, mount.source)
    for kind in ("secrets", "configs"):
        defined = project.root.get(kind)
        for node in service.node.nodes(kind):
            name = node.text or node.say("source")
            if defined is None or name not in defined.fields:
                yield failed(project.files[0], node, f"{name} is not defined below {kind}:", name)


def _build_faults(repository: Repository, service: Service) -> Iterator[Check]:
    context, path, target = service.build()
    node = service.node.key("build")
    if (
        not service.is_built
        or "://" in context
        or context.startswith(("..", "git@"))
        or service.node.get("build", "dockerfile_inline")
    ):
        return
    if not repository.has(context):
        yield failed(
            service.project.files[0], node, f"build context {context} does not exist", context
        )
    elif not repository.has(path):
        yield failed(service.project.files[0], node, f"{path} does not exist", path)
    elif path in repository.dockerfiles and repository.image_of(service) is None:
        yield failed(service.project.files[0], node, f"{path} has no stage {target!r}", target)


def _env_faults(repository: Repository, service: Service) -> Iterator[Check]:
    for node in service.env_files():
        path = service.project.path(node.text)
        entries = [one for one in service.node.nodes("env_file") if one.get("path") is node]
        optional = any(one.say("required") == "false" for one in entries)
        if not (
            optional
            or repository.has(path)
            or path.startswith(("/", ".."))
            or _is_made(repository, path)
        ):
            yield failed(
                service.project.files[0],
                node,
                f"env file {path} does not exist and no example shows what belongs into it",
                path,
            )


def _is_made(repository: Repository, path: str) -> bool:
    """Git leaves it out on purpose, or an example shows what belongs into it."""
    folder = posixpath.dirname(path)
    if any(posixpath.dirname(one) == folder for one in repository.env_examples):
        return True
    return repository.is_gitignored(path)
