"""The command ``down``: remove a service from this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.hold import ANY_COMMAND, hold
from hitless.deploy.recover import recover
from hitless.deploy.standing import observe, recorded_service
from hitless.domain.container import Role
from hitless.domain.errors import HumanNeeded
from hitless.domain.slot import Slot
from hitless.stack.layout import Layout

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.domain.container import Container
    from hitless.domain.lock import Claim

STOP_SECONDS = 30.0
# Users first lose the edge, then the rest stops behind it; databases last.
ORDER = (Role.EDGE, Role.WEB, Role.WORKER, Role.MIGRATION, Role.ACCESSORY)


def down(
    world: World, *, volumes: bool = False, images: bool = False, claim: Claim = ANY_COMMAND
) -> tuple[str, ...]:
    """Remove containers and networks; returns the names of what was removed.

    Args:
        world: The ports.
        volumes: Remove the data, too.
        images: Remove the names that keep releases' images, too: nothing can be
            brought back then.
        claim: How long to wait for the lock, and what to say to others who do.

    Raises:
        NothingDeployed: when nothing was ever deployed here.
        Locked: when another process changes this service.
    """
    with hold(world, "down", claim) as world:  # noqa: PLR1704  # only this one may change
        service = recorded_service(world)
        _end_what_was_interrupted(world)
        removed = [_remove(world, container) for container in _ordered(world, service)]
        removed += _remove_networks(world, service)
        world.edge.remove()
        if volumes:
            removed += _remove_volumes(world, service)
        if images:
            removed += _remove_images(world, service)
        return tuple(removed)


def _end_what_was_interrupted(world: World) -> None:
    """So that no later command looks for what is gone; removing must work all the same."""
    try:
        recover(world)
    except HumanNeeded as error:
        world.reporter.say(error.message)


def _ordered(world: World, service: str) -> list[Container]:
    containers = observe(world, service).containers
    return sorted(containers, key=lambda c: ORDER.index(Role(c.role)))


def _remove(world: World, container: Container) -> str:
    world.reporter.say(f"removing {container.name}")
    if container.running:
        world.engine.stop(container.id, STOP_SECONDS)
    world.engine.remove(container.id)
    return container.name


def _remove_networks(world: World, service: str) -> list[str]:
    layout = Layout(service, "")
    ours = {layout.network, *(layout.project(slot) for slot in Slot)}
    found = [network.name for network in world.engine.networks() if network.name in ours]
    for name in found:
        world.engine.remove_network(name)
    return found


def _remove_volumes(world: World, service: str) -> list[str]:
    found = list(world.engine.volumes(service))
    for name in found:
        world.engine.remove_volume(name)
    return found


def _remove_images(world: World, service: str) -> list[str]:
    found = list(world.engine.images(f"hitless/{service}/"))
    for name in found:
        world.engine.untag(name)
    return found
