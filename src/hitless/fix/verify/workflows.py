"""Do the commands of workflows exist, and do they pass?"""

from __future__ import annotations

import posixpath
import re
import shlex
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.images import short
from hitless.audit.rules.ci.missing_command import missing_command
from hitless.fix.verify import commands
from hitless.fix.verify.bench import Attempt, NotChecked, Refuted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hitless.documents.workflow import Job, Workflow
    from hitless.documents.yaml_tree import Node
    from hitless.fix.verify.bench import Bench

JOB_SECONDS = 900.0
SETUP = {"actions/setup-python": "python", "actions/setup-node": "node"}
ASK = "not run: ask with --run-checks; it needs the network for what the job installs"
NO_COMMAND = 127  # bash's own code for it
NOT_THERE = re.compile(r"line \d+: (\S+): command not found\s*$")
# What changes something outside of the container, or cannot be done in one.
OUTSIDE = re.compile(r"\b(?:docker|git\s+push|ssh|rsync|scp|kubectl|gh|hitless)\b")


def exist(bench: Bench) -> Iterator[Attempt]:
    """What rule CI04 looks for, file by file."""
    for file in bench.repository.workflows:
        yield Attempt(
            "workflow commands exist",
            file.path,
            "each script, target and package script that it calls is there",
            partial(_exist, bench, file),
        )


def _exist(bench: Bench, file: Workflow) -> None:
    absent = [
        one
        for one in missing_command.check(bench.repository)
        if one.place is not None and one.place.path == file.path
    ]
    if absent:
        lines = "\n".join(f"line {one.place.line}: {one.message}" for one in absent if one.place)
        raise Refuted("it calls what does not exist", lines, "hitless explain CI04")


def run(bench: Bench) -> Iterator[Attempt]:
    """Each job of a workflow that runs on changes."""
    for file in bench.repository.workflows:
        if file.triggers & {"push", "pull_request"}:
            for job in file.jobs:
                if any(step.run for step in job.steps):
                    yield Attempt(
                        "workflow commands pass",
                        f"{file.path} {job.name}",
                        "its commands end well on a clean checkout",
                        partial(_run, bench, file, job),
                    )


def _run(bench: Bench, file: Workflow, job: Job) -> None:
    if why := unfit(file, job):
        raise NotChecked(why)
    if not bench.run_checks:
        raise NotChecked(ASK)
    image = base(bench, job)
    bench.need_image(image)
    # What this machine's env files hold is none of the job's business.
    hidden = [commands.bind("/dev/null", f"/given/{path}") for path in bench.added]
    given = commands.bind(str(bench.directory), "/given")
    options = (given, *hidden, "--workdir=/work", "--env=CI=true")
    words = ("bash", "-e", "-c", script(file, job, bench.added))
    command = commands.once(f"{bench.name}-job", image, words, options)
    output = bench.run(command, JOB_SECONDS)
    if absent := NOT_THERE.search(output.text) if output.code == NO_COMMAND else None:
        raise NotChecked(f"{absent[1]} is not in {image}; GitHub's machines may have it")
    if output.code != 0 and job.node.get("services") is not None:
        raise NotChecked("it ends badly here, where its service containers are not started")
    if output.code != 0:
        raise Refuted("it is red", output.text)


def unfit(file: Workflow, job: Job) -> str:
    """Why a job cannot be run here; empty when it can."""
    text = "\n".join([*(step.run for step in job.steps), *settings(file.root, job.node).values()])
    if job.environment:
        return "not safe to run: it deploys"
    if "${{" in text:
        return "not run: its commands need values that only GitHub fills in"
    if found := OUTSIDE.search(text):
        return f"not safe to run: {found[0]} reaches out of the container"
    return ""


def base(bench: Bench, job: Job) -> str:
    """The image that plays the part of the job's machine: the one that the project releases on."""
    for step in job.steps:
        language = SETUP.get(step.uses.partition("@")[0], "")
        if language:
            for file in bench.repository.dockerfiles.values():
                for stage in file.stages:
                    if short(stage.base) == language:
                        return stage.base
            version = step.given(f"{language}-version")
            return f"{language}:{version or 'latest'}"
    raise NotChecked("no setup action tells which machine the job needs")


def settings(*nodes: Node) -> dict[str, str]:
    """The variables that the nodes set; later ones win."""
    told = [one.get("env") for one in nodes]
    return {k: v.text for one in told if one is not None for k, v in one.fields.items()}


def script(file: Workflow, job: Job, added: Iterable[str]) -> str:
    """Its steps, each in its own folder and shell; the first failure ends it.

    Args:
        file: Its workflow, whose variables hold for it.
        job: The job.
        added: Files that a checkout does not have.
    """
    lines = ["cp -r /given/. /work", shlex.join(("rm", "-f", *added))]
    for step in job.steps:
        if step.run:
            values = settings(file.root, job.node, step.node)
            exports = "".join(f"export {name}={shlex.quote(one)}; " for name, one in values.items())
            place = shlex.quote(posixpath.join("/work", step.directory))
            lines.append(f"({exports}cd {place}; {step.run.strip()}\n)")
    return "\n".join(lines)
