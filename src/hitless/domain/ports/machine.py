"""This machine: its time, its lock, its processes and the user's programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hitless.domain.container import Output
    from hitless.domain.lock import Process


class Clock(Protocol):
    """Time, and waiting for it to pass."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds on a clock that never jumps."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class Lock(Protocol):
    """At most one process changes a service at a time."""

    def hold(self, reason: str, patience: float = 10.0) -> AbstractContextManager[None]:
        """Hold the lock for a block, after waiting for it ``patience`` seconds at most.

        The workers of a rollback follow behind it for some seconds: the next command
        shall wait for that instead of failing.

        Raises:
            Locked: naming who holds it.
        """

    def held(self) -> bool:
        """Somebody holds it at this moment."""


class Host(Protocol):
    """Facts of this machine that a deploy depends on."""

    def free_bytes(self, path: Path) -> int:
        """Free space on the file system that holds ``path``."""

    def free_memory(self) -> int:
        """Bytes that new processes can have without swapping."""

    def port_free(self, address: str, port: int) -> bool:
        """Nobody listens there."""

    def actor(self) -> str:
        """Who acts, as ``user@machine``."""

    def run_url(self) -> str:
        """The page of the CI job that this process is a part of; empty outside CI."""

    def process(self) -> Process:
        """This process."""

    def lives(self, process: Process) -> bool:
        """A process of this machine runs, and is not a later one with its number."""

    def ask_to_stop(self, process: Process) -> bool:
        """Ask a process to end safely; false when it has ended. Raises ProcessForbidden."""

    def commit(self, directory: Path) -> str:
        """The git commit checked out; empty outside a repository."""

    def version(self, directory: Path) -> str:
        """``git describe``, or empty outside a repository."""


class Programs(Protocol):
    """The user's own programs beside hitless.yaml."""

    def run(
        self,
        program: Path,
        directory: Path,
        env: Mapping[str, str],
        timeout: float,
        hide: Collection[str] = (),
        *,
        arguments: Sequence[str] = (),
    ) -> Output:
        """Run to the end in ``directory``, with ``env`` besides this process's own.

        Of what it prints the end comes back, without the values of secrets: those in
        ``hide``, and those in the variables of this process.

        Raises:
            ToolMissing: when it is not there or cannot be executed.
            CommandFailed: when it takes longer than ``timeout`` seconds.
        """


class Background(Protocol):
    """Going on behind the user's back."""

    def split(self, log: Path) -> bool:
        """Split in two processes; true in the one that goes on without a terminal."""

    def leave(self) -> None:
        """End the process that went on behind; does not return."""
