"""The evidence on a release since its cutover, from users and from our own probes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from hitless.deploy.record import CUTOVER
from hitless.deploy.vitals import Vitals
from hitless.domain.errors import EngineFailed
from hitless.domain.journal import Status
from hitless.domain.judge import BASELINE_SECONDS, Baseline, Clients, Verdict, judge
from hitless.domain.ledger import Ledger, begun_before, probed, without
from hitless.domain.traffic import QUICK
from hitless.domain.verdict import sick_traffic

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.domain.evidence import Evidence
    from hitless.domain.ledger import Count

SETTLING = 5.0  # after an outage: requests that it held up are still coming to their end


class Trial:
    """Reads what happens, and says at any time what it means.

    Args:
        ctx: A deploy right after its cutover.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._cutover = _cutover_at(ctx)
        self._since = ctx.world.clock.now()
        releases = {ctx.slot: ctx.release.id}
        if ctx.previous:
            releases[ctx.slot.other] = ctx.previous.id
        self._users = Ledger(ctx.slot, releases, ctx.layout.addresses)
        self._users.restart(self._cutover)
        self._begun = probed(self._seen(), QUICK)  # of this second, but before
        self._vitals = Vitals(ctx)
        self._failed = 0
        self._open_log()

    def look(self) -> None:
        """Take in what has happened since the last look."""
        self._users.add(self._ctx.world.access_log.read())

    def sick(self) -> str:
        """Which hard rule condemns the release; empty when none does.

        Probes are told by the second. A run of failures that reached into the first one, such as
        those of an edge that restarted before it confirmed, is no fault of the release; one that
        goes on is seen in the next.
        """
        seen = self._ctx.watch.since(self._since + 1, self._ctx.world.clock.now())
        return self._vitals.sick() or sick_traffic(seen, self._users)

    def verdict(self) -> Verdict:
        """What all evidence together says."""
        users, probes = self._before
        after = self._users.of(self._ctx.slot, self._since)
        clients = (
            Clients("requests of users", users, after),
            Clients("probes", probes, self._probes_since()),
        )
        limits = self._ctx.release.settings.verify
        return judge(clients, self._users.shared(self._since), limits.error_rate)

    def in_trouble(self) -> bool:
        """Something failed since this was last asked, be it enough to condemn or not."""
        seen = self._seen()
        users = sum(count.failed for count in self._users.of(self._ctx.slot, self._since))
        before, self._failed = self._failed, seen.failed + users + self._vitals.failed
        return self._failed > before

    def restart(self) -> float:
        """Hold nothing against the release that happened in a shared outage.

        Returns the seconds after which evidence counts again.
        """
        self._since = self._ctx.world.clock.now() + SETTLING
        self._users.restart(self._since)
        self._vitals.forgive()
        self._failed = 0
        return SETTLING

    def end(self) -> None:
        """Read no more."""
        self._ctx.world.access_log.close()

    def _open_log(self) -> None:
        """From the time on since which the old release has served, ten minutes at most."""
        began = self._cutover - BASELINE_SECONDS
        brought = self._ctx.previous and self._ctx.world.store.brought(self._ctx.previous.id)
        if brought and brought.ended:
            began = max(began, brought.ended)
        edge = self._ctx.layout.edge
        try:
            self._ctx.world.access_log.open(edge, began)
        except EngineFailed as error:
            self._ctx.world.reporter.say(f"judging by probes alone: {error.message}")

    @cached_property
    def _before(self) -> tuple[Baseline, Baseline]:
        """What users and probes got from the old release."""
        users = self._users.of(self._ctx.slot.other, end=self._cutover)
        seen = self._ctx.watch.since(self._ctx.deploy.started, self._cutover - 1)
        slowdown = self._ctx.release.settings.verify.slowdown
        return Baseline.of(users, slowdown), Baseline.of(probed(seen, QUICK), slowdown)

    def _probes_since(self) -> tuple[Count, ...]:
        """Without what belongs to the time before, in which an edge may have restarted."""
        seen = self._seen()
        return without(probed(seen, QUICK), begun_before(self._since, self._begun, seen))

    def _seen(self) -> Evidence:
        return self._ctx.watch.since(self._since, self._ctx.world.clock.now())


def _cutover_at(ctx: Context) -> float:
    """When the flag was written; what users got while it was confirmed counts, too."""
    entries = ctx.world.store.entries(ctx.deploy.id)
    times = [e.detail["at"] for e in entries if e.step == CUTOVER and e.status is Status.DONE]
    return float(times[-1]) if times else ctx.world.clock.now()
