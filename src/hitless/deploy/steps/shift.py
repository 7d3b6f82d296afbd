"""A share of users for the release, before it gets all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.canary_trial import CanaryTrial
from hitless.deploy.confirm import confirm
from hitless.deploy.readiness import wait_ready
from hitless.deploy.wishes import Wish, standing_wish
from hitless.domain.container import Role
from hitless.domain.errors import TrafficBad
from hitless.domain.journal import VERDICT, Entry, Status
from hitless.domain.judge import Answer
from hitless.domain.settings import OnNoTraffic
from hitless.domain.slot import Share
from hitless.stack.shares import BUCKET_COOKIE, FIRST_BUCKET, LAST_BUCKET

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.judge import Verdict
    from hitless.domain.settings import Canary

LOOK_AGAIN = 0.25
DOUBT = 10.0  # seconds to look on when the interval ends while the evidence speaks against it
NEUTRAL = 1.0  # more evidence than this speaks against the release


class Shift:
    """Gives the release a share of users, and goes on once it did as well as the other slot.

    Undo takes every share away: all users are with the previous release.

    Args:
        percent: The share.
    """

    def __init__(self, percent: int) -> None:
        self._percent = percent
        self.name = f"shift {percent} %"

    def do(self, ctx: Context) -> Facts:
        """Flag, proof, and then as long a look as the evidence needs."""
        if ctx.previous is None:
            return {"share": "none, as there is no other release"}
        canary = ctx.release.settings.strategy.canary
        assert canary  # noqa: S101  # it brought this step about
        wait_ready(ctx, ctx.instances(Role.WEB), answers=1)
        share = Share(ctx.slot, self._percent)
        ctx.world.edge.shift(share)
        confirmed = _confirmed(ctx)
        trial = CanaryTrial(ctx, canary.min_samples)
        try:
            facts = _Look(ctx, canary, share, self.name, trial).watched()
        finally:
            trial.end()
        return {"share": str(share), "share_confirmed_ms": confirmed, **facts}

    def undo(self, ctx: Context) -> None:
        """Of no effect when there was no share."""
        ctx.world.edge.shift(None)


def _confirmed(ctx: Context) -> float:
    """Fresh answers to who is in every share, and to who is in none; milliseconds."""
    assert ctx.previous  # noqa: S101  # the caller looked
    places = (
        (FIRST_BUCKET, ctx.slot, ctx.release),
        (LAST_BUCKET, ctx.slot.other, ctx.previous),
    )
    seconds = sum(
        confirm(ctx, slot, release, {"Cookie": f"{BUCKET_COOKIE}={bucket}"})
        for bucket, slot, release in places
    )
    return round(seconds * 1000, 1)


class _Look:
    """The time of one share."""

    def __init__(
        self, ctx: Context, canary: Canary, share: Share, step: str, trial: CanaryTrial
    ) -> None:
        self._ctx = ctx
        self._canary = canary
        self._share = share
        self._step = step
        self._trial = trial
        self._told: Answer | None = None
        self._end = ctx.world.clock.monotonic() + canary.interval

    def watched(self) -> Facts:
        """What was found when nothing condemned the release.

        Raises:
            TrafficBad: when something did, or too little was seen to go on.
        """
        while True:
            self._trial.look()
            verdict = self._trial.verdict()
            self._tell(verdict)
            reason = self._trial.sick() or verdict.reason
            if reason:
                raise self._bad(f"{reason}; {verdict.evidence}")
            wish = self._wish()
            if self._over(verdict, wish):
                return self._facts(verdict, wish)
            self._ctx.world.clock.sleep(LOOK_AGAIN)

    def _wish(self) -> Wish | None:
        return standing_wish(self._ctx.world.store.entries(self._ctx.deploy.id), self._step)

    def _over(self, verdict: Verdict, wish: Wish | None) -> bool:
        if wish in (Wish.NEXT, Wish.ALL):
            return True
        late = self._ctx.world.clock.monotonic() - self._end
        if wish is Wish.PAUSE or late < 0 or (verdict.e > NEUTRAL and late < DOUBT):
            return False
        return verdict.answer is Answer.GOOD_ENOUGH or self._without_data(verdict, late)

    def _without_data(self, verdict: Verdict, late: float) -> bool:
        """The interval is over and the canary had too few requests: not yet, or never."""
        if self._canary.on_no_data is OnNoTraffic.SYNTHETIC:
            self._trial.ask()
            return False
        patience = self._canary.hold if self._canary.on_no_data is OnNoTraffic.HOLD else 0.0
        if late >= patience:
            missing = f"{self._trial.missing():,} of {self._canary.min_samples:,} requests missing"
            raise self._bad(f"{verdict.answer}: {missing}; {verdict.evidence}")
        return False

    def _tell(self, verdict: Verdict) -> None:
        """To who watches at once, into the journal when the answer is another one."""
        self._ctx.world.reporter.verdict(f"{self._share}: {verdict.answer}: {verdict.evidence}")
        if verdict.answer is self._told:
            return
        self._told = verdict.answer
        world, detail = self._ctx.world, self._facts(verdict, None)
        now = world.clock.now()
        told = {"share": str(self._share), **detail}
        world.store.write(Entry(self._ctx.deploy.id, VERDICT, Status.DONE, now, told))

    def _facts(self, verdict: Verdict, wish: Wish | None) -> Facts:
        told: Facts = {"verdict": str(verdict.answer), "evidence": verdict.evidence}
        told["e"] = round(verdict.e, 3)
        return told | ({"by_hand": str(wish)} if wish else {})

    def _bad(self, why: str) -> TrafficBad:
        return TrafficBad(
            f"{self._ctx.release} is bad with {self._share} of the traffic: {why}",
            f'see what it logged with "hitless show {self._ctx.deploy.id}"',
        )
