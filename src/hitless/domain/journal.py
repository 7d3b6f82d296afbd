"""What a deploy wrote down, and what that means after a crash.

The runner writes *intent* before a step acts and *done* after it. So a step whose
last entry is *intent* may have acted, fully, partly or not at all: its ``undo`` and
its ``do`` must both be right from each of these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hitless.domain.slot import Slot  # noqa: TC001  # codec reads it at run time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    Attributes:
        at: Seconds since the epoch.
        detail: Facts worth keeping, such as a duration or an exit code.
    """

    deploy: str
    step: str
    status: Status
    at: float
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deploy:
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


@dataclass(frozen=True, slots=True)
class Recovery:
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


def recovery(entries: Sequence[Entry], steps: Sequence[str], commit: str) -> Recovery:
    """How to end a deploy whose process died.

    Once the intent of the ``commit`` step is written, the only legal end is forward;
    before it, the only legal end is back.
    """
    status = latest(entries)
    if status.get(commit) in (Status.INTENT, Status.DONE):
        left = tuple(step for step in steps if status.get(step) is not Status.DONE)
        return Recovery(Direction.FORWARD, left)
    begun = tuple(s for s in steps if status.get(s) not in (None, Status.UNDONE))
    return Recovery(Direction.BACK, tuple(reversed(begun)))
