"""What continuous integration runs: GitHub workflows, and the scripts of GitLab's pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.documents.yaml_tree import parse as parse_yaml
from hitless.domain.errors import DocumentInvalid

if TYPE_CHECKING:
    from hitless.documents.yaml_tree import Node


class Step(NamedTuple):
    """One step of a job.

    Attributes:
        uses: The action; empty for a script.
        run: The script; empty for an action.
        directory: Where the script runs, from the repository's root.
        line: Where the script or the action's name begins.
    """

    uses: str
    run: str
    directory: str
    line: int
    node: Node

    def given(self, name: str) -> str:
        """An input of the action."""
        return self.node.say("with", name)


class Job(NamedTuple):
    """One job."""

    name: str
    node: Node
    line: int
    steps: list[Step]

    @property
    def environment(self) -> str:
        """The environment whose approval it waits for; empty without one."""
        return self.node.say("environment") or self.node.say("environment", "name")


class Workflow:
    """One file."""

    __slots__ = ("jobs", "path", "root", "triggers")

    def __init__(
        self,
        path: str,
        root: Node,
        triggers: set[str],
        jobs: list[Job] | None = None,
    ) -> None:
        self.path = path
        self.root = root
        self.triggers = triggers
        self.jobs: list[Job] = [] if jobs is None else jobs

    def steps(self) -> list[Step]:
        """All steps of all jobs."""
        return [step for job in self.jobs for step in job.steps]


def parse(text: str, path: str) -> Workflow:
    """A GitHub workflow or composite action.

    Raises:
        DocumentInvalid: when it is not YAML, or no mapping.
    """
    root = parse_yaml(text, path)
    if not root.is_map:
        raise DocumentInvalid(path, root.line, "expected keys such as 'on:' and 'jobs:'")
    made = Workflow(path, root, _triggers(root))
    jobs = root.get("jobs")
    for name, node in (jobs.fields if jobs is not None else {}).items():
        line = jobs.key(name).line if jobs is not None else 1
        made.jobs.append(Job(name, node, line, _steps(node, _directory(root, node))))
    if runs := root.get("runs"):
        made.jobs.append(Job("runs", runs, runs.line, _steps(runs, "")))
    return made


def parse_gitlab(text: str, path: str) -> Workflow:
    """A GitLab pipeline, its scripts as steps; see :func:`parse`."""
    root = parse_yaml(text, path)
    made = Workflow(path, root, {"push"})
    for name, node in root.fields.items():
        scripts = [
            one
            for key in ("before_script", "script")
            for one in (node.nodes(key) if node.is_map else [])
        ]
        if scripts:
            steps = [Step("", one.text, "", one.line, one) for one in scripts]
            made.jobs.append(Job(name, node, root.key(name).line, steps))
    return made


def _triggers(root: Node) -> set[str]:
    node = root.get("on")
    if node is None:
        return set()
    return set(node.fields) if node.is_map else {one.text for one in root.nodes("on")}


def _directory(*levels: Node) -> str:
    found = [one.say("defaults", "run", "working-directory") for one in levels]
    return next((one for one in reversed(found) if one), "")


def _steps(node: Node, directory: str) -> list[Step]:
    steps = []
    for one in node.nodes("steps"):
        script, uses = one.get("run"), one.get("uses")
        # A block's text begins on the line below its key.
        block = script is not None and script.quoted and one.keys["run"].line == script.line
        line = (script or uses or one).line + (1 if block and "\n" in script.text else 0)  # type: ignore[union-attr]
        where = one.say("working-directory") or directory
        steps.append(Step(one.say("uses"), one.say("run"), where, line, one))
    if reused := node.say("uses"):
        steps.append(Step(reused, "", "", node.key("uses").line, node))
    return steps
