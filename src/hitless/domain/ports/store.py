"""What is kept of releases and deploys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hitless.domain.chain import Link
    from hitless.domain.evidence import Evidence
    from hitless.domain.journal import Deploy, Entry, Outcome
    from hitless.domain.lock import Freeze, Holder, Process, Ticket
    from hitless.domain.rehearsal import Rehearsal
    from hitless.domain.release import Release


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
        """The release of that id or version; None when there is none.

        Of several builds of a version, the one that served last; when none did, the newest.
        """

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

    def brought(self, release_id: str) -> Deploy | None:
        """The deploy, no rollback, that last brought a release into service."""

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

    def add_rehearsal(self, rehearsal: Rehearsal) -> Rehearsal:
        """Record a rehearsal; it comes back with its id."""

    def rehearsals(self, limit: int) -> tuple[Rehearsal, ...]:
        """The last rehearsals, newest first."""

    def close(self) -> None:
        """Let go of what is open; needed before a process splits, used again at will."""
