"""DI01: the build context takes in what it should not."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.paths import joined
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile


@rule("DI01", Category.DOCKER, "ignore file", Severity.MEDIUM, fix=Fix.SAFE)
def ignore_file_has_gaps(repository: Repository) -> Iterator[Check]:
    """The build context takes in what it should not.

    ## What it does
    For each context of which a COPY takes everything: env files, .git, installed packages and
    caches must be left out, as far as that folder may have them.

    ## Why it matters
    Secrets end up in a layer, every commit makes every layer new, and each build sends hundreds
    of megabytes first.

    ## Bad
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY . .
    ```

    ```text title=".dockerignore"
    __pycache__
    ```

    ## Good
    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY . .
    ```

    ```text title=".dockerignore"
    **/.env*
    !**/.env.example
    .git
    **/__pycache__
    **/.venv
    **/node_modules
    ```

    ## Fix safety
    Safe unless a build reads one of these on purpose.
    """
    bare = set()
    for file, stage, context in repository.released:
        copies = [one for part in file.needed(stage) for one in part.of("COPY", "ADD")]
        whole = [one for one in copies if not one.flag("from") and {".", "./"} & set(one.sources())]
        ignored = repository.ignore_file(context, file.path) if whole else None
        if whole and context not in bare:
            bare |= {context} if ignored is None else set()
            open_ones = [
                n
                for n in _samples(repository, file, context)
                if ignored is None or not ignored.leaves_out(n)
            ]
            names = _told(list(dict.fromkeys(one.removesuffix("/x") for one in open_ones)))
            lacking = (
                "there is no .dockerignore" if ignored is None else f"{ignored.path} leaves in"
            )
            place = Place(ignored.path, 1) if ignored is not None else whole[0]
            subject = context or "."
            yield verdict(
                subject, place, f"{lacking}: {names} would be copied by COPY .", ok=not open_ones
            )


def _samples(repository: Repository, file: Dockerfile, context: str) -> Iterator[str]:
    """Paths that must not be sent, such as this folder has, or may have."""
    below = repository.below(context)
    root = not context
    if root or any(".env" in posixpath.basename(path) for path in below):
        yield ".env"
    if root and not _reads_git(repository, file, context):
        yield ".git/x"
    packages = [one for one in below if one.endswith("package.json")]
    for folder in sorted(
        {posixpath.dirname(posixpath.relpath(p, context or ".")) for p in packages}
    ):
        yield joined(folder, "node_modules/x")
    if any(path.endswith(".py") and not path.startswith(".") for path in below):
        yield from ("__pycache__/x", ".venv/x")


def _told(names: list[str]) -> str:
    """Each once; the packages of a workspace are one line of an ignore file."""
    packages = [one for one in names if one.endswith("/node_modules")]
    if len(packages) > 1:
        names = [*(one for one in names if one not in packages), "**/node_modules"]
    return ", ".join(names)


def _reads_git(repository: Repository, file: Dockerfile, context: str) -> bool:
    """The build asks git for its version, and so needs .git."""
    scripts = [one.script for one in file.instructions if one.keyword == "RUN"]
    scripts.append(repository.text(joined(context, "Makefile")))
    return any(re.search(r"\bgit (describe|rev-parse|log)\b", one) for one in scripts)
