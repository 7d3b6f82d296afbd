"""The commands ``promote`` and ``pause``: what a person wants of a canary that runs.

A wish is a row of the deploy's journal. So it is kept who went on by hand, and the
process that runs the deploy learns of it wherever it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hitless.deploy.access import access
from hitless.domain.errors import NoCanary
from hitless.domain.journal import ASKED, VERDICT, Entry, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitless.deploy.context import World
    from hitless.domain.slot import Share


class Wish(StrEnum):
    """What can be asked of a canary."""

    PAUSE = "pause"  # keep the share until somebody says otherwise
    NEXT = "promote"  # go on with the next share now
    ALL = "promote --full"  # go on with every share, to the cutover


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish that was written down.

    Attributes:
        deploy: The id of the deploy that it is for.
        share: What the canary had at that moment.
    """

    deploy: str
    share: Share
    wish: Wish


def ask(world: World, wish: Wish) -> Asked:
    """Write a wish down for the canary that runs.

    Raises:
        NoCanary: when none has a share, or its process has died.
    """
    running, share = world.store.unfinished(), world.edge.share()
    if running is None or share is None:
        raise NoCanary(
            "no canary has a share of users' traffic", 'see what serves with "hitless status"'
        )
    if not access(world).held:
        raise NoCanary(
            f"the process of the canary {running.id} has died",
            'give its share back with "hitless recover"',
        )
    detail = {"wish": wish.value, "actor": world.host.actor(), "share": str(share)}
    world.store.write(Entry(running.id, ASKED, Status.DONE, world.clock.now(), detail))
    return Asked(running.id, share, wish)


def canary(world: World) -> dict[str, Any] | None:
    """The canary of this moment for people and machines; None when there is none."""
    running, share = world.store.unfinished(), world.edge.share()
    if running is None or share is None:
        return None
    entries = world.store.entries(running.id)
    said: Mapping[str, Any] = next((e.detail for e in reversed(entries) if e.step == VERDICT), {})
    told = {name: said.get(name) for name in ("verdict", "evidence", "e")}
    return {
        "deploy": running.id,
        "release": running.release,
        "slot": str(share.slot),
        "percent": share.percent,
        "paused": standing_wish(entries, "") is Wish.PAUSE,
        **(told if said.get("share") == str(share) else dict.fromkeys(told)),
    }


def standing_wish(entries: Sequence[Entry], step: str) -> Wish | None:
    """What holds for a step by the journal: a pause holds until somebody goes on.

    ``promote`` is for the step in which it was said, ``promote --full`` for all that follow.
    """
    wish = None
    for entry in entries:
        if entry.step == ASKED:
            wish = Wish(entry.detail["wish"])
        elif entry.step == step and entry.status is Status.INTENT and wish is Wish.NEXT:
            wish = None
    return wish
