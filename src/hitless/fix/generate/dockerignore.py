"""An ignore file for each build context that takes in everything and has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.documents import ignore_file
from hitless.documents.paths import joined
from hitless.fix.generate.wanted import faults, new

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.dockerfile import Dockerfile, Stage

CLOSES = ("DI01",)
HEAD = '# What a build does not need, or must not see. Written by "hitless fix"; yours to change.\n'
ALWAYS = ("**/.env*", "!**/.env.example", ".git", ".github", "**/.DS_Store", "**/*.log")
LANGUAGES = {
    ".py": ("**/__pycache__", "**/.venv", "**/venv", "**/.pytest_cache", "**/.mypy_cache"),
    "package.json": ("**/node_modules", "**/coverage"),
}


def files(repository: Repository) -> dict[str, str]:
    """One for each context; a context with an ignore file is edited by somebody else."""
    lacking = {one.subject for one in faults(repository, *CLOSES)}
    made: dict[str, str] = {}
    for file, stage, context in repository.released:
        own = repository.ignore_file(context, file.path)
        if own is None and (context or ".") in lacking:
            patterns = _patterns(repository, context, [*_taken(file, stage)])
            made[joined(context, ".dockerignore")] = HEAD + "\n".join(patterns) + "\n"
    return new(repository, made)


def _patterns(repository: Repository, context: str, taken: list[str]) -> Iterator[str]:
    below = repository.below(context)
    wanted = list(ALWAYS)
    for end, more in LANGUAGES.items():
        wanted += more if any(path.endswith(end) for path in below) else ()
    for pattern in wanted:
        one = ignore_file.IgnoreFile("", (pattern,))
        # What a COPY names is wanted in the image, whatever it is called.
        if pattern.startswith("!") or not any(one.leaves_out(path) for path in taken):
            yield pattern


def _taken(file: Dockerfile, stage: Stage) -> Iterator[str]:
    for part in file.needed(stage):
        for copy in part.of("COPY", "ADD"):
            if not copy.flag("from"):
                yield from (one.removeprefix("./").strip("/") for one in copy.sources())
