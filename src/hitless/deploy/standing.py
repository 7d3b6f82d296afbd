"""What serves now: flags first, then container labels, then the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.container import Role
from hitless.domain.errors import NothingDeployed, RunElsewhere

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.domain.container import Container
    from hitless.domain.slot import Slot

HISTORY = 200
LATELY = 8  # what a rollback looks for is seldom further away, and reading 200 takes a millisecond


class Standing(NamedTuple):
    """The truth about a service, as far as it can be seen.

    Attributes:
        service: Its name; empty when nothing was ever deployed here.
        active: The slot with users' traffic; None while nothing serves.
        fallback: The other slot is approved as a backup.
        containers: All of the service, stopped ones too.
    """

    service: str
    active: Slot | None
    fallback: bool
    containers: tuple[Container, ...]

    def release_in(self, slot: Slot) -> str | None:
        """The id of the release whose web containers a slot holds."""
        found = {c.release for c in self.of(slot, Role.WEB)}
        return min(found) if found else None

    @property
    def active_release(self) -> str | None:
        """The id of the release with users' traffic."""
        return self.release_in(self.active) if self.active else None

    def of(self, slot: Slot, *roles: Role) -> tuple[Container, ...]:
        """A slot's containers of some roles."""
        return tuple(c for c in self.containers if c.slot is slot and c.role in roles)

    @property
    def edge(self) -> Container | None:
        """The edge's container."""
        return next((c for c in self.containers if c.role == Role.EDGE), None)


def observe(world: World, service: str) -> Standing:
    """Look at flags and containers.

    Raises:
        EngineUnreachable: when there is no engine to ask.
        RunElsewhere: when the flags are not those in this directory.
    """
    containers = world.engine.containers(service)
    edge = next((c for c in containers if c.role == Role.EDGE), None)
    _refuse_strangers(world, service, edge)
    serving = edge is not None and not world.edge.closed()
    return Standing(
        service, world.edge.active() if serving else None, world.edge.fallback(), containers
    )


def _refuse_strangers(world: World, service: str, edge: Container | None) -> None:
    """Flags of another directory say nothing: acting on them would empty the active slot."""
    if edge and edge.home not in ("", str(world.home.resolve())):
        directory = edge.home.rpartition("/")[0]
        raise RunElsewhere(
            f"service {service!r} is run from {directory}, not from {world.directory}",
            f'name that one: "hitless -f {directory}/hitless.yaml status"',
        )


def recorded_service(world: World) -> str:
    """The service's name from the last deploy or release, without reading hitless.yaml.

    Raises:
        NothingDeployed: when there was none.
    """
    deploys = world.store.deploys(1)
    if deploys:
        return world.store.release(deploys[0].release).settings.service
    from hitless.deploy.remember import remember  # noqa: PLC0415  # hardly ever needed

    remember(world)
    for release in world.store.releases():
        return release.settings.service
    raise NothingDeployed(
        f"nothing was deployed from {world.directory}", 'deploy with "hitless deploy"'
    )
