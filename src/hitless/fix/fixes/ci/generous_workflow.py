"""CI10: a workflow may read, and a stranger's text is data to its scripts."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.rules.ci.generous_workflow import STRANGERS
from hitless.fix.attempt import attempt
from hitless.fix.edit import Edit, RefusedError
from hitless.fix.registry import fix
from hitless.fix.step import Refusal
from hitless.fix.yaml_edit import Set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.documents.workflow import Step as Running
    from hitless.documents.workflow import Workflow
    from hitless.domain.finding import Finding
    from hitless.fix.step import Action, Step

WRITES = (
    r"GITHUB_TOKEN|github\.token|git push|\bgh (release|pr|issue|api)|gh-release|deploy-pages"
    r"|create-pull-request|upload-sarif|codeql|attest|id-token|semantic-release|changesets"
)
EXPRESSION = r"\$\{\{\s*([\w.\[\]'-]+)\s*\}\}"


@fix("CI10")
def generous_workflow(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Set read permissions where nothing writes, and pass texts by env."""
    for finding in findings:
        file = next(one for one in repository.workflows if one.path == finding.place.path)
        if finding.value == "permissions":
            yield attempt(finding.place, partial(_read_only, repository, file))
        elif finding.value == "injection":
            step = next(one for one in file.steps() if one.line == finding.place.line)
            yield attempt(finding.place, partial(_by_env, repository, file, step))
        else:
            why = "code of a stranger and secrets have to be in two workflows"
            yield Refusal(finding.place, why)


def _read_only(repository: Repository, file: Workflow) -> list[Edit]:
    text = repository.text(file.path)
    found = re.search(WRITES, text)
    if found is not None:
        raise RefusedError(f"it contains {found[0]}, and may need more than to read")
    at = file.root.key("jobs").start
    return [Edit(file.path, at, at, "permissions:\n  contents: read\n\n")]


def _by_env(repository: Repository, file: Workflow, step: Running) -> list[Action]:
    """Each expression becomes a variable of the step."""
    node = step.node.fields["run"]
    raw = repository.text(file.path)[node.start : node.end]
    if step.node.get("shell") is not None or "windows" in repository.text(file.path):
        raise RefusedError("its shell may write variables in another way")
    keys = _keys(file, step)
    made: list[Action] = []
    for found in re.finditer(EXPRESSION, raw):
        if not re.search(STRANGERS, found[0]):
            continue
        line = raw[raw.rfind("\n", 0, found.start()) + 1 : found.start()]
        if line.count("'") % 2:
            raise RefusedError("it stands in single quotes, where a variable is a mere text")
        name = re.sub(r"\W+", "_", found[1].rpartition("event.")[2]).upper()
        quoted = line.count('"') % 2 and not raw.startswith('"')
        text = f"${{{name}}}" if quoted or raw.startswith('"') else f'"${{{name}}}"'
        made.append(Edit(file.path, node.start + found.start(), node.start + found.end(), text))
        made.append(Set(file.path, (*keys, "env", name), found[0]))
    if not made:
        raise RefusedError("the text is part of a longer expression")
    return made


def _keys(file: Workflow, step: Running) -> tuple[str | int, ...]:
    for job in file.jobs:
        for at, node in enumerate(job.node.nodes("steps")):
            if node is step.node:
                return ("jobs", job.name, "steps", at)
    raise RefusedError("the step is no part of a job")
