"""Dependabot for what this repository has, and who reviews what it proposes."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.paths import joined
from hitless.fix.generate.render import render
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.packages import Package, first, packages

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("CI08",)
PATH = ".github/dependabot.yml"
OWNERS = ".github/CODEOWNERS"
OTHER_PLACES = ("CODEOWNERS", "docs/CODEOWNERS")


class Update(NamedTuple):
    """One entry."""

    ecosystem: str
    folders: tuple[str, ...]


def files(repository: Repository) -> dict[str, str]:
    """One file, unless Dependabot has one under its other name."""
    if not lacks(repository, *CLOSES):
        return {}
    made = {}
    if ".github/dependabot.yaml" not in repository.known:
        made[PATH] = render("dependabot.yml.j2", updates=_updates(repository))
    if not any(one in repository.known for one in OTHER_PLACES):
        made[OWNERS] = _owners(repository)
    return new(repository, made)


def _updates(repository: Repository) -> list[Update]:
    found: dict[str, set[str]] = {}
    for one in packages(repository):
        found.setdefault(_ecosystem(repository, one), set()).add(f"/{one.folder}")
    for path in repository.dockerfiles:
        found.setdefault("docker", set()).add(f"/{posixpath.dirname(path)}")
    # The workflows that this tool makes beside it are pinned, and want to be renewed.
    found["github-actions"] = {"/"}
    return [Update(name, tuple(sorted(folders))) for name, folders in sorted(found.items())]


def _ecosystem(repository: Repository, package: Package) -> str:
    if package.kind == "python":
        return "uv" if first(repository, package.folder, "uv.lock") else "pip"
    if package.kind == "npm":
        return "bun" if first(repository, package.folder, "bun.lock") else "npm"
    return "gomod"


def _owners(repository: Repository) -> str:
    """What a mistake costs most: who may run what, the schema, and what a server starts."""
    paths = ["*", "/.github/"]
    paths += [f"/{file}" for project in repository.projects for file in project.files]
    paths += sorted({f"/{posixpath.dirname(one.path)}/" for one in repository.revisions})
    paths += [f"/{joined('', path)}" for path in sorted(repository.dockerfiles)]
    return render("CODEOWNERS.j2", paths=paths, width=max(len(one) for one in paths))
