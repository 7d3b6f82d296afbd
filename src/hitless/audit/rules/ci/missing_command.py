"""CI04: A workflow calls something that does not exist."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit import pipeline
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.paths import joined
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

BUILT_IN = frozenset(
    [
        "install",
        "ci",
        "i",
        "add",
        "run",
        "exec",
        "publish",
        "audit",
        "version",
        "start",
        "pack",
        "cache",
        "config",
        "dlx",
        "create",
        "link",
        "set",
        "init",
        "outdated",
    ]
)


@rule("CI04", Category.CI, "automated tests", Severity.HIGH, fix=Fix.NONE)
def missing_command(repository: Repository) -> Iterator[Check]:
    """A workflow calls something that does not exist.

    ## What it does
    Looks for scripts, make and just targets, package scripts and local actions that a workflow
    names.

    ## Why it matters
    The job is red since its first day, or it is skipped; either way nobody looks at it any
    more.

    ## Bad
    ```json title="package.json"
    {"scripts": {"build": "vite build"}}
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: npm run lint
    ```

    ## Good
    ```json title="package.json"
    {"scripts": {"lint": "eslint ."}}
    ```

    ```yaml title=".github/workflows/ci.yml"
    on: [push, pull_request]
    permissions: {}
    jobs:
      test:
        runs-on: ubuntu-24.04
        steps:
          - run: npm run lint
    ```

    ## Fix safety
    No edit is offered: the command, or the script, has to be written.
    """
    for line in pipeline.lines(repository):
        if "$" in line.directory or line.text.startswith("#"):
            continue
        for name, there in _called(repository, line):
            message = f"{name} is called here and does not exist"
            yield verdict(f"{line.path} {name}", line, message, ok=there)
    for path, step in pipeline.actions(repository):
        if step.uses.startswith("./"):
            folder = joined("", step.uses.partition("@")[0])
            there = repository.has(folder)
            yield verdict(
                f"{path} {folder}", Place(path, step.line), f"{folder} does not exist", ok=there
            )


def _called(repository: Repository, line: pipeline.Line) -> Iterator[tuple[str, bool]]:
    folder = joined("", line.directory)
    for found in re.finditer(
        r"(?:^|[;&|]\s*)(?:cd\s+(\S+)\s*&&\s*)?(?:npm|pnpm|yarn)\s+run\s+([\w:.-]+)", line.text
    ):
        yield from _script(repository, joined(folder, found[1] or ""), found[2])
    for found in re.finditer(
        r"(?:^|[;&|]\s*)(make|just)((?:\s+[\w.-]+)+)\s*(?=$|[;&|])", line.text
    ):
        words = found[2].split()
        known = repository.targets(folder)
        if known and not words[0].startswith("-"):
            yield from ((f"{found[1]} {word}", word in known) for word in words)
        elif not known and not words[0].startswith("-"):
            yield f"{found[1]} {words[0]}", False
    for found in re.finditer(
        r"(?:^|[;&|]\s*)(?:(?:bash|sh|python3?)\s+)?(\./[\w./-]+|[\w-]+/[\w./-]+\.(?:sh|py))(?=\s|$)",
        line.text,
    ):
        path = joined(folder, found[1])
        if path.endswith((".sh", ".py")) or path.startswith("scripts/"):
            yield path, repository.has(path) or path.startswith("..")


def _script(repository: Repository, folder: str, name: str) -> Iterator[tuple[str, bool]]:
    for one in repository.manifests:
        if one.kind == "npm" and posixpath.dirname(one.path) == folder:
            yield f"npm run {name}", name in one.scripts or name in BUILT_IN
