"""Services of Compose files as fixes meet them: found again by a finding, changed where written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.yaml_tree import parse
from hitless.fix.edit import RefusedError
from hitless.fix.yaml_edit import Append, Remove, Set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.yaml_text import Value


class ItemKeys(NamedTuple):
    """Where an item of a list is written."""

    path: str
    keys: tuple[str | int, ...]


def found(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[tuple[Service, list[Finding]]]:
    """Each service that is the subject of findings, and these; ``api → db`` is about ``api``."""
    for service in repository.services:
        mine = [one for one in findings if _is_about(one, service)]
        if mine:
            yield service, mine


def _is_about(finding: Finding, service: Service) -> bool:
    name = finding.subject.partition(" ")[0]
    return name == service.name and finding.place.path in files_of(service)


def files_of(service: Service) -> set[str]:
    """Where something about it is written."""
    nodes = [service.key, service.node, *service.node.keys.values(), *service.node.walk()]
    return {*service.project.files, *(one.path for one in nodes)}


def where(service: Service, key: str = "") -> str:
    """The file that writes this key of a service; without the key, the one that begins it."""
    path = service.node.key(key).path
    # What it extends may have another name there.
    return path if key in service.node.keys and path in service.project.files else service.key.path


def item(repository: Repository, service: Service, key: str, node: Node) -> ItemKeys:
    """The file and the keys of an item of a list, which several files may write together.

    Raises:
        RefusedError: when the item is written in another service's place.
    """
    tree = parse(repository.text(node.path), node.path).get("services", service.name, key)
    for place, one in enumerate(tree.items if tree is not None else ()):
        if one.start == node.start:
            return ItemKeys(node.path, ("services", service.name, key, place))
    raise RefusedError(f"{key} of {service} is not written with the service itself")


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
