"""The whole proposal for a repository."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.images import kind
from hitless.documents.compose import load
from hitless.domain.errors import NoComposeFile, NothingToRelease
from hitless.scaffold import http
from hitless.scaffold.migrations import begins_with_migrating, migration
from hitless.scaffold.mounts import change
from hitless.scaffold.parts import Parts, parts
from hitless.scaffold.proposal import Change, Edge, Migration, Proposal, Site, Way
from hitless.scaffold.traefik import in_use

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.documents.service import Service

USUAL_PORT = 8080
HTTP = "80"
LONGEST_NAME = 41
# Names that the service of users has when several publish a port.
FRONT = re.compile(r"front|web|www|site|ui|client|app|gateway|nginx")


def propose(repository: Repository, directory: str) -> Proposal:
    """What hitless.yaml could say.

    Args:
        repository: What is there, without an earlier hitless.yaml.
        directory: Its name, from which the service gets one.

    Raises:
        NoComposeFile: when there is nothing to release here.
        NothingToRelease: when no service answers requests.
    """
    project = _project(repository)
    found = parts(repository, project)
    sites = _sites(repository, found, project)
    edge, ways = _by_labels(found, project) or _edge(found, sites)
    changes, notes = _changes(repository, project, found)
    return Proposal(
        service=_name(project, directory),
        compose=project.files,
        edge=edge,
        sites=sites,
        ways=ways,
        jobs=tuple(found.jobs),
        accessories=tuple(found.accessories),
        ignored=tuple(found.ignored),
        migration=_migration(repository, found, project, notes),
        changes=changes,
        notes=(*found.notes, *notes),
    )


def _project(repository: Repository) -> Project:
    here = [one for one in repository.projects if not one.directory]
    if here and here[0].services:
        return _on_the_server(repository, here[0])
    for error in repository.problems:
        if not posixpath.dirname(error.path):
            raise error
    if here:
        raise NothingToRelease(
            f"{here[0].files[0]} has no services", "write down what the application consists of"
        )
    elsewhere = sorted({one.directory for one in repository.projects})
    hint = (
        f'there is one in {elsewhere[0]}: "cd {elsewhere[0]}", then "hitless init"'
        if elsewhere
        else 'Hitless releases Compose projects: write a compose.yml, then "hitless init"'
    )
    raise NoComposeFile("there is no Compose file in this directory", hint)


def _on_the_server(repository: Repository, project: Project) -> Project:
    """Without the base file, when the one for production says all by itself."""
    *others, last = project.files
    if not others:
        return project
    alone = load((last,), lambda path: repository.text(path) or None, project.values)
    complete = all(one.is_built or one.image for one in alone.services.values())
    return alone if complete and set(alone.services) >= set(project.services) else project


def _name(project: Project, directory: str) -> str:
    text = (project.root.say("name") or directory).lower()
    if "$" in text:
        text = directory.lower()
    found = re.sub(r"[^a-z0-9-]+", "-", text).strip("-")[:LONGEST_NAME]
    return found or "service"


def _sites(repository: Repository, found: Parts, project: Project) -> tuple[Site, ...]:
    sites = []
    for service in found.web:
        number = http.port(repository, service) or found.behind.get(service.name)
        if number is None:
            raise NothingToRelease(
                f"nothing tells on which port service {service.name!r} listens",
                f'write "expose: [PORT]" to {service.name} in {project.files[0]}, '
                'then "hitless init"',
            )
        sites.append(_site(repository, service, number))
    if not sites:
        raise NothingToRelease(
            f"no service of {project.files[0]} answers requests: none publishes or exposes a port",
            'publish the port of the one that does, then "hitless init"',
        )
    return tuple(sites)


def _site(repository: Repository, service: Service, number: int) -> Site:
    published = next((one for one in http.ports(service) if one.target == str(number)), None)
    host = published.published.partition("-")[0] if published else ""
    return Site(
        name=service.name,
        port=number,
        ready=http.ready(repository, service, number),
        published=int(host) if host.isdigit() else None,
        address=published.host if published and not published.host.startswith("$") else "",
        pages=http.has_pages(repository, service),
        sockets=http.sockets(repository, service),
    )


def _edge(found: Parts, sites: tuple[Site, ...]) -> tuple[Edge, tuple[Way, ...]]:
    names = {one.name for one in sites}
    if found.proxy is not None and all(way.service in names for way in found.proxy[1].ways):
        return Edge(found.proxy[0].name), found.proxy[1].ways
    behind = {one for one in found.behind if one in names}
    front = [one for one in sites if one.name not in behind] or list(sites)
    published = [one for one in front if one.published is not None] or front[:1]
    published.sort(key=_importance)
    first, *others = published
    ways = [*_ways(first, None)]
    for one in others:
        ways += _ways(one, one.published)
    return Edge("", first.published or USUAL_PORT, first.address.strip("[]")), tuple(ways)


def _by_labels(found: Parts, project: Project) -> tuple[Edge, tuple[Way, ...]] | None:
    """The edge in the place of a Traefik whose routes are the labels of services."""
    proxy = in_use(project)
    open_to_users = [one for one in http.ports(proxy) if one.target == HTTP] if proxy else []
    ways = {way.path: way for way in found.labelled.values()}
    if proxy is None or not open_to_users or "/" not in ways:
        return None
    if len(ways) < len(found.labelled):
        found.notes.append("two services have the same path on different hosts: the edge knows one")
    published = open_to_users[0].published.partition("-")[0]
    port = int(published) if published.isdigit() else USUAL_PORT
    return Edge("", port, open_to_users[0].host), tuple(ways[path] for path in sorted(ways))


def _importance(site: Site) -> tuple[bool, int]:
    """What users open comes first, then the lower port."""
    return not FRONT.search(site.name), site.published or 0


def _ways(site: Site, port: int | None) -> list[Way]:
    ways = [Way("/", site.name, port=port)]
    return ways + [Way(path, site.name, websocket=True, port=port) for path in site.sockets]


def _changes(
    repository: Repository, project: Project, found: Parts
) -> tuple[tuple[Change, ...], list[str]]:
    """What a slot's services need otherwise, and what cannot be had so."""
    names = [one.name for one in found.web] + [one.name for one in found.jobs]
    made = [change(repository, project.services[name]) for name in names]
    changes = tuple(one for one in made if isinstance(one, Change))
    return changes, [one for one in made if isinstance(one, str)]


def _migration(
    repository: Repository, found: Parts, project: Project, notes: list[str]
) -> Migration | None:
    if found.migration is not None:
        return Migration(found.migration.name)
    if not any(kind(one) == "database" for one in project.services.values()):
        return None
    starting = [one for one in found.web if begins_with_migrating(repository, one)]
    if starting:
        notes.append(
            f"{starting[0].name} migrates when it starts, so the preview changes the schema under "
            "the release that serves; a migration service of its own is safer"
        )
        return None
    jobs = [project.services[one.name] for one in found.jobs]
    return migration(repository, [*found.web, *jobs])
