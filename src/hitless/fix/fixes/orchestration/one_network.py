"""CP20: what faces users cannot reach what keeps data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import hands_out_files
from hitless.audit.images import is_data, kind
from hitless.fix.registry import fix
from hitless.fix.services import add, put, top
from hitless.fix.step import refusal, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step

NAMES = ("back", "data", "internal-data")


@fix("CP20")
def one_network(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Move data into a network of its own, which all but proxies and web servers join."""
    for project in repository.projects:
        mine = [one for one in findings if one.place.path in project.files]
        if not mine:
            continue
        services = list(project.services.values())
        odd = next((one for one in services if _is_odd(one)), None)
        if odd is not None:
            yield refusal(odd.key, f"{odd} has networks that cannot be told apart by their names")
        else:
            yield together(mine[0].place, *_actions(repository, project, services))


def _is_odd(service: Service) -> bool:
    networks = service.node.get("networks")
    return networks is not None and networks.is_map and is_data(service)


def _actions(repository: Repository, project: Project, services: list[Service]) -> Iterator[Action]:
    there = project.root.get("networks")
    name = next(one for one in NAMES if there is None or one not in there.fields)
    fronts = [one for one in services if kind(one) == "proxy" and one.ports()]
    facing = {network for one in fronts for network in one.networks()}
    shared = [one for one in services if is_data(one) and one.networks() & facing]
    used = {network for one in shared for network in one.networks()}
    for service in services:
        if service.node.get("network_mode") is not None or service in fronts:
            continue
        if service in shared:
            yield put(service, ("networks",), [*sorted(service.networks() - facing), name])
        elif service.networks() & used and not _is_web_server(repository, service):
            yield from _joined(service, name)
    yield top(services[0], ("networks", name), None)


def _is_web_server(repository: Repository, service: Service) -> bool:
    image = repository.image_of(service)
    return image is not None and hands_out_files(image[0].lineage(image[1])[-1])


def _joined(service: Service, name: str) -> Iterator[Action]:
    networks = service.node.get("networks")
    if networks is None:
        yield put(service, ("networks",), ["default", name])
    elif networks.is_map:
        yield put(service, ("networks", name), None)
    else:
        yield add(service, ("networks",), name)
