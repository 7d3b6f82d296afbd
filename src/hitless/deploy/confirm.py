"""Proof that a cutover happened: fresh answers, not the absence of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain import headers
from hitless.domain.errors import CutoverUnconfirmed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.deploy.context import Context
    from hitless.domain.answer import Answer
    from hitless.domain.release import Release
    from hitless.domain.slot import Slot

ANSWERS, AT_ONCE = 20, 5
SECONDS = 2.0  # after which a wrong answer is no longer the end of an earlier request
LONGEST = 15.0  # for right answers; a busy machine is no reason to go back
SERVER_ERROR = 500
CHOSE = "nginx chose slot"


def confirm(
    ctx: Context, slot: Slot, release: Release, sent: Mapping[str, str] | None = None
) -> float:
    """Return the seconds until enough fresh answers in a row came from a slot.

    Each answer must name the slot that nginx chose, come from an address of that
    slot, be no server error and, where the application tells its release, tell the
    right one. ``sent`` are further headers of the requests.

    Raises:
        CutoverUnconfirmed: when that does not happen in time.
    """
    clock = ctx.world.clock
    began, good, wrong = clock.monotonic(), 0, ""
    while good < ANSWERS:
        for answer in _answers(ctx, release, sent or {}):
            wrong = _wrong(ctx, answer, slot, release)
            good = 0 if wrong else good + 1
        if clock.monotonic() - began > (SECONDS if wrong else LONGEST):
            raise CutoverUnconfirmed(
                f"the edge does not show slot {slot} with {release}: {wrong or 'too slow'}",
                _way_out(ctx, wrong),
            )
    return clock.monotonic() - began


def _way_out(ctx: Context, wrong: str) -> str:
    """The flag is where it shall be: an nginx that chooses otherwise looks elsewhere."""
    if not wrong.startswith(CHOSE):
        return 'see what serves with "hitless status"'
    return (
        "nginx may look at a directory that was replaced since it started: "
        f'mount it anew, with a short gap, by "docker restart {ctx.layout.edge}"'
    )


def _answers(ctx: Context, release: Release, sent: Mapping[str, str]) -> tuple[Answer, ...]:
    """Some at once: one after the other they would take most of a rollback's time."""
    asked = {headers.KEY: ctx.world.edge.key(), headers.PROBE: "confirm", **sent}
    paths = [release.settings.proxy.confirm] * AT_ONCE
    return ctx.world.http.get_all(ctx.public_port(), paths, asked)


def _wrong(ctx: Context, answer: Answer, slot: Slot, release: Release) -> str:
    if not answer.status or answer.status >= SERVER_ERROR:
        return f"the answer was {answer}"
    if answer.slot != slot:
        return f"{CHOSE} {answer.slot or 'none'}"
    if ctx.layout.addresses.slot_of(answer.upstream) is not slot:
        return f"{answer.upstream or 'nobody'} answered"
    if answer.release not in ("", release.id):
        return f"the application says it is release {answer.release}"
    return ""
