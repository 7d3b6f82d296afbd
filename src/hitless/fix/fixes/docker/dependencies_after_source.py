"""DF02: what a lock or requirements file lists is installed before the source is copied."""

from __future__ import annotations

import json
import posixpath
import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.documents.paths import joined
from hitless.fix.dockerfiles import edited, parts, spots
from hitless.fix.edit import RefusedError
from hitless.fix.registry import fix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Instruction
    from hitless.domain.finding import Finding
    from hitless.fix.dockerfile_edit import DockerfileEditor
    from hitless.fix.dockerfiles import Spot
    from hitless.fix.step import Step

FILES = {
    "npm": ("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"),
    "yarn": ("package.json", "yarn.lock", ".yarnrc.yml", ".yarnrc"),
    "pnpm": ("package.json", "pnpm-lock.yaml", ".npmrc"),
}
NPM_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
LOCKLESS = "# There is no package-lock.json, and npm ci refuses without one: commit it."
NEEDS_SOURCE = frozenset(("preinstall", "install", "postinstall", "prepare"))
HARMLESS = frozenset(("COPY", "ADD", "EXPOSE", "LABEL"))
REQUIREMENTS = r"(?:-r|--requirement)[ =](\S+)"
OWN_PROJECT = r"\s(?:-e|--editable|\.)(?=\s|$)"


@fix("DF02")
def dependencies_after_source(
    repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    """Copy the list, install, then copy the rest."""
    for finding, spot in spots(repository, findings):
        yield edited(
            repository,
            finding,
            spot.file.path,
            partial(_sooner, repository, spot=spot),
        )


def _sooner(repository: Repository, editor: DockerfileEditor, spot: Spot) -> None:
    copy, one = _copy_of_all(spot), spot.one
    between = [i for i in spot.stage.instructions if copy.line < i.line < one.line]
    if any(i.keyword not in HARMLESS for i in between):
        raise RefusedError("other instructions between the COPY and the installation may matter")
    command = _command(repository, spot)
    target = copy.destination().rstrip("/") or "/"
    flag = f"--chown={copy.flag('chown')} " if copy.flag("chown") else ""
    names = " ".join(_listed(repository, spot))
    flags = "".join(f"--{n}={v} " for n, vs in one.flags.items() for v in vs)
    told = [LOCKLESS] if command != one.text else []
    folder = f"{target.removesuffix('/')}/"
    editor.before(copy, f"COPY {flag}{names} {folder}", *told, f"RUN {flags}{command}")
    editor.remove(one)


def _copy_of_all(spot: Spot) -> Instruction:
    found = [
        one
        for one in spot.stage.of("COPY", "ADD")
        if one.line < spot.one.line and not one.flag("from") and {".", "./"} & set(one.sources())
    ]
    if not found:
        raise RefusedError("the source comes from another stage")
    return found[0]


def _command(repository: Repository, spot: Spot) -> str:
    """The installation, as it can run without the source."""
    if len(parts(spot.one)) > 1:
        raise RefusedError("the installation does more in the same instruction")
    text = spot.one.text
    lockless = not any(joined(spot.context, name) in repository.known for name in NPM_LOCKS)
    if re.match(r"npm\s+(ci|clean-install)\b", text) and lockless:
        return re.sub(r"^npm\s+\S+", "npm install", text)  # npm ci refuses without a lock file
    return text


def _listed(repository: Repository, spot: Spot) -> list[str]:
    """The files that the installation reads, relative to the context."""
    manager = run_lines.manager(spot.one.script)
    if manager in FILES:
        _refuse_scripts(repository, joined(spot.context, "package.json"))
        return [n for n in FILES[manager] if joined(spot.context, n) in repository.known]
    found = re.findall(REQUIREMENTS, spot.one.text)
    if manager not in ("pip", "uv") or not found or re.search(OWN_PROJECT, spot.one.text):
        raise RefusedError(f"this installation by {manager} may need the source itself")
    for name in found:
        text = repository.text(joined(spot.context, name))
        if re.search(r"^\s*(-e|-r|-c|--\w+[ =]?\S*/|\.{1,2}/)", text, re.MULTILINE):
            raise RefusedError(f"{name} names other files")
    folders = {posixpath.dirname(name) for name in found}
    if folders != {""}:
        raise RefusedError("the list of dependencies lies in a folder of its own")
    return found


def _refuse_scripts(repository: Repository, path: str) -> None:
    if path not in repository.known:
        raise RefusedError("there is no package.json in the context")
    try:
        data = json.loads(repository.text(path))
    except ValueError as error:
        raise RefusedError(f"{path} is not JSON") from error
    scripts = data.get("scripts") or {}
    if NEEDS_SOURCE & set(scripts) or "workspaces" in data:
        raise RefusedError(f"{path} runs scripts of its own, or has workspaces")
