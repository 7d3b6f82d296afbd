"""What a rehearsal measured: a deploy and its way back, on a copy that nobody uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One rehearsal, as it is kept.

    Attributes:
        id: ``r`` and a number; empty until it is recorded.
        before: The version that served at first.
        after: The version that was deployed onto it, and left again.
        started: Seconds since the epoch.
        ended: Seconds since the epoch.
        deploy: Seconds from the deploy's beginning to its end; 0 when it did not end well.
        cutover_ms: From the flag to the last of the fresh answers that confirm it.
        tiers: hot, warm and cold → seconds until users had the earlier release, each time.
        sent: Requests from before the deploy to the end of the last rollback.
        failed: Those without the answer they deserved.
        failures: Some of those, one line each.
        reason: Why it ended early; empty when it did not.
    """

    before: str
    after: str
    actor: str
    started: float
    ended: float
    deploy: float = 0.0
    cutover_ms: float | None = None
    tiers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    sent: int = 0
    failed: int = 0
    failures: tuple[str, ...] = ()
    reason: str = ""
    id: str = ""

    @property
    def seconds(self) -> dict[str, float]:
        """Tier → the median of its times."""
        return {tier: round(median(times), 3) for tier, times in self.tiers.items()}

    @property
    def passed(self) -> bool:
        """It came to its end, and not one request failed."""
        return not self.reason and not self.failed

    def __str__(self) -> str:
        return f"rehearsal {self.id} of {self.before} → {self.after}"
