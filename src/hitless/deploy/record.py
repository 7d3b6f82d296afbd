"""One recorded deploy, with everything that is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hitless.domain.codec import encode
from hitless.domain.errors import NothingDeployed
from hitless.domain.journal import NOTES, Kind, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.evidence import Evidence
    from hitless.domain.journal import Deploy, Entry
    from hitless.domain.ports import Store

CUTOVER = "cutover"
ENDS = (Status.DONE, Status.FAILED)


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How one step went.

    Attributes:
        began: Seconds after the deploy began.
        seconds: How long it took; 0 while it is not over.
        status: The last word of the journal on it.
        facts: What the step recorded.
    """

    name: str
    began: float
    seconds: float
    status: Status
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One deploy as the store knows it.

    Attributes:
        versions: Release id → the user's name for it.
        evidence: What the prober saw; None for a rollback.
    """

    deploy: Deploy
    steps: tuple[StepRecord, ...]
    versions: dict[str, str]
    evidence: Evidence | None

    @property
    def version(self) -> str:
        """The name of the release that was to serve."""
        return self.versions.get(self.deploy.release, self.deploy.release)

    @property
    def previous_version(self) -> str:
        """The name of the release that served before; empty at first."""
        previous = self.deploy.previous
        return self.versions.get(previous, previous) if previous else ""

    @property
    def names(self) -> dict[str, str]:
        """What to call who answered: by release, and by slot where no release was told."""
        slots = {str(self.deploy.slot): self.version}
        if self.previous_version:
            slots[str(self.deploy.slot.other)] = self.previous_version
        return self.versions | slots

    @property
    def title(self) -> str:
        """``v1.2.0 → v1.3.0``."""
        return (
            f"{self.previous_version} → {self.version}" if self.previous_version else self.version
        )

    @property
    def cutover_at(self) -> float | None:
        """When the flag was written, in seconds since the epoch; None if it never was."""
        at = self._cutover.get("at")
        return float(at) if at is not None else None

    @property
    def confirmed_ms(self) -> float | None:
        """From the flag to the twentieth fresh answer; None without a cutover."""
        ms = self._cutover.get("confirmed_ms")
        return float(ms) if ms is not None else None

    @property
    def is_rollback(self) -> bool:
        """It gave traffic back to an earlier release."""
        return self.deploy.kind is Kind.ROLLBACK

    @property
    def _cutover(self) -> Mapping[str, Any]:
        return next((step.facts for step in self.steps if step.name == CUTOVER), {})


def record(store: Store, deploy_id: str = "") -> Record:
    """A deploy by its id, or by the id of its release; by default the last one.

    Raises:
        NothingDeployed: when there is none at all.
        ReleaseUnknown: when there is none of that id.
    """
    deploy = _found(store, deploy_id)
    versions = {release.id: release.version for release in store.releases()}
    steps = _steps(deploy, store.entries(deploy.id))
    return Record(deploy, steps, versions, store.evidence(deploy.id))


def document(found: Record) -> dict[str, Any]:
    """A record as plain JSON values, for machines."""
    evidence = found.evidence
    return {
        "deploy": encode(found.deploy),
        "version": found.version,
        "previous_version": found.previous_version,
        "cutover_at": found.cutover_at,
        "confirmed_ms": found.confirmed_ms,
        "steps": [encode(step) for step in found.steps],
        "requests": evidence
        and {
            "sent": evidence.sent,
            "failed": evidence.failed,
            "reconnected": evidence.reconnected,
            "p50_ms": evidence.p50_ms,
            "p99_ms": evidence.p99_ms,
            "longest_gap_ms": evidence.longest_gap_ms,
            "by_release": evidence.by_release,
        },
        "evidence": evidence and evidence.to_json(),
    }


def _found(store: Store, name: str) -> Deploy:
    deploys = store.deploys(200)
    if not name and not deploys:
        raise NothingDeployed("nothing was deployed here yet", 'begin with "hitless deploy"')
    by_release = (d for d in deploys if not name or name == d.release)
    return next(by_release, None) or store.deploy(name)


def _steps(deploy: Deploy, entries: tuple[Entry, ...]) -> tuple[StepRecord, ...]:
    names = [n for n in dict.fromkeys(e.step for e in entries) if n not in NOTES]
    return tuple(_step(deploy, [e for e in entries if e.step == name]) for name in names)


def _step(deploy: Deploy, entries: list[Entry]) -> StepRecord:
    ended = next((e for e in entries if e.status in ENDS), None)
    return StepRecord(
        name=entries[0].step,
        began=entries[0].at - deploy.started,
        seconds=ended.at - entries[0].at if ended else 0.0,
        status=entries[-1].status,
        facts=ended.detail if ended else {},
    )
