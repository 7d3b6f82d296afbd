"""What was changed by hand since the last release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.stack.edge import as_rendered
from hitless.stack.layout import instances
from hitless.stack.projects import slot_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.deploy.context import Context
    from hitless.domain.container import Container
    from hitless.domain.release import Release
    from hitless.stack.layout import Instance


def drift(ctx: Context) -> tuple[str, ...]:
    """One sentence for each thing that is not as Hitless left it, and what comes of it.

    Nothing of this keeps a deploy from going well; it keeps the release that serves now
    from being what is recorded, and so from coming back unchanged.
    """
    if ctx.previous is None:
        return ()
    return (*_edge(ctx), *_model(ctx, ctx.previous), *_containers(ctx, ctx.previous))


def _edge(ctx: Context) -> Iterator[str]:
    config = ctx.world.edge.config()
    if config and not as_rendered(config):
        yield (
            "nginx.conf of the edge was changed by hand, and this deploy writes it anew: "
            "own directives belong into proxy.include"
        )


def _model(ctx: Context, release: Release) -> Iterator[str]:
    """Images, environment and mounts of what serves, as its containers were made from it."""
    slot = ctx.slot.other
    path = ctx.world.home / "releases" / release.id / f"{slot}.json"
    if not path.exists():
        return
    try:
        found = json.loads(path.read_text())
    except ValueError:
        found = None
    if found != json.loads(json.dumps(slot_project(release, slot, ctx.layout))):
        yield (
            f"{path} was changed by hand: a rollback writes it anew from what was recorded, "
            "so put the change into the Compose files"
        )


def _containers(ctx: Context, release: Release) -> Iterator[str]:
    slot = ctx.slot.other
    found = {c.name: c for c in ctx.containers(slot, Role.WEB, Role.WORKER)}
    for one in instances(release.settings):
        name = ctx.layout.container(slot, one)
        wrong = _wrong(found.get(name), release, one)
        if wrong:
            yield f"{name} of {release}, which serves, {wrong}"


def _wrong(container: Container | None, release: Release, one: Instance) -> str:
    if container is None:
        return 'is gone: a rollback would make it again ("docker ps -a" shows what is there)'
    if not container.running:
        return f'is {container.state}: start it with "docker start {container.name}"'
    if container.image != release.images[one.service]:
        return "was made again from another image: a rollback would not bring that one back"
    return ""
