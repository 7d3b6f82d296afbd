"""The composition root: configuration → adapters → services.

The only importer of adapters. Everything is imported where it is needed, because a
rollback must not pay for what only a deploy uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hitless.adapters.background import ForkedBackground
from hitless.adapters.clock import SystemClock
from hitless.adapters.docker_engine import DockerEngine, socket_path
from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.host import LocalHost
from hitless.adapters.http_client import LocalHttp
from hitless.adapters.interrupts import SignalInterrupts
from hitless.adapters.lock import FileLock
from hitless.adapters.sqlite_store import SqliteStore
from hitless.deploy.context import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hitless.domain.ports import AccessLog, Compose, Notifier, Prober, Programs, Reporter
    from hitless.domain.settings import Settings

HOME = ".hitless"


class Lazily:
    """A port whose adapter is imported and made at its first use.

    Args:
        make: Imports the adapter and returns one.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Any:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


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
    def interrupts(self) -> SignalInterrupts:
        """Signals; not taken over before :meth:`SignalInterrupts.install`."""
        return SignalInterrupts(self.reporter.say)

    @cached_property
    def world(self) -> World:
        """All ports."""
        home = self.directory / HOME
        host = LocalHost()
        return World(
            directory=self.directory,
            home=home,
            engine=DockerEngine(socket_path()),
            compose=Lazily(self._compose),
            edge=EdgeDirectory(home / "edge"),
            http=LocalHttp(),
            store=SqliteStore(home / "state.db"),
            prober=Lazily(_prober),
            access_log=Lazily(_access_log),
            clock=SystemClock(),
            host=host,
            lock=FileLock(home / "lock", host.actor()),
            reporter=self.reporter,
            interrupts=self.interrupts,
            background=ForkedBackground(),
            programs=Lazily(self._programs),
            notifier=Lazily(_notifier),
        )

    def settings(self) -> Settings:
        """Today's hitless.yaml.

        Raises:
            ConfigMissing: when it, or a file that it names, is absent.
            ConfigInvalid: with all mistakes at once.
        """
        from hitless.config.load import load  # noqa: PLC0415  # pydantic costs 0.1 s

        return load(self.config)

    def _programs(self) -> Programs:
        from hitless.adapters.programs import ShellPrograms  # noqa: PLC0415  # see Lazily

        return ShellPrograms(self.reporter.say)

    def _compose(self) -> Compose:
        from hitless.adapters.docker_compose import DockerCompose  # noqa: PLC0415  # see Lazily
        from hitless.adapters.shell import Shell  # noqa: PLC0415

        return DockerCompose(Shell(self.reporter.output), socket_path())


def _access_log() -> AccessLog:
    from hitless.adapters.edge_log import EngineAccessLog  # noqa: PLC0415  # see Lazily

    return EngineAccessLog(socket_path())


def _notifier() -> Notifier:
    from hitless.adapters.webhook import Webhook  # noqa: PLC0415  # see Lazily

    return Webhook()


def _prober() -> Prober:
    from hitless.adapters.prober.process import ProbeProcess  # noqa: PLC0415  # see Lazily

    return ProbeProcess()
