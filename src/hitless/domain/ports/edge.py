"""The edge: its files, its ports, its log, and who asks it as users do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitless.domain.access import Access
    from hitless.domain.answer import Answer
    from hitless.domain.evidence import Evidence
    from hitless.domain.maintenance import Maintenance
    from hitless.domain.slot import Share, Slot
    from hitless.domain.traffic import Traffic


class EdgeFiles(Protocol):
    """The files that nginx reads: flags, configuration, snippets, and its key."""

    def check(self) -> None:
        """Whether a flag could be moved now; what nginx reads stays as it is.

        Raises:
            DiskFull: when there is no room for one.
            FlagsUnwritable: when the directory is read-only, or not a directory.
        """

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

    def get_all(
        self, port: int, paths: Sequence[str], headers: Mapping[str, str], timeout: float = 5.0
    ) -> tuple[Answer, ...]:
        """A GET of each path, all of them at once; ``timeout`` is for all together."""

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
