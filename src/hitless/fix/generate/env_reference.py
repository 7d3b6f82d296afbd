"""An example env file where variables are used and none shows them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.interpolation import variables
from hitless.documents.paths import joined
from hitless.domain.secrets import names_secret
from hitless.fix.generate.render import render
from hitless.fix.generate.wanted import faults, lacks, new

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project

CLOSES = ("CP02", "DO03")
EXAMPLE, MORE = ".env.example", ".env.more.example"


class Shown(NamedTuple):
    """One variable.

    Attributes:
        default: What holds without it; None when nothing does.
        where: The files that use it.
    """

    name: str
    default: str | None
    where: str
    secret: bool


def files(repository: Repository) -> dict[str, str]:
    """Beside each project; what an example that exists lacks goes into a second one."""
    if not lacks(repository, *CLOSES):
        return {}
    lacking = {one.subject for one in faults(repository, "CP02") if one.value != "empty"}
    made = {}
    for project in repository.projects:
        there = any(
            posixpath.dirname(path) in (project.directory, "") for path in repository.env_examples
        )
        shown = [one for one in _shown(project) if not there or one.name in lacking]
        if shown:
            name = MORE if there else EXAMPLE
            text = render("env.example.j2", shown=shown, more=there)
            made[joined(project.directory, name)] = text
    return new(repository, made)


def _shown(project: Project) -> list[Shown]:
    """What Compose fills in; Hitless and Compose set theirs by themselves."""
    found: dict[str, Shown] = {}
    for node in project.root.walk():
        for one in variables(node.text):
            if not one.name.startswith(("HITLESS_", "COMPOSE_")):
                made = Shown(one.name, one.default, node.path, names_secret(one.name))
                found.setdefault(one.name, made)
    return sorted(found.values())
