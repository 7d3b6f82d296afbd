"""What a rollback would do, before it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from hitless.deploy.rollback import expansions, target
from hitless.deploy.standing import HISTORY
from hitless.domain.journal import CUTOVER, Kind, Outcome, Status
from hitless.domain.schema import Move, Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.deploy.context import World
    from hitless.domain.journal import Deploy
    from hitless.domain.rehearsal import Rehearsal
    from hitless.domain.release import Release

REVIVE = "revive"
TIERS = ("hot", "warm", "cold")
# What a deploy does to bring a release into a slot is what a cold rollback does again.
AS_COLD = ("start", "health gate", CUTOVER)
SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """One rollback of the past.

    Attributes:
        at: When it began, in seconds since the epoch.
        seconds: From the command to the cutover.
    """

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """One rollback, foreseen.

    Attributes:
        tier: hot, warm or cold.
        seconds: Until users get the earlier release, by the median of what was measured;
            None when nothing was.
        measured: How many earlier ones that is the median of.
        source: What was measured: ``rollbacks``, ``its deploy``, or which rehearsal.
        schema: What became of the schema since.
        schema_told: The same for people.
    """

    release: Release
    tier: str
    seconds: float | None
    measured: int
    source: str
    schema: Verdict
    schema_told: str

    @property
    def refused(self) -> bool:
        """It needs ``--force-data-risk``."""
        return self.schema is Verdict.CONTRACTED


def forecast(world: World, to: str = "") -> Forecast:
    """Foresee :func:`hitless.deploy.rollback.rollback`; nothing is changed.

    Raises:
        NothingDeployed: when nothing serves.
        NoRollbackTarget: when there is no earlier release, or none of that name.
    """
    release, tier = target(world, to)
    times, source = _times(world, release, tier)
    seconds = round(median(times), 3) if times else None
    schema, told = verdict(moves(world, release))
    return Forecast(release, tier, seconds, len(times), source, schema, told)


def moves(world: World, release: Release) -> tuple[Move, ...]:
    """What migrations did to the schema since a release came into service, oldest first."""
    found = [
        Move(deploy.id, facts["before"], facts["after"], bool(facts.get("contract")))
        for deploy, facts in expansions(world, release)
        if "before" in facts  # a release without migrations records none
    ]
    return tuple(reversed(found))


def measured(world: World, tier: str) -> list[Measured]:
    """The last rollbacks of this tier, newest first."""
    found: list[Measured] = []
    for deploy in world.store.deploys(HISTORY):
        if deploy.kind is Kind.ROLLBACK and deploy.outcome is Outcome.LIVE:
            found += _took(world, deploy, tier)
        if len(found) == SAMPLES:
            break
    return found


def _times(world: World, release: Release, tier: str) -> tuple[Sequence[float], str]:
    """Seconds that were measured, and of what: the newest that tells of this tier."""
    real, rehearsal = measured(world, tier), _rehearsed(world, tier)
    if rehearsal and (not real or rehearsal.started > real[0].at):
        return rehearsal.tiers[tier], str(rehearsal)
    if real or tier != "cold":
        return [one.seconds for one in real], "rollbacks"
    return _its_own_deploy(world, release), "its deploy"


def _rehearsed(world: World, tier: str) -> Rehearsal | None:
    """The last rehearsal that passed and came to this tier."""
    found = world.store.rehearsals(SAMPLES)
    return next((one for one in found if one.passed and one.tiers.get(tier)), None)


def _took(world: World, deploy: Deploy, tier: str) -> list[Measured]:
    done = {e.step: e for e in world.store.entries(deploy.id) if e.status is Status.DONE}
    if CUTOVER not in done or REVIVE not in done or done[REVIVE].detail.get("tier") != tier:
        return []
    return [Measured(deploy.started, round(done[CUTOVER].at - deploy.started, 3))]


def _its_own_deploy(world: World, release: Release) -> list[float]:
    brought = world.store.brought(release.id)
    if brought is None:
        return []
    rows = world.store.entries(brought.id)
    seconds = [
        float(e.detail.get("seconds", 0.0))
        for e in rows
        if e.step in AS_COLD and e.status is Status.DONE
    ]
    return [sum(seconds)] if seconds else []
