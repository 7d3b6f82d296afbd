"""The packages of a repository, and what each can run: only commands that are there."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.paths import joined, within
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository


class Check(NamedTuple):
    """One command of a package.

    Attributes:
        kind: ``lint``, ``types``, ``test`` or ``build``.
        baseline: Nobody knows whether it is green today: it is measured at first.
    """

    name: str
    kind: str
    command: str
    baseline: bool = False


class Use(NamedTuple):
    """An action with its inputs."""

    action: str
    given: dict[str, str]


@dataclass(frozen=True, slots=True)
class Package:
    """A folder that is installed and checked by itself.

    Attributes:
        kind: ``npm``, ``python`` or ``go``.
        setup: Actions that bring its language.
        install: Commands that bring what it depends on.
        prefix: What stands before a program of its environment.
        tools: Commands that bring what its checks need and it does not.
    """

    kind: str
    folder: str
    setup: tuple[Use, ...]
    install: tuple[str, ...]
    prefix: str = ""
    checks: tuple[Check, ...] = field(default=())
    tools: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """What its job is called."""
        language = {"npm": "javascript"}.get(self.kind, self.kind)
        return f"{language}-{slug(self.folder)}" if self.folder else language

    @property
    def title(self) -> str:
        """For people."""
        language = {"npm": "JavaScript", "python": "Python", "go": "Go"}[self.kind]
        return f"{language} ({self.folder})" if self.folder else language


def packages(repository: Repository) -> list[Package]:
    """Every package, the root first."""
    from hitless.fix.project import go, javascript, python  # noqa: PLC0415  # they use this module

    makers = {"npm": javascript.package, "python": python.package, "go": go.package}
    found = []
    for kind, folder in sorted(set(_folders(repository)), key=lambda one: (one[1], one[0])):
        found.append(makers[kind](repository, folder))
    return found


def _folders(repository: Repository) -> Iterator[tuple[str, str]]:
    """Kind and folder of each package; parts of a workspace belong to its root."""
    roots = [
        posixpath.dirname(one.path)
        for one in repository.manifests
        if one.kind == "npm" and '"workspaces"' in repository.text(one.path)
    ]
    for one in repository.manifests:
        folder = posixpath.dirname(one.path)
        if folder.endswith("requirements"):
            folder = posixpath.dirname(folder)
        inside = any(folder != root and within(folder, root) for root in roots)
        says = one.dependencies or one.scripts or one.tools or one.kind == "go"
        if says and is_plain(folder) and not (one.kind == "npm" and inside):
            yield one.kind, folder


def declared(repository: Repository, folder: str, kind: str) -> dict[str, str]:
    """What the manifests of a folder depend on, name to version."""
    found: dict[str, str] = {}
    for one in repository.manifests:
        if one.kind == kind and within(one.path, folder):
            found |= one.dependencies
    return found


def first(repository: Repository, folder: str, *names: str) -> str:
    """The first of these files that is in the folder; empty without any."""
    return next((name for name in names if joined(folder, name) in repository.known), "")


def own_tests(repository: Repository, folder: str, language: str) -> list[str]:
    """Its tests; those of packages further down are theirs."""
    deeper = [one for _, one in set(_folders(repository)) if one != folder and within(one, folder)]
    return [
        path
        for path in repository.tests[language]
        if within(path, folder) and not any(within(path, one) for one in deeper)
    ]


def slug(text: str) -> str:
    """A name that jobs, files and images may have."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "app"
