"""The evidence on a release that has a share: both slots, at the same time."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

from hitless.deploy.vitals import Vitals
from hitless.domain.access import SERVER_ERROR
from hitless.domain.canary import Tally, judge_canary
from hitless.domain.errors import EngineFailed
from hitless.domain.evidence import Evidence
from hitless.domain.headers import SLOT
from hitless.domain.journal import VERDICT
from hitless.domain.ledger import Ledger
from hitless.domain.sequential import Shared
from hitless.domain.verdict import sick_traffic

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.judge import Verdict
    from hitless.domain.slot import Slot

ASKED_AT_ONCE = 10  # of each slot, in one look
TIMEOUT = 2.0


class CanaryTrial:
    """Reads what happens in both slots, and says at any time what it means.

    Users and our own probes count alike: nginx's log tells which slot answered each. All
    shares of a deploy are one trial, so that many shares make no more false alarms.

    Args:
        ctx: A deploy whose release has just got a share.
        enough: How many requests the canary must answer at this share.
    """

    def __init__(self, ctx: Context, enough: int) -> None:
        assert ctx.previous  # noqa: S101  # a first release is no canary
        self._ctx = ctx
        self._enough = enough
        self._share_since = ctx.world.clock.now()
        self._since = _first_verdict(ctx, self._share_since)
        releases = {ctx.slot: ctx.release.id, ctx.slot.other: ctx.previous.id}
        self._ledger = Ledger(ctx.slot, releases, ctx.layout.addresses, probes=True)
        self._ledger.restart(self._share_since)
        self._vitals = Vitals(ctx)
        self._asked: list[Shared] = []
        pages = ctx.release.settings.probe.pages or ("/",)
        self._pages = cycle(pages)
        self._open_log()

    def look(self) -> None:
        """Take in what has happened since the last look."""
        self._ledger.add(self._ctx.world.access_log.read())

    def sick(self) -> str:
        """Which hard rule condemns the release; empty when none does."""
        return self._vitals.sick() or sick_traffic(Evidence(), self._ledger)

    def verdict(self) -> Verdict:
        """What all evidence together says."""
        new, old = (Tally.of(self._ledger.of(slot, self._since)) for slot in self._slots)
        new += Tally(sum(a.new_failed for a in self._asked), sum(a.new_sent for a in self._asked))
        old += Tally(sum(a.old_failed for a in self._asked), sum(a.old_sent for a in self._asked))
        shared = (*self._ledger.shared(self._since), *self._asked)
        return judge_canary(new, old, shared, enough=self.missing() <= 0)

    def missing(self) -> int:
        """How many requests the canary should still answer at this share."""
        users = Tally.of(self._ledger.of(self._ctx.slot, self._share_since))
        return self._enough - users.sent - sum(asked.new_sent for asked in self._asked)

    def ask(self) -> None:
        """Ask both slots ourselves, each the same, for a part of what is missing."""
        for page in islice(self._pages, max(0, min(self.missing(), ASKED_AT_ONCE))):
            new, old = (self._fails(page, slot) for slot in self._slots)
            self._asked.append(Shared(1, new, 1, old))

    def end(self) -> None:
        """Read no more."""
        self._ctx.world.access_log.close()

    @property
    def _slots(self) -> tuple[Slot, Slot]:
        return self._ctx.slot, self._ctx.slot.other

    def _fails(self, page: str, slot: Slot) -> int:
        """By the control listener, where each slot can be asked for; without its log."""
        port, headers = self._ctx.control_port(), {SLOT: str(slot)}
        answer = self._ctx.world.http.get(port, page, headers, TIMEOUT)
        return int(not answer.status or answer.status >= SERVER_ERROR)

    def _open_log(self) -> None:
        try:
            self._ctx.world.access_log.open(self._ctx.layout.edge, self._since)
        except EngineFailed as error:
            self._ctx.world.reporter.say(f"nothing is known of users: {error.message}")


def _first_verdict(ctx: Context, now: float) -> float:
    """When the first share of this deploy was given, or now."""
    entries = ctx.world.store.entries(ctx.deploy.id)
    return next((entry.at for entry in entries if entry.step == VERDICT), now)
