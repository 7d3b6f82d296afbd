"""What continuous integration really runs, through make, package scripts and shell scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.paths import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.workflow import Job, Step, Workflow

MAX_DEPTH = 4
OTHERS = (
    "Jenkinsfile",
    ".circleci/config.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".travis.yml",
    ".buildkite/pipeline.yml",
    ".forgejo/workflows",
    ".gitea/workflows",
)

PLACES = r"prod|stag|live|preview|deploy"
COMMANDS = (
    r"\bhitless deploy\b|\bkubectl (apply|set image)|\bhelm upgrade\b|\bdocker stack deploy\b"
)
# What a line does on another machine is for one that serves.
ELSEWHERE = r"\b(ssh|kubectl|helm|fly|flyctl|heroku|railway|gcloud|az)\s"


class Line(NamedTuple):
    """One line of a script in a workflow."""

    path: str
    line: int
    text: str
    directory: str


def others(repository: Repository) -> list[str]:
    """Pipelines of systems whose files are not read here."""
    return [path for path in OTHERS if repository.has(path)]


def exists(repository: Repository) -> bool:
    """Something is run on changes."""
    return bool(repository.pipelines or others(repository))


def lines(repository: Repository) -> Iterator[Line]:
    """Every line of every script, as written."""
    for file in repository.pipelines:
        for step in file.steps():
            for offset, text in enumerate(step.run.splitlines()):
                yield Line(file.path, step.line + offset, text.strip(), step.directory)


def deploy_lines(repository: Repository) -> Iterator[str]:
    """What jobs that deploy run, and what others run on machines that serve.

    A job with a database of its own tries something on it, whatever it is called.
    """
    for file in repository.pipelines:
        for job in file.jobs:
            deploys = is_deploy(file, job) and job.node.get("services") is None
            for step in job.steps:
                by_ssh = step.given("script") if "ssh" in step.uses else ""
                lines = step.run.splitlines()
                yield from (one for one in lines if deploys or re.search(ELSEWHERE, one))
                yield by_ssh


def is_deploy(file: Workflow, job: Job) -> bool:
    """Its name, its environment or its commands say so; other jobs may have environments too."""
    told = f"{file.path} {job.name} {job.node.say('name')} {job.node.say('stage')}"
    if re.search(r"deploy", told, re.IGNORECASE) or re.search(PLACES, job.environment.lower()):
        return True
    return any(re.search(COMMANDS, step.run) for step in job.steps)


def actions(repository: Repository) -> list[tuple[str, Step]]:
    """Every use of an action, with its file."""
    return [(w.path, step) for w in repository.pipelines for step in w.steps() if step.uses]


def everything(repository: Repository) -> str:
    """All that is run, with the recipes, scripts and actions that it calls, as one text."""
    return repository.run_by_pipelines


def collected(repository: Repository) -> str:
    """What :func:`everything` tells, read anew."""
    parts = [step.uses for _, step in actions(repository)]
    for _, step in actions(repository):
        given = step.node.get("with")
        parts += [one.text for one in given.walk()] if given is not None else []
    seen: set[tuple[str, str]] = set()
    for line in lines(repository):
        parts += list(_followed(repository, line.text, line.directory, seen))
    return "\n".join(parts)


def followed(repository: Repository, text: str, folder: str) -> Iterator[str]:
    """A command with the recipes, package scripts and scripts that it calls."""
    yield from _followed(repository, text, folder, set())


def _followed(
    repository: Repository, text: str, folder: str, seen: set[tuple[str, str]], depth: int = 0
) -> Iterator[str]:
    """A line and what it calls; what was followed once is not followed again."""
    yield text
    for one in _called(repository, text, folder) if depth < MAX_DEPTH else ():
        if one not in seen:
            seen.add(one)
            for line in one[1].splitlines():
                yield from _followed(repository, line, one[0], seen, depth + 1)


def _called(repository: Repository, text: str, folder: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"\b(?:make|just)\s+((?:-C\s+\S+\s+)?[\w. /-]+)", text):
        yield from _recipes(repository, found[1].split(), folder)
    for found in re.finditer(r"\b(?:npm|pnpm|yarn)\s+(?:run\s+)?(?:--\S+\s+)*([\w:.-]+)", text):
        yield from _scripts(repository, found[1], folder)
    for package, script in _of_packages(text):
        yield from _scripts(repository, script, _home(repository, package))
    for found in re.finditer(r"(?:^|[\s;&|])(?:bash |sh )?(?:\./)?([\w./-]+\.(?:sh|py))\b", text):
        path = joined(folder, found[1])
        yield folder, repository.text(path)
    for found in re.finditer(r"\s-m\s+([A-Za-z_]\w*(?:\.\w+)*)", text):
        for path in _modules(found[1], folder):
            yield folder, repository.text(path)
    if "pre-commit" in text or "prek" in text:
        yield folder, repository.text(".pre-commit-config.yaml")


def _of_packages(text: str) -> Iterator[tuple[str, str]]:
    """Packages of a workspace that a line names, and their scripts that it runs."""
    for before in (r"yarn\s+workspace\s+", r"pnpm\s+(?:--filter[ =]|-F\s+)"):
        yield from re.findall(rf"\b{before}(\S+)\s+(?:run\s+)?([\w:.-]+)", text)
    for script, package in re.findall(
        r"\bnpm\s+run\s+([\w:.-]+)\s+(?:-w|--workspace)[ =](\S+)", text
    ):
        yield package, script


def _home(repository: Repository, package: str) -> str:
    """The folder of a package, which is called by its name or by that."""
    names = (one.path.rpartition("/")[0] for one in repository.manifests if one.name == package)
    return next(names, package)


def _modules(name: str, folder: str) -> tuple[str, str]:
    """Where Python would look for what is started by ``-m``."""
    path = joined(folder, name.replace(".", "/"))
    return f"{path}.py", f"{path}/__main__.py"


def _recipes(repository: Repository, words: list[str], folder: str) -> Iterator[tuple[str, str]]:
    if words[:1] == ["-C"] and len(words) > 1:
        folder, words = joined(folder, words[1]), words[2:]
    targets = repository.targets(folder)
    for word in words:
        if word in targets:
            needed = [targets[one].recipe for one in targets[word].needs if one in targets]
            yield folder, "\n".join([targets[word].recipe, *needed])


def _scripts(repository: Repository, name: str, folder: str) -> Iterator[tuple[str, str]]:
    for manifest in repository.manifests:
        here = manifest.path.rpartition("/")[0]
        if (
            manifest.kind == "npm"
            and name in manifest.scripts
            and here in (folder, folder.strip("./"))
        ):
            found = re.search(
                rf'"{re.escape(name)}"\s*:\s*"((?:\\.|[^"\\])*)"', repository.text(manifest.path)
            )
            yield folder, found[1] if found else ""
