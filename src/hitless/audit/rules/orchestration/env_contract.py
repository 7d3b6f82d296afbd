"""CP02: variables that are used and those that are documented differ."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.check import failed, verdict
from hitless.audit.registry import rule
from hitless.documents.interpolation import variables
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project
    from hitless.documents.yaml_tree import Node

NUMBER = (
    r"\b([a-z][a-z0-9_]*)\s*:\s*(?:int|float)\b"
    r"|int\([^()]*(?:environ|getenv)[^()]*[\"']([A-Z][A-Z0-9_]*)[\"']"
)
SHOWN = r"`([A-Z][A-Z0-9_]{2,})`|^\s*(?:export )?([A-Z][A-Z0-9_]{2,})="


@rule("CP02", Category.DOCUMENTATION, "environment reference", Severity.HIGH, fix=Fix.GENERATE)
def env_contract(repository: Repository) -> Iterator[Check]:
    """Variables that are used and those that are documented differ.

    ## What it does
    Compares the variables that Compose files fill in, and those that the code insists on, with
    the example env file and with the pages. Also finds empty examples that the code reads as a number.

    ## Why it matters
    A new server starts with an empty value in a place where nobody looks: a database without
    password, a service that crashes on its first line.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        environment:
          DATABASE_URL: ${DATABASE_URL}
          PAGE_SIZE: ${PAGE_SIZE}
    ```

    ```text title=".env.example"
    PAGE_SIZE=20
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        image: example/api:1.0
        environment:
          DATABASE_URL: ${DATABASE_URL:?set it in .env}
          PAGE_SIZE: ${PAGE_SIZE:-20}
    ```

    ```text title=".env.example"
    PAGE_SIZE=20
    DATABASE_URL=postgresql://shop@db/shop
    ```

    ## Fix safety
    Generates the missing lines of the example, without values.
    """
    for project in repository.projects:
        shown = _documented(repository, project)
        uses = list(_uses(project))
        shown |= _told(repository, {name for name, _ in uses} - shown)
        for name, node in uses:
            message = f"{name} is filled in here, but no example env file and no page shows it"
            yield verdict(
                name, node, message, ok=name in shown or (not repository.env_examples and not uses)
            )
    for path in repository.env_examples:
        yield from _empty_numbers(repository, path)


def _uses(project: Project) -> Iterator[tuple[str, Node]]:
    """Variables without a default; what makes Compose refuse to start without one counts too."""
    seen = set()
    for node in project.root.walk():
        for one in variables(node.text):
            if (
                one.default is None
                and one.name not in seen
                and not one.name.startswith(("HITLESS_", "COMPOSE_"))
            ):
                seen.add(one.name)
                yield one.name, node


def _documented(repository: Repository, project: Project) -> set[str]:
    folders = {project.directory, ""}
    near = [
        p for p in repository.env_examples if posixpath.dirname(p) in folders or p.count("/") <= 1
    ]
    shown = {one.name for path in near for one in repository.env(path)}
    return shown | set(project.values)


def _told(repository: Repository, names: set[str]) -> set[str]:
    """Those of the names that a page explains: in backticks, or as a line to copy."""
    told: set[str] = set()
    for text in repository.pages.values():
        if any(one in text for one in names):
            found = re.findall(SHOWN, text, re.MULTILINE)
            told |= names & {one for pair in found for one in pair}
    return told


def _empty_numbers(repository: Repository, path: str) -> Iterator[Check]:
    empty = [one for one in repository.env(path) if not one.value]
    numbers = _numbers(repository) if empty else {}
    for one in empty:
        source = numbers.get(one.name.upper())
        if source is not None:
            message = f"{one.name} is empty here, and {source} reads it as a number: copied as it is, it crashes"
            yield failed(one.name, one, message, "empty")


def _numbers(repository: Repository) -> dict[str, str]:
    """Variables that Python code reads as a number, in capitals, and where."""
    found: dict[str, str] = {}
    for path, text in repository.code_matching("BaseSettings", "environ", "getenv"):
        if path.endswith(".py"):
            for pair in re.findall(NUMBER, text):
                found.setdefault((pair[0] or pair[1]).upper(), path)
    return found
