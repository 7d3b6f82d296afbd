"""The workflow that tries a rollback every week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless import __version__
from hitless.fix.generate.render import workflow
from hitless.fix.generate.wanted import lacks, new

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("CI12",)
PATH = ".github/workflows/rehearse.yml"


def files(repository: Repository) -> dict[str, str]:
    """One workflow; Hitless rehearses Compose projects."""
    if not repository.services or not lacks(repository, *CLOSES):
        return {}
    return new(repository, {PATH: workflow("rehearse.yml.j2", hitless=__version__)})
