"""Watching the release under users' traffic, while going back is instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.outage import OtherSlot
from hitless.deploy.trial import Trial
from hitless.domain.errors import RequestFailed, TrafficBad
from hitless.domain.judge import Answer
from hitless.domain.settings import OnNoData

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.judge import Verdict

LOOK_AGAIN = 0.25
DOUBT = 10.0  # seconds to look on when the bake ends while the evidence speaks against it
NEUTRAL = 1.0  # more evidence than this speaks against the release


class TrafficGate:
    """Lets the release stay unless a hard rule or the evidence of the bake condemns it.

    Undo has nothing to restore.
    """

    name = "traffic gate"

    def do(self, ctx: Context) -> Facts:
        """Look again and again until the bake is over and enough was seen."""
        ctx.watch.begin()
        trial = Trial(ctx)
        try:
            return _Bake(ctx, trial).watched()
        finally:
            trial.end()

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""


class _Bake:
    """One bake, with the time that it has."""

    def __init__(self, ctx: Context, trial: Trial) -> None:
        self._ctx = ctx
        self._trial = trial
        self._other = OtherSlot(ctx)
        self._limits = ctx.release.settings.verify
        self._hold = self._limits.hold
        self._held = ""
        self._begin()

    def watched(self) -> Facts:
        """What was found when nothing condemned the release.

        Raises:
            TrafficBad: when something did, and the other slot is well.
        """
        while True:
            self._trial.look()
            verdict = self._trial.verdict()
            self._ctx.world.reporter.verdict(f"{verdict.answer}: {verdict.evidence}")
            reason = self._trial.sick() or verdict.reason
            if self._trial.in_trouble():
                self._other.check()
            _refuse_failed(self._ctx)
            if reason and not self._outlived(reason, verdict):
                return self._facts(Answer.NOT_ENOUGH, verdict)
            if not reason and self._over(verdict):
                return self._accepted(verdict)
            self._ctx.world.clock.sleep(LOOK_AGAIN)

    def _begin(self, later: float = 0.0) -> None:
        now = self._ctx.world.clock.monotonic()
        self._end = now + later + self._ctx.release.settings.timing.bake

    def _over(self, verdict: Verdict) -> bool:
        later = 0.0 if verdict.answer is Answer.GOOD_ENOUGH else self._limits.extra
        if verdict.e > NEUTRAL:
            later = max(later, DOUBT)
        return self._ctx.world.clock.monotonic() >= self._end + later

    def _accepted(self, verdict: Verdict) -> Facts:
        wanted = self._limits.on_no_data is OnNoData.FAIL
        if wanted and verdict.answer is Answer.NOT_ENOUGH:
            raise self._bad(f"{verdict.answer}: {verdict.evidence}")
        return self._facts(verdict.answer, verdict)

    def _outlived(self, reason: str, verdict: Verdict) -> bool:
        """Hold while both slots fail; false when the outage outlasted our patience.

        Raises:
            TrafficBad: when the other slot is well.
        """
        outage = self._other.fails_too(verdict.slow_ms)
        if not outage:
            raise self._bad(f"{reason}; {verdict.evidence}")
        self._held = f"held: {reason}, but {outage}"
        say = self._ctx.world.reporter.say
        say(f"the cause is shared, so this does not roll back: {reason}; {outage}")
        if not self._ended(verdict.slow_ms):
            return False
        say("the other slot is well again, watching anew")
        self._begin(self._trial.restart())
        return True

    def _ended(self, slow_ms: float | None) -> bool:
        """Wait for the end of the outage, all in all no longer than the settings allow."""
        clock = self._ctx.world.clock
        deadline = clock.monotonic() + self._hold
        while self._other.fails_still(slow_ms):
            if clock.monotonic() >= deadline:
                return False
            clock.sleep(LOOK_AGAIN)
        self._hold = deadline - clock.monotonic()
        return True

    def _facts(self, answer: Answer, verdict: Verdict) -> Facts:
        told = {"verdict": str(answer), "evidence": verdict.evidence, "e": round(verdict.e, 3)}
        return told | ({"held": self._held} if self._held else {})

    def _bad(self, why: str) -> TrafficBad:
        return TrafficBad(
            f"{self._ctx.release} is bad under traffic: {why}",
            f'see what it logged with "hitless show {self._ctx.deploy.id}"',
        )


def _refuse_failed(ctx: Context) -> None:
    """Where none may fail, each counts: also those from before the cutover."""
    seen = ctx.watch.all() if ctx.zero_failed else None
    if seen and seen.failed:
        last = seen.failures[-1]
        raise RequestFailed(
            f"{seen.failed} of {seen.sent} requests failed and none may, the last with: "
            f"{last.reason} for {last.path}",
            f'see all with "hitless show {ctx.deploy.id}", or deploy without --require-zero-failed',
        )
