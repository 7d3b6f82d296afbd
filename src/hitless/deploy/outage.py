"""Whether the other slot has the same trouble: then going back would help nobody."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

from hitless.domain import headers
from hitless.domain.access import SERVER_ERROR
from hitless.domain.container import Role
from hitless.stack.layout import direct_path, instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.deploy.context import Context

    Ask = tuple[str, dict[str, str]]

ASKS = 6
ENOUGH = 2  # of them: a service with 5 % errors fails as many by chance in 3 % of the times
RECENT = 15.0  # seconds; what condemns the new slot may be over when the old one is asked
TIMEOUT = 2.0


class OtherSlot:
    """The previous release, which gets no users' traffic any more and is still probed.

    It is asked by the control listener: its readiness, which tells of databases and the
    like, and the pages that are probed.

    Args:
        ctx: A deploy after its cutover.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._failed: list[tuple[float, str]] = []

    def check(self) -> None:
        """Ask for its readiness now, as the new slot is in trouble now."""
        for ask in self._readiness():
            self._note(ask)

    def fails_too(self, slow_ms: float | None = None) -> str:
        """How it fails, now or a moment ago; empty when it is well.

        Args:
            slow_ms: So is being slow: most answers taking longer, as one may by chance.
        """
        begin = self._ctx.world.clock.monotonic() - RECENT
        self._failed = [(at, wrong) for at, wrong in self._failed if at >= begin]
        return self._fails(slow_ms)

    def fails_still(self, slow_ms: float | None = None) -> str:
        """How it fails now, whatever was a moment ago."""
        self._failed = []
        return self._fails(slow_ms)

    def _fails(self, slow_ms: float | None) -> str:
        if not self._ctx.containers(self._ctx.slot.other, Role.WEB):
            return ""  # an empty slot fails for a reason of its own, and bears no witness
        took = [self._note(ask) for ask in self._asks(slow_ms) if len(self._failed) < ENOUGH]
        who = f"slot {self._ctx.slot.other} with {self._ctx.previous}"
        if len(self._failed) >= ENOUGH:
            return f"{who} fails, too: {self._failed[-1][1]}"
        slow = [ms for ms in took if slow_ms is not None and ms > slow_ms]
        if len(slow) * 2 > ASKS:
            return f"{who} is slow, too: {len(slow)} of {ASKS} answers took over {slow_ms:,.0f} ms"
        return ""

    def _asks(self, slow_ms: float | None) -> Iterator[Ask]:
        """Readiness tells of failures; how slow it is, only the pages that users get."""
        pages = tuple(self._pages())
        readiness = () if pages and slow_ms is not None else self._readiness()
        return islice(cycle((*readiness, *pages)), ASKS)

    def _readiness(self) -> Iterator[Ask]:
        if self._ctx.previous is None:
            return
        slot, settings = self._ctx.slot.other, self._ctx.previous.settings
        for one in instances(settings):
            if one.role is Role.WEB:
                yield direct_path(slot, one.name) + settings.web[one.service].ready, {}

    def _pages(self) -> Iterator[Ask]:
        if self._ctx.previous is not None:
            for page in self._ctx.previous.settings.probe.pages:
                yield page, {headers.SLOT: str(self._ctx.slot.other)}

    def _note(self, ask: Ask) -> float:
        """Remember a failure; returns the milliseconds that the answer took."""
        clock = self._ctx.world.clock
        began = clock.monotonic()
        answer = self._ctx.world.http.get(self._ctx.control_port(), *ask, TIMEOUT)
        if not answer.status or answer.status >= SERVER_ERROR:
            self._failed.append((began, str(answer)))
        return (clock.monotonic() - began) * 1000
