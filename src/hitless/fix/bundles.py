"""Variables that a bundler reads, given to the build."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.rules.orchestration.build_variable_at_run_time import PREFIXES
from hitless.fix.edit import Edit, RefusedError
from hitless.fix.services import add, drop, item, put
from hitless.fix.yaml_edit import Remove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage
    from hitless.documents.service import Service
    from hitless.documents.yaml_tree import Node
    from hitless.fix.step import Action

BUILDS = r"\bbuild\b|\bgenerate\b"


def moved_to_build(
    repository: Repository, service: Service, image: tuple[Dockerfile, Stage] | None
) -> Iterator[Action]:
    """Variables of bundlers become build arguments, in Compose and in the Dockerfile.

    Args:
        repository: What is fixed.
        service: Whose environment sets them.
        image: The stage that is deployed afterwards; None when its Dockerfile is elsewhere.

    Raises:
        RefusedError: when no stage builds anything.
    """
    given = {k: v for k, v in service.environment().items() if k.startswith(PREFIXES)}
    if not given:
        return
    yield from _without(repository, service, list(given))
    yield from _arguments(service, given)
    if image is not None:
        yield from _declared(repository, *image, list(given))


def _without(repository: Repository, service: Service, names: list[str]) -> Iterator[Action]:
    node = service.node.get("environment")
    if node is not None and node.is_map:
        yield from (drop(service, ("environment", name)) for name in names)
        return
    for entry in reversed(node.items if node is not None else []):
        if entry.text.partition("=")[0] in names:
            yield Remove(*item(repository, service, "environment", entry))


def _arguments(service: Service, given: dict[str, Node]) -> Iterator[Action]:
    values = {name: None if one.is_null else one.text for name, one in given.items()}
    build = service.node.get("build")
    args = service.node.get("build", "args")
    if build is not None and not build.is_map:
        yield put(service, ("build",), {"context": build.text, "args": values})
    elif args is not None and args.is_list:
        for name, value in values.items():
            yield add(service, ("build", "args"), name if value is None else f"{name}={value}")
    else:
        for name, value in values.items():
            yield put(service, ("build", "args", name), value)


def _declared(
    repository: Repository, file: Dockerfile, stage: Stage, names: list[str]
) -> Iterator[Edit]:
    """Without ARG a build argument is thrown away."""
    newline = "\r\n" if "\r\n" in repository.text(file.path) else "\n"
    building = [
        (one, run) for one in file.needed(stage) for run in one.of("RUN") if _builds(run.script)
    ]
    if not building:
        raise RefusedError(f"no stage of {file.path} builds a bundle")
    for one, run in building:
        known = {arg.text.partition("=")[0].strip() for arg in one.of("ARG")}
        lines = [f"ARG {name}{newline}" for name in names if name not in known]
        if lines:
            yield Edit(file.path, run.start, run.start, "".join(lines))


def _builds(script: str) -> bool:
    return bool(re.search(BUILDS, script))
