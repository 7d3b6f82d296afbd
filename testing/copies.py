"""A copy of a service on the same machine in memory, for rehearsals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.adapters.memory.access_log import MemoryAccessLog
from hitless.adapters.memory.compose import MemoryCompose
from hitless.adapters.memory.edge import MemoryEdge
from hitless.adapters.memory.engine import MemoryEngine
from hitless.adapters.memory.http import MemoryHttp
from hitless.adapters.memory.nginx import Nginx
from hitless.adapters.memory.prober import MemoryProber
from hitless.adapters.memory.process import MemoryLock
from hitless.adapters.sqlite_store import SqliteStore
from hitless.adapters.worktree import GitWorktrees
from hitless.deploy.copy import Copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hitless.domain.settings import Settings
    from testing.service import Service


class Copies:
    """Processes that rehearse a service; what its copy is outlives them, as on a disk.

    Args:
        service: The service that users have.
        loading: Called with each directory whose hitless.yaml is read.
    """

    def __init__(
        self, service: Service, loading: Callable[[Path], object] = lambda _directory: None
    ) -> None:
        self._service, self._loading = service, loading
        machine = service.machine
        self.home = service.directory / ".hitless" / "rehearsal"
        self.edge = MemoryEdge(machine)
        self.lock = MemoryLock(service.clock)
        nginx = Nginx(machine, self.edge)
        self._engine = MemoryEngine(machine, nginx)
        self._compose = MemoryCompose(machine, self._engine)
        self.http = MemoryHttp(machine, nginx)
        self._access_log = MemoryAccessLog(nginx)

    def process(self) -> Copy:
        """The ports as a process that begins now sees them."""
        clock, real = self._service.clock, self._service.process()
        world = real._replace(
            home=self.home,
            engine=self._engine,
            compose=self._compose,
            edge=self.edge,
            http=self.http,
            store=SqliteStore(self.home / "state.db"),
            prober=MemoryProber(clock, self.http),
            access_log=self._access_log,
            lock=MemoryLock(clock),
        )
        return Copy(
            name="rehearsal",
            real=real,
            world=world,
            lock=self.lock,
            checkouts=GitWorktrees(),
            prober=lambda: MemoryProber(clock, self.http),
            load=self._load,
        )

    def left(self) -> list[str]:
        """What there is of a copy: containers, networks, volumes, images, state."""
        machine = self._service.machine
        names = [box.name for box in machine.boxes.values()]
        names += [*machine.networks, *machine.volumes, *machine.images]
        state = [str(self.home)] if self.home.exists() else []
        return [name for name in names if "rehearsal" in name] + state

    def _load(self, directory: Path) -> Settings:
        """All revisions have the same."""
        self._loading(directory)
        return self._service.settings
