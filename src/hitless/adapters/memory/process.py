"""What else a process has: a lock, signals, a host, a log and a second self."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from hitless.domain.errors import Interrupted, Locked
from hitless.domain.lock import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from hitless.adapters.memory.clock import MemoryClock
    from hitless.domain.evidence import Evidence

ASK_AGAIN = 0.05


class MemoryLock:
    """Implements :class:`hitless.domain.ports.Lock`.

    Attributes:
        holder: Why it is held; empty while it is free.
    """

    def __init__(self, clock: MemoryClock) -> None:
        self._clock = clock
        self.holder = ""

    @contextmanager
    def hold(self, reason: str, patience: float = 10.0) -> Iterator[None]:
        """Hold the lock for a block."""
        deadline = self._clock.monotonic() + patience
        while self.holder:
            if self._clock.monotonic() >= deadline:
                raise Locked(f"locked by {self.holder}")
            self._clock.sleep(ASK_AGAIN)
        self.holder = reason
        try:
            yield
        finally:
            self.holder = ""

    def held(self) -> bool:
        """Somebody holds it at this moment."""
        return bool(self.holder)


class MemoryInterrupts:
    """Implements :class:`hitless.domain.ports.Interrupts`.

    Attributes:
        answered: How many signals came while a shield was up.
        told: What each of those was told to be left.
    """

    def __init__(self) -> None:
        self._shields = 0
        self._left: list[Sequence[str]] = []
        self._came = False
        self.answered = 0
        self.told: list[tuple[str, ...]] = []

    @contextmanager
    def shield(self, left: Sequence[str] = ()) -> Iterator[None]:
        """A block that signals do not cut short."""
        self._shields += 1
        self._left.append(left)
        try:
            yield
        finally:
            self._shields -= 1
            self._left.pop()

    def asked(self) -> bool:
        """A signal has come."""
        return self._came

    def strike(self) -> None:
        """A signal arrives.

        Raises:
            Interrupted: outside every shield.
        """
        self._came = True
        if not self._shields:
            raise Interrupted("stopped by SIGINT; everything begun was undone")
        self.answered += 1
        self.told.append(tuple(self._left[-1]))


class MemoryBackground:
    """Implements :class:`hitless.domain.ports.Background` with a process that is one of two.

    Args:
        behind: This is the process that goes on behind, not the one that returns.
    """

    def __init__(self, *, behind: bool = False) -> None:
        self._behind = behind

    def split(self, log: Path) -> bool:  # noqa: ARG002  # nothing is printed here
        """True in the process that goes on."""
        return self._behind

    def leave(self) -> NoReturn:
        """End the process that went on behind."""
        raise SystemExit(0)


class MemoryHost:
    """Implements :class:`hitless.domain.ports.Host`.

    Attributes:
        free: Bytes free on every file system.
        memory: Bytes of memory that are available.
        taken: Ports on which other programs listen.
        described: What ``git describe`` says.
        pid: The number of the process that acts now.
        dead: The numbers of processes that have ended.
        on_ask: What a process does that is asked to stop.
        job: The page of the CI job that acts now.
    """

    def __init__(self) -> None:
        self.pid = 1
        self.dead: set[int] = set()
        self.job = ""
        self.on_ask: Callable[[], None] = lambda: None
        self.free = 100_000_000_000
        self.memory = 8_000_000_000
        self.taken: set[int] = set()
        self.described = ""

    def free_bytes(self, path: Path) -> int:  # noqa: ARG002  # one file system
        """Free space on the file system that holds ``path``."""
        return self.free

    def free_memory(self) -> int:
        """Bytes that new processes can have."""
        return self.memory

    def port_free(self, address: str, port: int) -> bool:  # noqa: ARG002  # one address
        """Nobody listens there."""
        return port not in self.taken

    def actor(self) -> str:
        """Who acts."""
        return "somebody@memory"

    def run_url(self) -> str:
        """The page of the CI job."""
        return self.job

    def process(self) -> Process:
        """This process."""
        return Process("memory", self.pid, self.pid, "boot")

    def lives(self, process: Process) -> bool:
        """A process of this machine runs."""
        known = process == self.process()._replace(pid=process.pid, started=process.pid)
        return known and process.pid not in self.dead

    def ask_to_stop(self, process: Process) -> bool:
        """Ask a process of this machine to end safely."""
        if not self.lives(process):
            return False
        self.on_ask()
        return True

    def commit(self, directory: Path) -> str:  # noqa: ARG002  # one repository
        """The git commit checked out."""
        return "0" * 40 if self.described else ""

    def version(self, directory: Path) -> str:  # noqa: ARG002  # one repository
        """``git describe``, or empty outside a repository."""
        return self.described


class MemoryReporter:
    """Implements :class:`hitless.domain.ports.Reporter`.

    Attributes:
        events: What was told, in order: the kind of event, and about what.
    """

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def step_began(self, step: str, promise: str) -> None:
        """A step begins."""
        self.events.append(("began", f"{step}: {promise}"))

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""
        self.events.append(("done", f"{step}: {seconds:.3f} s, {dict(facts)}"))

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""
        self.events.append(("failed", f"{step}: {reason}"))

    def undoing(self, step: str) -> None:
        """A step is being taken back."""
        self.events.append(("undoing", step))

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""
        self.events.append(("say", text))

    def output(self, line: str) -> None:
        """A line that a program printed."""
        self.events.append(("output", line))

    def verdict(self, text: str) -> None:
        """What the evidence says by now."""
        self.events.append(("verdict", text))

    def watching(self, look: Callable[[], Evidence]) -> None:
        """The prober sends from now on."""
        self.events.append(("watching", f"{look().sent} requests"))
