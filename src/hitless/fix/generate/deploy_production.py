"""The workflow that deploys to production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.fix.generate.deploys import text
from hitless.fix.generate.wanted import lacks, new

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("CI11",)
PATH = ".github/workflows/deploy-production.yml"


def files(repository: Repository) -> dict[str, str]:
    """One workflow; without a Compose project there is nothing that Hitless could deploy."""
    if not repository.services or not lacks(repository, *CLOSES):
        return {}
    return new(repository, {PATH: text("production")})
