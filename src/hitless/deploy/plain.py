"""A stack as plain Compose runs it: its containers, and how to stop and start them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitless.deploy.standing import observe
from hitless.domain.container import COMPOSE_ONE_OFF, COMPOSE_SERVICE, Role
from hitless.domain.errors import EngineFailed, HumanNeeded
from hitless.stack.classify import roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.deploy.context import World
    from hitless.domain.container import Container
    from hitless.domain.settings import Settings

NOTE = "adopting.json"
PATIENCE = 60.0  # for the old containers to be healthy again
LOOK_AGAIN = 0.1
ALIVE = ("running", "paused", "restarting")
# Users first lose the edge, then jobs end while their database still runs.
ORDER = (Role.EDGE, Role.WEB, Role.WORKER, Role.MIGRATION, Role.ACCESSORY)


@dataclass(frozen=True, slots=True)
class Plain:
    """Containers of a Compose project.

    Attributes:
        service: The service of Hitless that is to take them over.
        stops: Those whose parts it takes, in the order in which they stop.
        left: Those that hitless.yaml ignores.
    """

    service: str
    project: str
    stops: tuple[Container, ...]
    left: tuple[Container, ...] = ()

    def problems(self, world: World, settings: Settings) -> Iterator[str]:
        """Why it cannot be taken over; what would be lost above all."""
        for one in self.stops:
            name = one.labels.get(COMPOSE_SERVICE, "")
            if name not in roles(settings):
                yield f"container {one.name} is of service {name!r}, which hitless.yaml lacks"
            for place in world.engine.anonymous_volumes(one.id):
                if _holds_data(world, one, place):
                    yield (
                        f"container {one.name} keeps data in a volume without a name at {place}: "
                        "name that volume in the Compose file and move the data there"
                    )


def look(world: World, model: dict[str, Any], settings: Settings) -> Plain:
    """What runs of the project that the Compose files describe."""
    project, parts = str(model["name"]), roles(settings)
    alive = [
        one
        for one in world.engine.project(project)
        if one.state in ALIVE and one.labels.get(COMPOSE_ONE_OFF, "False") != "True"
    ]
    left = tuple(one for one in alive if one.labels.get(COMPOSE_SERVICE) in settings.ignore)

    def place(one: Container) -> tuple[int, str]:
        role = parts.get(one.labels.get(COMPOSE_SERVICE, ""), Role.WEB)
        return ORDER.index(role), one.name

    stops = tuple(sorted((one for one in alive if one not in left), key=place))
    return Plain(settings.service, project, stops, left)


def write_note(world: World, found: Plain) -> None:
    """So that whoever comes after a crash knows what was stopped."""
    told = {
        "service": found.service,
        "project": found.project,
        "containers": [one.id for one in found.stops],
    }
    beside = world.home / f"{NOTE}.tmp"
    world.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside.write_text(json.dumps(told))
    beside.replace(world.home / NOTE)


def end_adoption(world: World) -> bool:
    """End one whose process died: back to the old stack, unless its successor serves.

    Returns whether there was one. The caller holds the lock, and has recovered the deploy.

    Raises:
        HumanNeeded: when the old containers cannot be started again.
    """
    note = world.home / NOTE
    if not note.exists():
        return False
    told = json.loads(note.read_text())
    found = _stopped(world, told["service"], told["project"], tuple(told["containers"]))
    if observe(world, told["service"]).active is None:
        _start_again(world, found)
    else:
        _forget(world, found)
    note.unlink()
    return True


def _start_again(world: World, plain: Plain) -> None:
    """Start what was stopped, in the opposite order; each waits until the last is healthy.

    Raises:
        HumanNeeded: when that does not succeed.
    """
    world.reporter.say(f"starting the containers of {plain.project} again")
    try:
        for one in reversed(plain.stops):
            world.engine.start(one.id)
            _wait_healthy(world, one)
    except EngineFailed as error:
        names = " ".join(one.name for one in reversed(plain.stops))
        raise HumanNeeded(
            f"the old containers do not start again: {error.message}",
            f'start them with "docker start {names}"',
        ) from error


def _forget(world: World, plain: Plain) -> None:
    """Remove what was stopped, and the network that only it was in; volumes stay."""
    for one in plain.stops:
        world.engine.remove(one.id)
    network = f"{plain.project}_default"
    if any(one.name == network for one in world.engine.networks()) and not plain.left:
        try:
            world.engine.remove_network(network)
        except EngineFailed as error:  # somebody else is in it, too
            world.reporter.say(f"network {network} stays: {error.message}")


def _wait_healthy(world: World, one: Container) -> None:
    """As long as it says that it is starting; one without a healthcheck says nothing."""
    deadline = world.clock.monotonic() + PATIENCE
    while world.engine.inspect(one.id).health == "starting":
        if world.clock.monotonic() >= deadline:
            world.reporter.say(f"{one.name} is not healthy yet")
            return
        world.clock.sleep(LOOK_AGAIN)


def _holds_data(world: World, one: Container, place: str) -> bool:
    """Whether something lies there; what cannot be looked at may hold anything."""
    if one.state != "running":
        return True
    listed = world.engine.run_in(one.id, ("ls", "-A", place))
    return listed.code != 0 or bool(listed.text.strip())


def _stopped(world: World, service: str, project: str, ids: tuple[str, ...]) -> Plain:
    """Those of a project that were stopped, in the order in which they were."""
    there = {one.id: one for one in world.engine.project(project)}
    return Plain(service, project, tuple(there[one] for one in ids if one in there))
