"""Whether the other slot has the same trouble: then going back would help nobody."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

from hitless.domain.access import SERVER_ERROR
from hitless.domain.container import Role
from hitless.stack.edge import direct_path
from hitless.stack.layout import instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.deploy.context import Context

ASKS = 6
ENOUGH = 2  # of them: a service with 5 % errors fails as many by chance in 3 % of the times
TIMEOUT = 2.0


def shared_outage(ctx: Context, slow_ms: float | None = None) -> str:
    """How the previous release fails the same probes; empty when it is well.

    It gets no users' traffic any more, so it is asked by the control listener: its
    readiness, which tells of databases and the like, and the pages that are probed.

    Args:
        ctx: The deploy.
        slow_ms: Also an answer that takes longer is a failure.
    """
    failed = 0
    for path, headers in islice(cycle(tuple(_asks(ctx))), ASKS):
        wrong = _wrong(ctx, path, headers, slow_ms)
        failed += bool(wrong)
        if failed >= ENOUGH:
            return f"slot {ctx.slot.other} with {ctx.previous} fails, too: {wrong}"
    return ""


def _asks(ctx: Context) -> Iterator[tuple[str, dict[str, str]]]:
    if ctx.previous is None:
        return
    slot, settings = ctx.slot.other, ctx.previous.settings
    for one in instances(settings):
        if one.role is Role.WEB:
            yield direct_path(slot, one.name) + settings.web[one.service].ready, {}
    for page in settings.probe.pages:
        yield page, {"X-Hitless-Slot": str(slot)}


def _wrong(ctx: Context, path: str, headers: dict[str, str], slow_ms: float | None) -> str:
    clock = ctx.world.clock
    began = clock.monotonic()
    answer = ctx.world.http.get(ctx.control_port(), path, headers, TIMEOUT)
    ms = (clock.monotonic() - began) * 1000
    if not answer.status or answer.status >= SERVER_ERROR:
        return str(answer)
    return f"an answer took {ms:,.0f} ms" if slow_ms is not None and ms > slow_ms else ""
