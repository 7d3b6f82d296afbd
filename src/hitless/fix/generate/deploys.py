"""The workflows that deploy, to staging and to production: one without the other is half a way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless import __version__
from hitless.fix.generate.render import workflow
from hitless.fix.generate.wanted import lacks, new

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.audit.repository import Repository

CLOSES = ("CI11",)
VERSIONS: Mapping[str, str] = {
    "staging": "github.sha",
    "production": "inputs.version || github.ref_name",
}


def files(repository: Repository) -> dict[str, str]:
    """Two workflows; without a Compose project there is nothing that Hitless could deploy."""
    if not repository.services or not lacks(repository, *CLOSES):
        return {}
    made = {f".github/workflows/deploy-{where}.yml": _text(where) for where in VERSIONS}
    return new(repository, made)


def _text(where: str) -> str:
    """The workflow that deploys to an environment over SSH."""
    return workflow(
        "deploy.yml.j2",
        where=where,
        HOST=f"{where.upper()}_HOST",
        HOSTS=f"{where.upper()}_KNOWN_HOSTS",
        version=VERSIONS[where],
        hitless=__version__,
    )
