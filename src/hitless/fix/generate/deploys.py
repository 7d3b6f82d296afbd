"""What both deploy workflows share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless import __version__
from hitless.fix.generate.render import workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSIONS: Mapping[str, str] = {
    "staging": "github.sha",
    "production": "inputs.version || github.ref_name",
}


def text(where: str) -> str:
    """The workflow that deploys to an environment over SSH."""
    return workflow(
        "deploy.yml.j2",
        where=where,
        HOST=f"{where.upper()}_HOST",
        HOSTS=f"{where.upper()}_KNOWN_HOSTS",
        version=VERSIONS[where],
        hitless=__version__,
    )
