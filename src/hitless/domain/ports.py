"""What the engine of a deploy needs from the world, as Protocols.

Features receive these; ``hitless.app`` alone knows who implements them. Every
implementation, the in-memory one included, passes the same contract tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hitless.domain.access import Access
    from hitless.domain.answer import Answer
    from hitless.domain.chain import Link
    from hitless.domain.container import Container, Network, Output
    from hitless.domain.evidence import Evidence
    from hitless.domain.journal import Deploy, Entry, Outcome
    from hitless.domain.lock import Freeze, Holder, Process, Ticket
    from hitless.domain.maintenance import Maintenance
    from hitless.domain.notice import Notice
    from hitless.domain.release import Release
    from hitless.domain.settings import Channel
    from hitless.domain.slot import Share, Slot
    from hitless.domain.traffic import Traffic


class Engine(Protocol):
    """The container engine.

    Every method raises EngineUnreachable, EngineForbidden or EngineFailed.
    """

    def version(self) -> str:
        """The engine's version; the cheapest proof that it answers."""

    def containers(self, service: str) -> tuple[Container, ...]:
        """All containers with our label for ``service``, stopped ones included."""

    def project(self, name: str) -> tuple[Container, ...]:
        """All containers of a Compose project, whoever made them, stopped ones included."""

    def anonymous_volumes(self, container: str) -> tuple[str, ...]:
        """Where in a container volumes are that have no name of their own."""

    def inspect(self, container: str) -> Container:
        """One container with exit code, restarts, health and the OOM flag."""

    def memory(self, container: str) -> int:
        """Bytes that a container holds, without files that the kernel can let go of.

        0 while it does not run.
        """

    def start(self, container: str) -> None:
        """Start or unpause; no effect on a running container."""

    def stop(self, container: str, timeout: float | None) -> int:
        """SIGTERM, SIGKILL after ``timeout`` seconds; returns the exit code.

        None stands for the container's own time, Compose's ``stop_grace_period``.
        """

    def remove(self, container: str) -> None:
        """Remove a container, by force; no effect when it is gone."""

    def signal(self, container: str, name: str) -> None:
        """Send a signal such as ``HUP`` to a container's first process."""

    def run_in(self, container: str, command: Sequence[str]) -> Output:
        """Run a program inside a running container."""

    def logs(self, container: str, lines: int) -> str:
        """The last lines of a container's output."""

    def archive(self, container: str, path: str, most: int) -> bytes:
        """A file or directory of a container as a tar, at most ``most`` bytes of it.

        Of a larger one the rest is cut off. The container need not run.
        """

    def image_id(self, name: str) -> str | None:
        """The id (``sha256:…``) of a local image; None when it is absent."""

    def tag(self, image: str, name: str) -> None:
        """Give a local image another name."""

    def untag(self, name: str) -> None:
        """Take a name away; the image goes when it was the last one in use."""

    def images(self, prefix: str) -> tuple[str, ...]:
        """All local image names that begin with ``prefix``."""

    def networks(self) -> tuple[Network, ...]:
        """All networks of the engine with their subnets."""

    def attached(self, network: str) -> dict[str, str]:
        """Address → name, of the running containers on a network; empty without it."""

    def create_network(self, name: str, subnet: str, dynamic: str, service: str) -> None:
        """A bridge network; ``dynamic`` is the range the engine may choose from."""

    def remove_network(self, name: str) -> None:
        """Remove a network; no effect when it is gone."""

    def ensure_volume(self, name: str, service: str) -> None:
        """A named volume with our label, unless one of that name exists."""

    def volumes(self, service: str) -> tuple[str, ...]:
        """The names of the volumes made for ``service``."""

    def remove_volume(self, name: str) -> None:
        """Remove a volume and what is in it."""


class Compose(Protocol):
    """Docker Compose, for what only Compose knows: its file format and creation."""

    def version(self) -> str:
        """The version of Docker Compose.

        Raises:
            ToolMissing: when there is no Compose v2.
        """

    def resolve(self, directory: Path, files: Sequence[str], version: str) -> dict[str, Any]:
        """The model after interpolation, merging and includes.

        Raises:
            ComposeUnresolved: with Compose's own words.
        """

    def build(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Build the images of ``services``."""

    def pull(
        self, directory: Path, files: Sequence[str], version: str, services: Sequence[str]
    ) -> None:
        """Pull the images of ``services``."""

    def pull_image(self, image: str) -> None:
        """Pull an image that no Compose file names.

        Raises:
            ImageMissing: when it cannot be had.
        """

    def up(self, project: str, model: Path, services: Sequence[str] = ()) -> None:
        """Create and start containers exactly as ``model`` says; never build or pull."""

    def run(
        self,
        project: str,
        model: Path,
        service: str,
        timeout: float,
        command: Sequence[str] = (),
    ) -> Output:
        """Run a one-shot service to its end; its container is removed.

        ``command`` replaces the service's own.

        Raises:
            CommandFailed: when it takes longer than ``timeout`` seconds.
        """


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


class Notifier(Protocol):
    """Tells others what happens."""

    def send(self, channel: Channel, notice: Notice) -> None:
        """Tell one channel, no longer than it may take.

        Raises:
            NotDelivered: when nobody took it.
        """


class EdgeFiles(Protocol):
    """The files that nginx reads: flags, configuration, snippets, and its key."""

    def active(self) -> Slot:
        """The slot the flags choose."""

    def activate(self, slot: Slot) -> None:
        """Choose a slot for all requests that begin from now on."""

    def closed(self) -> bool:
        """Users get 503 instead of a slot."""

    def set_closed(self, *, closed: bool) -> None:
        """Close or open the edge for users; the preview stays reachable."""

    def fallback(self) -> bool:
        """The other slot answers when the active one cannot be reached."""

    def set_fallback(self, *, fallback: bool) -> None:
        """Approve, or no longer approve, the other slot as a backup."""

    def maintenance(self) -> Maintenance | None:
        """Users get a page instead of a slot; None when they get the service."""

    def set_maintenance(self, maintenance: Maintenance | None, page: str = "") -> None:
        """Give users a page from now on, or the service again."""

    def share(self) -> Share | None:
        """What the slot that is not active gets of users' traffic; None for nothing."""

    def shift(self, share: Share | None) -> None:
        """Give a share to the slot that is not active, or take every share away.

        At once and for the requests that begin from then on, as with :meth:`activate`.
        """

    def keep(self, release: str, files: Mapping[str, bytes]) -> None:
        """Keep a release's files, by their URI paths, for what neither slot has any more."""

    def kept(self) -> tuple[str, ...]:
        """The ids of the releases whose files are kept."""

    def forget(self, release: str) -> None:
        """Remove the files of a release that no other one has, too."""

    def config(self) -> str:
        """The configuration in use; empty before the first."""

    def stage(self, config: str) -> None:
        """Lay a candidate beside the configuration in use, for ``nginx -t``."""

    def adopt(self) -> None:
        """Make the candidate the configuration in use."""

    def key(self) -> str:
        """The secret that makes the edge tell who answered; made at first use."""

    def remove(self) -> None:
        """Remove every file, so that nothing of the edge is left."""


class Http(Protocol):
    """Requests to the edge on this machine."""

    def get(self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0) -> Answer:
        """One GET on a connection of its own.

        A connection error or time-out is an Answer too: status 0 and the reason.
        """

    def post(
        self, port: int, path: str, headers: Mapping[str, str], body: bytes, timeout: float = 5.0
    ) -> Answer:
        """One POST of ``body``; otherwise like :meth:`get`."""

    def first_message(
        self, port: int, path: str, headers: Mapping[str, str], timeout: float = 5.0
    ) -> Answer:
        """Open a WebSocket: status 101 with the first message as body.

        A refusal is the answer that came instead; a connection error or time-out, also
        while waiting for the message, is an Answer with the reason.
        """


class Prober(Protocol):
    """Sends traffic through a deploy and counts what comes back."""

    def start(self, traffic: Traffic) -> None:
        """Begin to send."""

    def snapshot(self) -> Evidence:
        """What was seen until now.

        Raises:
            ProberDied: when the prober ended by itself.
        """

    def stop(self) -> Evidence:
        """End, and return all that was seen."""


class AccessLog(Protocol):
    """What nginx writes about each request, also while nobody looks."""

    def open(self, edge: str, since: float) -> None:
        """Begin with what ended after ``since``, in seconds since the epoch.

        Args:
            edge: The edge's container. Of a long past only the last part is kept.
            since: Where to begin.

        Raises:
            EngineFailed: when the log cannot be read.
            EngineUnreachable: when there is no engine to ask.
        """

    def read(self) -> tuple[Access, ...]:
        """What was written since the last call, without waiting for more.

        Raises:
            EngineFailed: when the log cannot be read any more.
            EngineUnreachable: when there is no engine to ask.
        """

    def close(self) -> None:
        """Follow no longer; no effect when it is closed."""


class Store(Protocol):
    """The recorded past: releases, deploys, journal and evidence; and who changes it.

    Once :meth:`take` was called, every method that writes raises Superseded, and
    writes nothing, when somebody else has taken the lock since.
    """

    def add_release(self, release: Release) -> None:
        """Record a release; no effect when it is recorded."""

    def release(self, release_id: str) -> Release:
        """Raises ReleaseUnknown."""

    def find_release(self, name: str) -> Release | None:
        """The newest release of that id or version; None when there is none."""

    def releases(self) -> tuple[Release, ...]:
        """All recorded releases, newest first."""

    def forget_release(self, release_id: str) -> None:
        """Remove a release that nothing needs any more."""

    def next_deploy_id(self) -> str:
        """``d`` and a number that no deploy has: short enough to type."""

    def begin(self, deploy: Deploy) -> None:
        """Record that a deploy began."""

    def write(self, entry: Entry) -> None:
        """Append to the journal; on disk before this returns."""

    def end(self, deploy: str, outcome: Outcome, at: float, reason: str) -> None:
        """Record how a deploy ended."""

    def deploy(self, deploy_id: str) -> Deploy:
        """Raises ReleaseUnknown."""

    def deploys(self, limit: int) -> tuple[Deploy, ...]:
        """The last deploys, newest first."""

    def unfinished(self) -> Deploy | None:
        """The deploy that is running, or whose process died."""

    def entries(self, deploy: str) -> tuple[Entry, ...]:
        """The journal of one deploy, oldest first."""

    def links(self) -> tuple[Link, ...]:
        """The whole journal as a chain, oldest first. Raises StateDamaged."""

    def save_evidence(self, deploy: str, evidence: Evidence) -> None:
        """Keep what the prober saw."""

    def evidence(self, deploy: str) -> Evidence | None:
        """What the prober saw; None when it never ran."""

    def take(self, holder: Holder) -> Holder:
        """Record who holds the lock from now on; it comes back with its token."""

    def hand_on(self, process: Process) -> None:
        """Record that another process goes on under the same token."""

    def holder(self) -> Holder | None:
        """Who took the lock last; None when nobody ever did."""

    def check(self) -> None:
        """Raises Superseded when somebody else has taken the lock since :meth:`take`."""

    def served(self) -> int:
        """The highest ticket whose deploy got the lock."""

    def queue(self, ticket: Ticket) -> Ticket:
        """Stand in the queue of deploys; the ticket comes back with its number."""

    def unqueue(self, number: int) -> None:
        """Leave the queue; no effect for who does not stand in it."""

    def waiting(self) -> tuple[Ticket, ...]:
        """Who stands in the queue, in the order of arrival; some may have died."""

    def freeze(self, freeze: Freeze | None) -> None:
        """Allow no deploys for a time, or allow them again."""

    def frozen(self) -> Freeze | None:
        """The last freeze that was not taken back; it may have expired."""

    def close(self) -> None:
        """Let go of what is open; needed before a process splits, used again at will."""


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


class Reporter(Protocol):
    """Tells whoever watches what happens; it never fails and decides nothing."""

    def step_began(self, step: str, promise: str) -> None:
        """A step begins."""

    def step_done(self, step: str, seconds: float, facts: Mapping[str, Any]) -> None:
        """A step did what it promised."""

    def step_failed(self, step: str, reason: str) -> None:
        """A step could not do what it promised."""

    def undoing(self, step: str) -> None:
        """A step is being taken back."""

    def say(self, text: str) -> None:
        """One thing worth knowing while a step runs."""

    def output(self, line: str) -> None:
        """A line that a program printed which runs on the user's behalf."""

    def verdict(self, text: str) -> None:
        """What the evidence under users' traffic says by now."""

    def watching(self, look: Callable[[], Evidence]) -> None:
        """The prober sends from now on; ``look`` tells what it has seen."""


class Interrupts(Protocol):
    """Ctrl-C, SIGTERM and a lost terminal."""

    def shield(self, left: Sequence[str] = ()) -> AbstractContextManager[None]:
        """A block that signals do not cut short: they are answered, not obeyed.

        ``left`` is read when one comes: the steps that are still to be undone then.
        """


class Background(Protocol):
    """Going on behind the user's back."""

    def split(self, log: Path) -> bool:
        """Split in two processes; true in the one that goes on without a terminal."""

    def leave(self) -> None:
        """End the process that went on behind; does not return."""


class Files(Protocol):
    """The files of a repository, at work or as they were at another commit."""

    def paths(self) -> tuple[str, ...]:
        """Every file, relative and with ``/``, sorted; what git ignores is left out.

        Raises:
            UsageError: when there is no such directory, or no such commit.
        """

    def read(self, path: str, most: int) -> bytes:
        """The first ``most`` bytes of a file; empty when it cannot be read."""


class Scanners(Protocol):
    """Other programs that look at a repository, run side by side."""

    def has(self, program: str) -> bool:
        """The program is on PATH."""

    def begin(self, command: Sequence[str]) -> Callable[[float], Output | None]:
        """Start a program in the repository; the answer waits for its end.

        What is returned takes the seconds to wait, and returns what was printed on standard
        output, or None when the program had to be ended.
        """
