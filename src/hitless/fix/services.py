"""Services of Compose files as fixes meet them: found again by a finding, changed where written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.yaml_edit import Append, Remove, Set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Finding
    from hitless.fix.yaml_text import Value


def found(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[tuple[Service, list[Finding]]]:
    """Each service that is the subject of findings, and these; ``api → db`` is about ``api``."""
    for service in repository.services:
        mine = [one for one in findings if _is_about(one, service)]
        if mine:
            yield service, mine


def _is_about(finding: Finding, service: Service) -> bool:
    name = finding.subject.partition(" → ")[0]
    return name == service.name and finding.place.path in files_of(service)


def files_of(service: Service) -> set[str]:
    """Where something about it is written."""
    nodes = [service.key, service.node, *service.node.keys.values(), *service.node.walk()]
    return {*service.project.files, *(one.path for one in nodes)}


def where(service: Service, key: str = "") -> str:
    """The file that writes this key of a service; without the key, the one that begins it."""
    return service.node.keys[key].path if key in service.node.keys else service.key.path


def put(service: Service, keys: tuple[str | int, ...], value: Value) -> Set:
    """This value below these keys of a service."""
    return Set(where(service, str(keys[0])), _keys(service, keys), value)


def add(service: Service, keys: tuple[str | int, ...], value: Value) -> Append:
    """One more item in a list of a service."""
    return Append(where(service, str(keys[0])), _keys(service, keys), value)


def drop(service: Service, keys: tuple[str | int, ...]) -> Remove:
    """No such key of a service any more."""
    return Remove(where(service, str(keys[0])), _keys(service, keys))


def top(service: Service, keys: tuple[str | int, ...], value: Value) -> Set:
    """This value below these keys of the file that begins the service."""
    return Set(service.key.path, keys, value)


def limit(service: Service, short: str, long: str, value: Value) -> Set:
    """A limit in the form that the service already uses for others; Compose forbids both."""
    if service.node.get("deploy", "resources") is not None:
        return put(service, ("deploy", "resources", "limits", long), value)
    return put(service, (short,), value)


def _keys(service: Service, keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return ("services", service.name, *keys)
