"""The composition root: configuration → adapters → services.

The only importer of adapters. Everything is imported where it is needed, because a
rollback must not pay for what only a deploy uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hitless.adapters.background import ForkedBackground
from hitless.adapters.clock import SystemClock
from hitless.adapters.docker_compose import DockerCompose
from hitless.adapters.docker_engine import DockerEngine
from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.host import LocalHost
from hitless.adapters.http_client import LocalHttp
from hitless.adapters.interrupts import SignalInterrupts
from hitless.adapters.lock import FileLock
from hitless.adapters.shell import Shell
from hitless.adapters.sqlite_store import SqliteStore
from hitless.deploy.context import World

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.evidence import Evidence
    from hitless.domain.ports import Prober, Reporter
    from hitless.domain.settings import Settings
    from hitless.domain.traffic import Traffic

HOME = ".hitless"


class LazyProber:
    """The prober, whose code is loaded when it starts; rollbacks never start one."""

    def __init__(self) -> None:
        self._prober: Prober | None = None

    def start(self, traffic: Traffic) -> None:
        """Begin to send."""
        from hitless.adapters.prober.process import ProbeProcess  # noqa: PLC0415  # see the class

        self._prober = ProbeProcess()
        self._prober.start(traffic)

    def snapshot(self) -> Evidence:
        """What was seen until now."""
        return self._started().snapshot()

    def stop(self) -> Evidence:
        """End, and return all that was seen."""
        return self._started().stop()

    @property
    def running(self) -> bool:
        """There is something to look at."""
        return self._prober is not None

    def _started(self) -> Prober:
        assert self._prober is not None  # noqa: S101  # Watch starts it before it asks
        return self._prober


@dataclass(frozen=True)
class App:
    """One service on this machine.

    Attributes:
        config: Its hitless.yaml; the state lies in ``.hitless`` beside it.
        reporter: Who watches.
    """

    config: Path
    reporter: Reporter

    @property
    def directory(self) -> Path:
        """Where paths in hitless.yaml begin."""
        return self.config.parent

    @cached_property
    def prober(self) -> LazyProber:
        """The witness of a deploy."""
        return LazyProber()

    @cached_property
    def interrupts(self) -> SignalInterrupts:
        """Signals; not taken over before :meth:`SignalInterrupts.install`."""
        return SignalInterrupts(self.reporter.say)

    @cached_property
    def world(self) -> World:
        """All ports."""
        home, host = self.directory / HOME, LocalHost()
        return World(
            directory=self.directory,
            home=home,
            engine=DockerEngine(),
            compose=DockerCompose(Shell(self.reporter.output)),
            edge=EdgeDirectory(home / "edge"),
            http=LocalHttp(),
            store=SqliteStore(home / "state.db"),
            prober=self.prober,
            clock=SystemClock(),
            host=host,
            lock=FileLock(home / "lock", host.actor()),
            reporter=self.reporter,
            interrupts=self.interrupts,
            background=ForkedBackground(),
        )

    def settings(self) -> Settings:
        """Today's hitless.yaml.

        Raises:
            ConfigMissing: when it, or a file that it names, is absent.
            ConfigInvalid: with all mistakes at once.
        """
        from hitless.config.load import load  # noqa: PLC0415  # pydantic costs 0.1 s

        return load(self.config)
