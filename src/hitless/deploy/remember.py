"""What a lost database knew and files beside it still tell: the releases themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hitless.domain.codec import decode
from hitless.domain.release import Release

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.deploy.context import World

RECORD = "release.json"


def remember(world: World) -> None:
    """Record the releases whose files are there again; for a database that knows no deploy.

    So whoever serves, and its backup, can be told, left and brought back although the
    database was moved away. What deploys and rollbacks there were stays lost.
    """
    found = (_read(world, path) for path in world.home.glob(f"releases/*/{RECORD}"))
    for release in sorted((one for one in found if one), key=lambda one: one.created):
        world.store.add_release(release)


def _read(world: World, path: Path) -> Release | None:
    """A release; None when the file was changed by somebody else or is damaged."""
    try:
        release = decode(Release, json.loads(path.read_text()))
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        world.reporter.say(f"{path} tells of no release: {type(error).__name__}: {error}")
        return None
    return release if release.id == path.parent.name else None
