"""What a deploy is about to do, in words, before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitless.domain.slot import Slot


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as a user reads it: its name and what it promises."""

    name: str
    promise: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer of ``hitless plan``.

    Attributes:
        active: The slot with users' traffic now; None before the first deploy.
        target: The slot that the release will use.
        projects: Compose project → its services.
        addresses: Container name → fixed IPv4 address.
        notes: What Hitless changes in the user's model, and what to know about it.
        steps: In the order in which they run.
    """

    service: str
    version: str
    active: Slot | None
    target: Slot
    subnet: str
    projects: dict[str, tuple[str, ...]]
    addresses: dict[str, str]
    notes: tuple[str, ...] = ()
    steps: tuple[PlannedStep, ...] = field(default_factory=tuple)
