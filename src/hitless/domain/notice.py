"""What others are told of a deploy: that it began, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hitless.domain.codec import encode


class Event(StrEnum):
    """What there is to tell; an end has the name of its outcome."""

    STARTED = "started"
    LIVE = "live"
    KEPT_PREVIOUS = "kept-previous"
    ROLLED_BACK = "rolled-back"
    NEEDS_HUMAN = "needs-human"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell.

    Attributes:
        id: The same for every attempt to tell it, so that nobody acts on it twice.
        kind: ``deploy`` or ``rollback``.
        previous: The version that served before; empty at first.
        at: Seconds since the epoch.
        reason: Why it ended as it did; empty when all went well.
        url: The page of the CI job; empty outside CI.
        sent: Requests of the prober; None when none were sent.
    """

    id: str
    event: Event
    service: str
    kind: str = "deploy"
    deploy: str = ""
    release: str = ""
    version: str = ""
    previous: str = ""
    actor: str = ""
    at: float = 0.0
    reason: str = ""
    url: str = ""
    sent: int | None = None
    failed: int | None = None

    @property
    def text(self) -> str:
        """One line for people; chat services show a member of this name."""
        if self.event is Event.TEST:
            return f"{self.service}: this is a test of Hitless' notifications"
        what = f"{self.service}: {self.kind} of {self.version} {TOLD[self.event]}"
        return f"{what}: {self.reason}" if self.reason else what

    def document(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"text": self.text, **encode(self)}


TOLD = {
    Event.STARTED: "started",
    Event.LIVE: "is live",
    Event.KEPT_PREVIOUS: "failed, the previous release kept its traffic",
    Event.ROLLED_BACK: "failed, the previous release got its traffic back",
    Event.NEEDS_HUMAN: "needs a human",
}
