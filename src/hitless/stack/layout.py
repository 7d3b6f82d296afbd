"""The names and places of everything a service consists of."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.domain.container import Role
from hitless.domain.slot import Addresses, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.domain.settings import Settings

# The last part of the name of a disposable copy, and its place in the state of the service.
COPY = "rehearsal"


class Instance(NamedTuple):
    """One container of a slot.

    Attributes:
        service: The user's service.
        name: Unique inside the slot: ``api``, then ``api-2`` for a second replica.
        place: Which one it is in the slot's range of addresses, from 0.
    """

    service: str
    name: str
    role: Role
    place: int


def instances(settings: Settings) -> tuple[Instance, ...]:
    """Every container of one slot, web services first, in a stable order."""
    wanted = [(Role.WEB, name, web.replicas) for name, web in sorted(settings.web.items())]
    wanted += [(Role.WORKER, name, w.replicas) for name, w in sorted(settings.workers.items())]
    names = [
        (role, service, service if number == 1 else f"{service}-{number}")
        for role, service, replicas in wanted
        for number in range(1, replicas + 1)
    ]
    return tuple(
        Instance(service, name, role, place) for place, (role, service, name) in enumerate(names)
    )


def in_order(wanted: Sequence[Instance], model: dict[str, Any]) -> tuple[tuple[Instance, ...], ...]:
    """The same containers in groups, each group after those that its services depend on."""
    names = {one.service for one in wanted}
    sorter = TopologicalSorter(
        {name: names & set(model["services"][name].get("depends_on") or ()) for name in names}
    )
    sorter.prepare()
    groups = []
    while sorter.is_active():
        ready = sorter.get_ready()
        sorter.done(*ready)
        groups.append(tuple(one for one in wanted if one.service in ready))
    return tuple(groups)


class Layout(NamedTuple):
    """Names of projects, network and containers, and their fixed addresses."""

    service: str
    subnet: str

    @property
    def network(self) -> str:
        """The one network on which edge, slots and accessories meet."""
        return f"{self.service}-net"

    @property
    def shared(self) -> str:
        """The Compose project of the accessories."""
        return f"{self.service}-shared"

    @property
    def edge(self) -> str:
        """The Compose project, and container, of the edge."""
        return f"{self.service}-edge"

    @property
    def addresses(self) -> Addresses:
        """Who has which address on the network."""
        return Addresses(self.subnet)

    def project(self, slot: Slot) -> str:
        """The Compose project of a slot."""
        return f"{self.service}-{slot}"

    def container(self, slot: Slot, instance: Instance) -> str:
        """The container's name, for ``docker logs`` and people."""
        return f"{self.project(slot)}-{instance.name}"

    def address(self, slot: Slot, instance: Instance) -> str:
        """The container's fixed address."""
        return self.addresses.of(slot, instance.place)


def direct_path(slot: Slot, instance: str) -> str:
    """The control listener's path prefix that leads to one container."""
    return f"/.hitless/at/{slot}/{instance}"
