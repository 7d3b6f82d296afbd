"""What a deploy wrote down, and what that means after a crash.

The runner writes *intent* before a step acts and *done* after it. So a step whose
last entry is *intent* may have acted, fully, partly or not at all: its ``undo`` and
its ``do`` must both be right from each of these.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # codec reads it at run time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from hitless.domain.slot import Slot  # noqa: TC001  # codec reads it at run time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

CUTOVER = "cutover"  # the step that moves users' traffic
VERDICT = "verdict"  # no step: what was said of a canary while it had a share
ASKED = "asked"  # no step: what somebody asked a canary to do
NOTES = (VERDICT, ASKED)


class Kind(StrEnum):
    """What the user wished for."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"


class Status(StrEnum):
    """What one journal entry says of a step."""

    INTENT = "intent"
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"


class Outcome(StrEnum):
    """How a deploy stands or ended."""

    RUNNING = "running"
    LIVE = "live"
    KEPT_PREVIOUS = "kept-previous"
    ROLLED_BACK = "rolled-back"
    NEEDS_HUMAN = "needs-human"


class Entry(NamedTuple):
    """One line of the journal.

    Attributes:
        at: Seconds since the epoch.
        detail: Facts worth keeping, such as a duration or an exit code.
    """

    deploy: str
    step: str
    status: Status
    at: float
    detail: Mapping[str, Any] = {}


class Deploy(NamedTuple):
    """The act of putting a release into service.

    Attributes:
        release: The id of the release that shall serve.
        previous: The id of the release that served when this began; None at first.
        slot: Where ``release`` is to run.
        reason: Why it ended as it did; empty while it runs or when it went well.
    """

    id: str
    kind: Kind
    release: str
    previous: str | None
    slot: Slot
    actor: str
    started: float
    ended: float | None = None
    outcome: Outcome = Outcome.RUNNING
    reason: str = ""

    @property
    def first(self) -> bool:
        """Nothing served before this deploy."""
        return self.previous is None


class Direction(StrEnum):
    """Where recovery goes."""

    BACK = "back"
    FORWARD = "forward"


class Recovery(NamedTuple):
    """What is left to do for an interrupted deploy.

    Attributes:
        direction: Back to the previous release, or forward to the new one.
        steps: Step names in the order in which to undo or to do them.
    """

    direction: Direction
    steps: tuple[str, ...]


def latest(entries: Iterable[Entry]) -> dict[str, Status]:
    """The last status of each step that has one."""
    return {entry.step: entry.status for entry in entries}


class Seen(StrEnum):
    """Who has users' traffic by the flags and the labels, whatever is recorded."""

    RELEASE = "the release of this deploy"
    ALONE = "the release of this deploy, and the one before it is gone"
    PREVIOUS = "the release before it, or nobody"
    STRANGER = "a release that this deploy knows nothing of"


def seen(
    deploy: Deploy, active: Slot | None, holds: Collection[str], other: Collection[str]
) -> Seen:
    """Who serves.

    Args:
        deploy: The deploy that is to be ended.
        active: The slot that the flags choose; None while the edge is closed.
        holds: The releases on the labels of that slot's web containers.
        other: The same of the other slot.
    """
    if active is None or not holds:
        return Seen.PREVIOUS
    expected = deploy.release if active is deploy.slot else deploy.previous
    if expected not in holds:
        return Seen.STRANGER
    if active is not deploy.slot:
        return Seen.PREVIOUS
    return Seen.ALONE if deploy.previous and deploy.previous not in other else Seen.RELEASE


def recovery(entries: Sequence[Entry], steps: Sequence[str], commit: str, who: Seen) -> Recovery:
    """How to end a deploy whose process died.

    Once the intent of the ``commit`` step is written, the only legal end is forward;
    before it, the only legal end is back. The journal does not overrule what serves: a
    release that lost its traffic after its cutover is not called live, one that has it
    keeps it when there is nobody to give it back to, and beside a release that nobody
    here knows nothing is touched.
    """
    if who is Seen.STRANGER:
        return Recovery(Direction.BACK, ())
    status = latest(entries)
    if who is Seen.ALONE:  # going back would leave users with nobody
        return Recovery(Direction.FORWARD, _left(status, steps[steps.index(commit) :]))
    committed = status.get(commit) in (Status.INTENT, Status.DONE)
    lost = status.get(CUTOVER) is Status.DONE and who is Seen.PREVIOUS
    if committed and not lost:
        return Recovery(Direction.FORWARD, _left(status, steps))
    return backward(entries, steps)


def had_traffic(entries: Iterable[Entry]) -> bool:
    """Users met the release, all of them or a share."""
    return any(
        entry.step == VERDICT or (entry.step == CUTOVER and entry.status is Status.DONE)
        for entry in entries
    )


def backward(entries: Iterable[Entry], steps: Sequence[str]) -> Recovery:
    """All that has begun, newest first."""
    status = latest(entries)
    begun = tuple(s for s in steps if status.get(s) not in (None, Status.UNDONE))
    return Recovery(Direction.BACK, tuple(reversed(begun)))


def _left(status: Mapping[str, Status], steps: Sequence[str]) -> tuple[str, ...]:
    """What is not done; before a cutover also its gates: they may have looked long ago."""
    to_come = status.get(CUTOVER) is not Status.DONE and CUTOVER in steps
    gates = steps[: steps.index(CUTOVER)] if to_come else ()
    return tuple(step for step in steps if step in gates or status.get(step) is not Status.DONE)
