"""The workflow that checks every change, with the commands that this repository has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.audit import pipeline
from hitless.documents.paths import joined
from hitless.fix.generate.render import render, workflow
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.backing import Needs, needs, required
from hitless.fix.project.images import images
from hitless.fix.project.packages import Check, Package, Use, packages, slug
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.compose import Project

CLOSES = ("CI01", "CI02", "CI03")
PLACES = (".github/workflows/ci.yml", ".github/workflows/checks.yml")
BASELINE = ".github/baseline.sh"
# Kind of check -> targets of make and just; asked for what no package can run by itself.
TARGETS = {
    "lint": ("lint",),
    "types": ("typecheck", "types"),
    "test": ("test", "tests", "check"),
}
NOTHING = Needs((), {})


class Step(NamedTuple):
    """A check with a name that a file may have."""

    name: str
    slug: str
    command: str
    baseline: bool


class Job(NamedTuple):
    """One job as the template wants it."""

    name: str
    title: str
    folder: str
    needs: Needs
    setup: tuple[Use, ...]
    install: tuple[str, ...]
    checks: tuple[Step, ...]


class Resolves(NamedTuple):
    """A Compose project that has to resolve.

    Attributes:
        examples: Example env files and the names under which Compose wants them.
    """

    title: str
    flags: str
    examples: tuple[tuple[str, str], ...]
    env: dict[str, str]


def files(repository: Repository) -> dict[str, str]:
    """One workflow; beside others it holds only what these do not run."""
    path = next((one for one in PLACES if one not in repository.known), "")
    alone = not pipeline.exists(repository)
    if not path or not lacks(repository, *CLOSES) or pipeline.others(repository):
        return {}
    run = "" if alone else pipeline.everything(repository)
    jobs = [job for one in packages(repository) if (job := _job(repository, one, run)).checks]
    jobs += _by_targets(repository, jobs, run)
    named = [one for one in repository.projects if is_plain(*one.files)]
    compose = [_resolves(repository, one) for one in named] if alone else []
    if not jobs and alone:
        jobs = _builds(repository)
    if not jobs and not compose:
        return {}
    title = path.rpartition("/")[2].partition(".")[0]
    made = {path: workflow("ci.yml.j2", title=title, jobs=jobs, compose=compose)}
    if any(check.baseline for job in jobs for check in job.checks):
        made[BASELINE] = render("baseline.sh")
    return new(repository, made)


def _job(repository: Repository, package: Package, run: str) -> Job:
    """A job for a package, without the checks that a pipeline runs already."""
    checks = [one for one in package.checks if not _is_run(one, run)]
    tested = any(one.kind == "test" for one in checks)
    return Job(
        package.name,
        package.title,
        package.folder,
        needs(repository, package.folder) if tested else NOTHING,
        package.setup,
        (*package.install, *package.tools),
        _steps(checks),
    )


def _is_run(check: Check, run: str) -> bool:
    program = check.command.removeprefix("uv run ").removeprefix("poetry run ")
    return bool(run) and program in run


def _steps(checks: list[Check]) -> tuple[Step, ...]:
    return tuple(Step(one.name, slug(one.name), one.command, one.baseline) for one in checks)


def _by_targets(repository: Repository, jobs: list[Job], run: str) -> list[Job]:
    """What only make or just can run, in a job of its own."""
    there = repository.targets()
    program = "make" if "Makefile" in repository.known else "just"
    if program == "just" or not there:
        return []  # just is not on GitHub's machines
    kinds = {kind for one in packages(repository) for kind in _kinds(one)}
    checks = []
    for kind, names in TARGETS.items():
        name = next((one for one in names if one in there), "")
        if name and kind not in kinds and not re.search(rf"\bmake {name}\b", run):
            checks.append(Check(name, kind, f"make {name}", baseline=kind != "test"))
    job = Job("make", "make", "", NOTHING, (), (), _steps(checks))
    return [job] if checks and not (jobs and run) else []


def _kinds(package: Package) -> set[str]:
    return {one.kind for one in package.checks}


def _builds(repository: Repository) -> list[Job]:
    """Nothing can be asked here, but whether the images build."""
    checks = [
        Check(
            one.name, "build", f"docker build --file {one.file} {_target(one.target)}{one.context}"
        )
        for one in images(repository)
    ]
    return [Job("images", "Images build", "", NOTHING, (), (), _steps(checks))] if checks else []


def _target(name: str) -> str:
    return f"--target {name} " if name else ""


def _resolves(repository: Repository, project: Project) -> Resolves:
    wanted = {
        joined(project.directory, node.text)
        for one in project.services.values()
        for node in one.env_files()
    }
    examples = []
    for name in sorted(wanted - repository.known):
        example = next((one for one in repository.env_examples if one.startswith(name)), "")
        if example and is_plain(example, name):
            examples.append((example, name))
    flags = " ".join(f"--file {one}" for one in project.files)
    title = project.directory or project.files[0]
    return Resolves(title, flags, tuple(examples), required(project))
