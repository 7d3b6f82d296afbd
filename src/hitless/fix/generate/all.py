"""Every generator, imported when somebody wants its files."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository

NAMES = (
    "ci",
    "build_push",
    "security_scan",
    "migration_check",
    "deploys",
    "rehearse",
    "dependabot",
    "dockerignore",
    "env_reference",
    "runbooks",
    "monitoring",
    "backup",
)


class Generator(Protocol):
    """A module of this package that makes files.

    Attributes:
        CLOSES: The ids of the rules that find nothing more once the files are there.
    """

    CLOSES: tuple[str, ...]

    def files(self, repository: Repository) -> dict[str, str]:
        """Path to text; empty when nothing is to be done here."""


def generators() -> Iterator[tuple[str, Generator]]:
    """Each generator with its name, in the order in which a reader would want the files."""
    for name in NAMES:
        yield name, cast("Generator", importlib.import_module(f"hitless.fix.generate.{name}"))


def everything(repository: Repository) -> dict[str, str]:
    """What all of them make together."""
    made: dict[str, str] = {}
    for _, one in generators():
        made |= one.files(repository)
    return made
