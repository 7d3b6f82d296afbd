"""The recorded past, forgotten with the process."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from hitless.domain.errors import ReleaseUnknown
from hitless.domain.journal import Deploy, Entry, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.adapters.memory.machine import Machine
    from hitless.domain.evidence import Evidence
    from hitless.domain.release import Release


class MemoryStore:
    """Implements :class:`hitless.domain.ports.Store`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._releases: dict[str, Release] = {}
        self._deploys: dict[str, Deploy] = {}
        self._journal: dict[str, list[Entry]] = defaultdict(list)
        self._evidence: dict[str, Evidence] = {}

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
        """The newest release of that id or version; None when there is none."""
        return next((r for r in self.releases() if name in (r.id, r.version)), None)

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
        self._change("begin", lambda: self._deploys.update({deploy.id: deploy}))

    def write(self, entry: Entry) -> None:
        """Append to the journal."""
        what = f"write {entry.status} of {entry.step}"
        self._change(what, lambda: self._journal[entry.deploy].append(entry))

    def end(self, deploy: str, outcome: Outcome, at: float, reason: str) -> None:
        """Record how a deploy ended."""
        ended = replace(self._deploys[deploy], outcome=outcome, ended=at, reason=reason)
        self._change(f"end {outcome}", lambda: self._deploys.update({deploy: ended}))

    def deploy(self, deploy_id: str) -> Deploy:
        """A recorded deploy."""
        if deploy_id not in self._deploys:
            raise ReleaseUnknown(f"no deploy {deploy_id!r} is recorded")
        return self._deploys[deploy_id]

    def deploys(self, limit: int) -> tuple[Deploy, ...]:
        """The last deploys, newest first."""
        return tuple(reversed(self._deploys.values()))[:limit]

    def unfinished(self) -> Deploy | None:
        """The deploy that is running, or whose process died."""
        running = (d for d in self.deploys(len(self._deploys)) if d.outcome is Outcome.RUNNING)
        return next(running, None)

    def entries(self, deploy: str) -> tuple[Entry, ...]:
        """The journal of one deploy, oldest first."""
        return tuple(self._journal[deploy])

    def save_evidence(self, deploy: str, evidence: Evidence) -> None:
        """Keep what the prober saw."""
        self._change("save evidence", lambda: self._evidence.update({deploy: evidence}))

    def evidence(self, deploy: str) -> Evidence | None:
        """What the prober saw; None when it never ran."""
        return self._evidence.get(deploy)

    def close(self) -> None:
        """There is no connection to close."""

    def _change(self, what: str, act: Callable[[], object]) -> None:
        self._machine.change(what, act)
