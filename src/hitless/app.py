"""The composition root: configuration → adapters → services.

The only importer of adapters. Everything is imported where it is needed, because a
rollback must not pay for what only a deploy uses.
"""

from __future__ import annotations

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
from hitless.stack.layout import COPY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hitless.deploy.copy import Copy
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


class App:
    """One service on this machine.

    Args:
        config: Its hitless.yaml; the state lies in ``.hitless`` beside it.
        reporter: Who watches.
        environment: Which of those in hitless.yaml; each has a state of its own.
    """

    def __init__(self, config: Path, reporter: Reporter, environment: str = "") -> None:
        self.config = config
        self.reporter = reporter
        self.environment = environment

    @property
    def directory(self) -> Path:
        """Where paths in hitless.yaml begin."""
        return self.config.parent

    @property
    def home(self) -> Path:
        """Its state; that of a copy lies in the state of what it is a copy of.

        There nothing of it gets into an image: who builds leaves ``.hitless`` out.
        """
        name = f"-{self.environment}" if self.environment else ""
        own = name.removesuffix(f"-{COPY}")
        home = self.directory / f"{HOME}{own}"
        return home if own == name else home / COPY

    @cached_property
    def interrupts(self) -> SignalInterrupts:
        """Signals; not taken over before :meth:`SignalInterrupts.install`."""
        return SignalInterrupts(self.reporter.say)

    @cached_property
    def world(self) -> World:
        """All ports."""
        home = self.home
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

    def watched_by(self, reporter: Reporter) -> App:
        """The same service, watched by another."""
        return App(self.config, reporter, self.environment)

    def copy(self) -> Copy:
        """A disposable copy of it, with the state of an environment of its own."""
        from hitless.adapters.worktree import GitWorktrees  # noqa: PLC0415  # hardly ever used
        from hitless.deploy.copy import Copy  # noqa: PLC0415

        name = f"{self.environment}-{COPY}".lstrip("-")
        other = App(self.config, self.reporter, name).world
        return Copy(
            name=name,
            real=self.world,
            world=other._replace(compose=self.world.compose, interrupts=self.interrupts),
            lock=FileLock(self.world.home / f"{COPY}.lock", self.world.host.actor()),
            checkouts=GitWorktrees(),
            prober=self.witness,
            load=self._load_there,
        )

    def witness(self) -> Prober:
        """A prober besides that of the deploy, whose counts are held against nobody."""
        return _prober()

    def settings(self) -> Settings:
        """Today's hitless.yaml.

        Raises:
            ConfigMissing: when it, or a file that it names, is absent.
            ConfigInvalid: with all mistakes at once.
            UsageError: when it has no such environment.
        """
        from hitless.config.load import load  # noqa: PLC0415  # pydantic costs 0.1 s

        return load(self.config, self.environment)

    def _load_there(self, directory: Path) -> Settings:
        """The hitless.yaml of another directory, as this environment has it."""
        return App(directory / self.config.name, self.reporter, self.environment).settings()

    def _programs(self) -> Programs:
        from hitless.adapters.programs import ShellPrograms  # noqa: PLC0415  # see Lazily

        return ShellPrograms(self.reporter.say)

    def _compose(self) -> Compose:
        from hitless.adapters.docker_compose import DockerCompose  # noqa: PLC0415  # see Lazily
        from hitless.adapters.shell import Shell  # noqa: PLC0415

        shell = Shell(self.reporter.output)
        if not self.environment:
            return DockerCompose(shell, socket_path())
        # A project of its own: so volumes, and images without a name, are its own, too.
        project = {"COMPOSE_PROJECT_NAME": self.settings().service}
        own = project | {"HITLESS_ENVIRONMENT": self.environment}
        return DockerCompose(shell, socket_path(), own)


def _access_log() -> AccessLog:
    from hitless.adapters.edge_log import EngineAccessLog  # noqa: PLC0415  # see Lazily

    return EngineAccessLog(socket_path())


def _notifier() -> Notifier:
    from hitless.adapters.webhook import Webhook  # noqa: PLC0415  # see Lazily

    return Webhook()


def _prober() -> Prober:
    from hitless.adapters.prober.process import ProbeProcess  # noqa: PLC0415  # see Lazily

    return ProbeProcess()
