"""The command ``maintenance``: users get a page, and everything behind it goes on.

No lock is needed: it is one file that appears or disappears, and neither a deploy nor a
rollback looks at it. Both prove themselves by the key that the edge lets through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.standing import observe, recorded_service
from hitless.domain.errors import ConfigMissing, EdgeTooOld, NothingDeployed
from hitless.domain.maintenance import Maintenance

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.deploy.context import World
    from hitless.domain.settings import Settings

MOST_BYTES = 1_000_000
KNOWN_BY = "/maintenance)"  # in the configuration of an edge that looks for the flag
PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Back soon</title>
<style>
body{font:17px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;
margin:0;padding:24px;text-align:center}h1{font-size:1.5em;margin:0 0 .3em}p{margin:0;opacity:.75}
</style>
</head>
<body><main><h1>We will be back soon</h1><p>This service is being maintained.</p></main></body>
</html>
"""


def begin(world: World, settings: Settings, reason: str = "") -> Maintenance:
    """Give users the page from now on.

    Raises:
        NothingDeployed: when nothing serves here.
        EdgeTooOld: when the edge would not look for the flag.
        ConfigMissing: when the page cannot be read.
    """
    _check(world)
    made = Maintenance(world.clock.now(), world.host.actor(), reason)
    page = _page(world.directory / name) if (name := settings.maintenance.page) else PAGE
    world.edge.set_maintenance(made, page)
    return made


def end(world: World) -> None:
    """Give users the service again.

    Raises:
        NothingDeployed: when nothing serves here.
    """
    _check(world)
    world.edge.set_maintenance(None)


def _check(world: World) -> None:
    if observe(world, recorded_service(world)).edge is None:
        raise NothingDeployed("no edge runs here", 'deploy with "hitless deploy"')
    if KNOWN_BY not in world.edge.config():
        raise EdgeTooOld(
            "the edge was configured by an older Hitless, which knew no maintenance",
            'bring its configuration up to date with "hitless deploy --force"',
        )


def _page(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigMissing(f"the page {path.name} is larger than {MOST_BYTES} bytes")
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigMissing(
            f"the page {path.name} cannot be read: {error}",
            "correct maintenance.page in hitless.yaml",
        ) from error
