"""Which part each service of a project plays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hitless.audit.images import DATA, IMAGES, is_data, kind, short
from hitless.domain.settings import Handover
from hitless.scaffold.http import checked, exposed, ports, words
from hitless.scaffold.proposal import Job, Way
from hitless.scaffold.proxy import Passes, is_nginx, passes
from hitless.scaffold.traefik import in_use, labelled

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.documents.service import Service

MIGRATES = (
    r"alembic|manage\.py\s+migrate|prisma\s+(?:migrate|db)|db:migrate|flyway|liquibase|goose"
    r"|db\s+upgrade|sequelize\S*\s+db|knex\s+migrate|typeorm\s+migration|\bmigrate\b"
)
WORKS = (
    r"\bcelery\b.*\bworker\b|\brq\b.*\bworker\b|\btaskiq\b|\bdramatiq\b|\barq\b|\bsidekiq\b"
    r"|\bhuey\b|queue:work|\bresque\b|\bgood_job\b"
)
ONE_AT_A_TIME = r"\bbeat\b|scheduler|\bcron\b|\bclock\b"
DATA_NAMES = tuple(name for name, one in IMAGES.items() if one.kind in DATA)
# 9000 and 8123 are taken by others, too, and 8222 and 15672 are pages.
DATA_PORTS = frozenset(("5432", "3306", "6379", "27017", "11211", "5672", "4222", "9092", "1433"))


@dataclass(slots=True)
class Parts:
    """Services by part.

    Attributes:
        proxy: An nginx that only passes requests on, and what it does.
        behind: The services that a proxy names, and their ports.
        labelled: Those that labels route, and how.
        notes: What a person should know.
    """

    proxy: tuple[Service, Passes] | None = None
    web: list[Service] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    accessories: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    migration: Service | None = None
    behind: dict[str, int] = field(default_factory=dict)
    labelled: dict[str, Way] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def parts(repository: Repository, project: Project) -> Parts:
    """Every service of a project in its part."""
    found = Parts()
    services = list(project.services.values())
    for service in services:
        if kind(service) == "proxy" or is_nginx(repository, service):
            found.behind |= passes(repository, service).behind
        label = labelled(service)
        if label is not None and not kind(service):
            found.behind[service.name] = label.port
            found.labelled[service.name] = Way(label.path, service.name)
    for service in services:
        _place(repository, service, found)
    return found


def _place(repository: Repository, service: Service, found: Parts) -> None:
    """Put one service where it belongs; the order of the questions matters."""
    if service.node.texts("profiles"):
        found.ignored.append(service.name)
    elif is_nginx(repository, service) and ports(service):
        _place_nginx(repository, service, found)
    elif is_data(service) or _keeps_data(service):
        found.accessories.append(service.name)
    elif kind(service):
        _place_helper(service, found)
    elif _ends(service, found.behind) or _migrates(repository, service):
        _place_one_shot(repository, service, found)
    elif _works(repository, service):
        found.jobs.append(_job(repository, service))
    elif _answers(repository, service, found.behind):
        found.web.append(service)
    elif service.is_built or _is_own(service):
        found.jobs.append(_job(repository, service))
        found.notes.append(
            f"{service.name} publishes no port and is taken for a worker; has it a port that "
            "others ask, put it under web"
        )
    else:
        found.accessories.append(service.name)


def _place_nginx(repository: Repository, service: Service, found: Parts) -> None:
    what = passes(repository, service)
    if what.tls:
        _place_helper(service, found)
    elif what.otherwise or found.proxy is not None:
        found.web.append(service)
        if what.behind:
            found.notes.append(
                f"{service.name} stays as it is, inside each slot and behind the edge, because "
                f"{what.otherwise}"
            )
    else:
        found.proxy = (service, what)


def _place_helper(service: Service, found: Parts) -> None:
    found.ignored.append(service.name)
    if found.labelled and service is in_use(service.project):
        found.notes.append(
            f"the edge takes the port and the routes of {service.name}: start it no more, it would "
            "send requests to both slots"
        )
    elif ports(service) and kind(service) == "proxy":
        found.notes.append(
            f"{service.name} is yours to keep in front: let it pass requests on to the edge's "
            "port, and start it with docker compose"
        )


def _place_one_shot(repository: Repository, service: Service, found: Parts) -> None:
    if found.migration is None and re.search(MIGRATES, _told(repository, service)):
        found.migration = service
        return
    found.ignored.append(service.name)
    found.notes.append(f"{service.name} runs once and is left to you: docker compose run")


def _ends(service: Service, behind: dict[str, int]) -> bool:
    """It is meant to end; what users reach is not, however it is restarted."""
    return service.is_one_shot and not ports(service) and service.name not in behind


def _keeps_data(service: Service) -> bool:
    """An image that nobody built here, on a port or with a name of a database's or broker's."""
    if service.is_built or kind(service):
        return False
    numbers = {one.target for one in service.ports()} | set(service.node.texts("expose"))
    name = short(service.image)
    return bool(numbers & DATA_PORTS) or any(one in name for one in DATA_NAMES)


def _migrates(repository: Repository, service: Service) -> bool:
    """Its own words do nothing but migrate: a server does not follow."""
    text = " ".join(words(repository, service))
    alone = "&&" not in text and ";" not in text
    named = bool(re.match(r"(db-?)?migrat", service.name))
    return not ports(service) and alone and (named or bool(re.search(MIGRATES, text)))


def _told(repository: Repository, service: Service) -> str:
    return " ".join([service.name, *words(repository, service)])


def _works(repository: Repository, service: Service) -> bool:
    named = bool(re.search(rf"worker|consumer|{ONE_AT_A_TIME}", service.name))
    runs = bool(re.search(WORKS, " ".join(words(repository, service))))
    return not ports(service) and (named or runs)


def _answers(repository: Repository, service: Service, behind: dict[str, int]) -> bool:
    if ports(service) or service.name in behind or service.node.nodes("expose"):
        return True
    asked = checked(repository, service) is not None
    return asked or bool(service.is_built and exposed(repository, service))


def _is_own(service: Service) -> bool:
    """It runs an image that another service of the project builds."""
    built = {one.image for one in service.project.services.values() if one.is_built}
    return bool(service.image) and service.image in built


def _job(repository: Repository, service: Service) -> Job:
    alone = re.search(ONE_AT_A_TIME, _told(repository, service))
    return Job(service.name, Handover.STOP_FIRST if alone else Handover.OVERLAP)
