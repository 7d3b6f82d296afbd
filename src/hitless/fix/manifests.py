"""Kubernetes manifests as fixes meet them: several objects in a file, each changed by itself."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit import workloads
from hitless.fix.attempt import attempt
from hitless.fix.edit import Edit, RefusedError
from hitless.fix.yaml_edit import Set, changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.audit.workloads import Workload
    from hitless.documents.yaml_tree import Node
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step
    from hitless.fix.yaml_text import Value

CONTAINERS = ("spec", "template", "spec", "containers")


class Wanted(NamedTuple):
    """A value below these keys of an object; a text renames the last key instead."""

    keys: tuple[str | int, ...]
    value: Value


def of_containers(
    repository: Repository, findings: Sequence[Finding], make: Callable[[Node], Sequence[Wanted]]
) -> Iterator[Step]:
    """What each container with a finding wants below its own keys."""
    wanted = {one.subject: one for one in findings}
    for workload in workloads.workloads(repository):
        for at, container in enumerate(workload.containers()):
            finding = wanted.get(f"{workload.title} {container.say('name')}")
            if finding is not None and finding.place.path == container.path:
                change = partial(_container, repository, workload, at, partial(make, container))
                yield attempt(finding.place, change)


def _container(
    repository: Repository,
    workload: Workload,
    at: int,
    make: Callable[[], Sequence[Wanted]],
) -> list[Edit]:
    values = [Wanted((*CONTAINERS, at, *one.keys), one.value) for one in make()]
    return edited(repository, workload.node, values)


def edited(repository: Repository, node: Node, values: Sequence[Wanted]) -> list[Edit]:
    """The smallest splice that gives an object these values.

    Raises:
        RefusedError: when they cannot be written in place.
    """
    text = repository.text(node.path)
    start, end = _document(text, node)
    before = made = text[start:end]
    for one in values:
        made = changed(made, Set(node.path, one.keys, one.value))
    if made == before:
        raise RefusedError(f"there is nothing to change in {node.path}")
    return [_smallest(node.path, start, before, made)]


def _document(text: str, node: Node) -> tuple[int, int]:
    """Where the object's document begins and ends: three dashes stand between two."""
    marks = [(one.start(), one.end()) for one in re.finditer(r"^---.*\n", text, re.MULTILINE)]
    start = max((end for _, end in marks if end <= node.start), default=0)
    end = min((begin for begin, _ in marks if begin >= node.end), default=len(text))
    return start, end


def _smallest(path: str, offset: int, before: str, after: str) -> Edit:
    """Only what differs, so that fixes of one object's other parts do not overlap."""
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    rest = most - head
    tail = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    end = offset + len(before) - tail
    return Edit(path, offset + head, end, after[head : len(after) - tail])
