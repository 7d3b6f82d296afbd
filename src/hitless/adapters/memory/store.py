"""The recorded past, forgotten with the process."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from hitless.domain import chain
from hitless.domain.chain import Link
from hitless.domain.errors import ReleaseUnknown, Superseded
from hitless.domain.journal import Deploy, Entry, Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.adapters.memory.machine import Machine
    from hitless.domain.evidence import Evidence
    from hitless.domain.lock import Freeze, Holder, Process, Ticket
    from hitless.domain.rehearsal import Rehearsal
    from hitless.domain.release import Release


class MemoryStore:
    """Implements :class:`hitless.domain.ports.Store`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._releases: dict[str, Release] = {}
        self._deploys: dict[str, Deploy] = {}
        self._journal: dict[str, list[Entry]] = defaultdict(list)
        self._evidence: dict[str, Evidence] = {}
        self._links: list[Link] = []
        self._lock: list[Holder] = []
        self._queue: dict[int, Ticket] = {}
        self._numbers = count(1)
        self._freeze: list[Freeze] = []
        self._rehearsals: list[Rehearsal] = []
        self._token = 0

    def another(self) -> MemoryStore:
        """The same past as another process sees it, which has taken no lock."""
        other = copy(self)
        other._token = 0  # noqa: SLF001  # it is one of us
        return other

    def add_release(self, release: Release) -> None:
        """Record a release; no effect when it is recorded."""
        if release.id not in self._releases:
            self._change("add release", lambda: self._releases.update({release.id: release}))

    def release(self, release_id: str) -> Release:
        """A recorded release."""
        if release_id not in self._releases:
            raise ReleaseUnknown(f"no release {release_id!r} is recorded")
        return self._releases[release_id]

    def find_release(self, name: str) -> Release | None:
        """The release of that id or version, of several the one that served last; or None."""
        live = [d.release for d in self._deploys.values() if d.outcome is Outcome.LIVE]
        served = {release: when for when, release in enumerate(live)}
        named = [r for r in self.releases() if name in (r.id, r.version)]
        return max(named, key=lambda r: served.get(r.id, -1), default=None)

    def releases(self) -> tuple[Release, ...]:
        """All recorded releases, newest first."""
        return tuple(reversed(self._releases.values()))

    def forget_release(self, release_id: str) -> None:
        """Remove a release that nothing needs any more."""
        self._change("forget release", lambda: self._releases.pop(release_id, None))

    def next_deploy_id(self) -> str:
        """``d`` and a number that no deploy has."""
        return f"d{max((int(name[1:]) for name in self._deploys), default=0) + 1}"

    def begin(self, deploy: Deploy) -> None:
        """Record that a deploy began."""

        def act() -> None:
            self._deploys[deploy.id] = deploy
            self._link(deploy.id, "", chain.BEGUN, deploy.started, chain.begun(deploy))

        self._change("begin", act)

    def write(self, entry: Entry) -> None:
        """Append to the journal."""
        what = f"write {entry.status} of {entry.step}"

        def act() -> None:
            self._journal[entry.deploy].append(entry)
            detail = chain.canonical(entry.detail)
            self._link(entry.deploy, entry.step, entry.status, entry.at, detail)

        self._change(what, act)

    def end(self, deploy: str, outcome: Outcome, at: float, reason: str) -> None:
        """Record how a deploy ended."""
        ended = self._deploys[deploy]._replace(outcome=outcome, ended=at, reason=reason)

        def act() -> None:
            self._deploys[deploy] = ended
            self._link(deploy, "", chain.ENDED, at, chain.ended(outcome, at, reason))

        self._change(f"end {outcome}", act)

    def deploy(self, deploy_id: str) -> Deploy:
        """A recorded deploy."""
        if deploy_id not in self._deploys:
            raise ReleaseUnknown(f"no deploy {deploy_id!r} is recorded")
        return self._deploys[deploy_id]

    def deploys(self, limit: int) -> tuple[Deploy, ...]:
        """The last deploys, newest first."""
        return tuple(reversed(self._deploys.values()))[:limit]

    def brought(self, release_id: str) -> Deploy | None:
        """The deploy, no rollback, that last brought a release into service."""
        past = self.deploys(len(self._deploys))
        live = (d for d in past if (d.kind, d.outcome) == (Kind.DEPLOY, Outcome.LIVE))
        return next((d for d in live if d.release == release_id), None)

    def unfinished(self) -> Deploy | None:
        """The deploy that is running, or whose process died."""
        running = (d for d in self.deploys(len(self._deploys)) if d.outcome is Outcome.RUNNING)
        return next(running, None)

    def entries(self, deploy: str) -> tuple[Entry, ...]:
        """The journal of one deploy, oldest first."""
        return tuple(self._journal[deploy])

    def links(self) -> tuple[Link, ...]:
        """The whole journal as a chain, oldest first."""
        return tuple(self._links)

    def save_evidence(self, deploy: str, evidence: Evidence) -> None:
        """Keep what the prober saw."""
        self._change("save evidence", lambda: self._evidence.update({deploy: evidence}))

    def evidence(self, deploy: str) -> Evidence | None:
        """What the prober saw; None when it never ran."""
        return self._evidence.get(deploy)

    def take(self, holder: Holder) -> Holder:
        """Record who holds the lock from now on."""
        taken = holder._replace(token=len(self._lock) + 1)
        self._change("take the lock", lambda: self._lock.append(taken))
        self._token = taken.token
        return taken

    def hand_on(self, process: Process) -> None:
        """Record that another process goes on under the same token."""
        handed = self._lock[-1]._replace(process=process)
        self._change("hand the lock on", lambda: self._lock.__setitem__(-1, handed))

    def holder(self) -> Holder | None:
        """Who took the lock last."""
        return self._lock[-1] if self._lock else None

    def check(self) -> None:
        """Raises Superseded when somebody else has taken the lock since."""
        if self._token and self._token != self._lock[-1].token:
            by = self._lock[-1]
            raise Superseded(f"the lock was taken over by {by.actor}: {by.command}")

    def served(self) -> int:
        """The highest ticket whose deploy got the lock."""
        return max((one.ticket for one in self._lock), default=0)

    def queue(self, ticket: Ticket) -> Ticket:
        """Stand in the queue of deploys."""
        numbered = ticket._replace(number=next(self._numbers))
        self._change("queue", lambda: self._queue.update({numbered.number: numbered}))
        return numbered

    def unqueue(self, number: int) -> None:
        """Leave the queue."""
        self._change("leave the queue", lambda: self._queue.pop(number, None))

    def waiting(self) -> tuple[Ticket, ...]:
        """Who stands in the queue."""
        return tuple(self._queue.values())

    def freeze(self, freeze: Freeze | None) -> None:
        """Allow no deploys for a time, or allow them again."""
        wanted = [freeze] if freeze else []
        self._change("freeze", lambda: self._freeze.__setitem__(slice(None), wanted))

    def frozen(self) -> Freeze | None:
        """The last freeze that was not taken back."""
        return self._freeze[-1] if self._freeze else None

    def add_rehearsal(self, rehearsal: Rehearsal) -> Rehearsal:
        """Record a rehearsal; it comes back with its id."""
        made = replace(rehearsal, id=f"r{len(self._rehearsals) + 1}")
        self._change("add rehearsal", lambda: self._rehearsals.append(made))
        return made

    def rehearsals(self, limit: int) -> tuple[Rehearsal, ...]:
        """The last rehearsals, newest first."""
        return tuple(reversed(self._rehearsals))[:limit]

    def close(self) -> None:
        """There is no connection to close."""

    def _link(self, deploy: str, step: str, status: str, at: float, detail: str) -> None:
        previous = self._links[-1].hash if self._links else chain.START
        link = Link(len(self._links) + 1, deploy, step, status, at, detail)
        self._links.append(chain.sealed(link, previous))

    def _change(self, what: str, act: Callable[[], object]) -> None:
        self.check()
        self._machine.change(what, act)
