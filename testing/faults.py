"""What may go wrong in the middle of a deploy: an error, a signal, a dead process."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hitless.domain.errors import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from testing.service import Service


class Died(BaseException):  # no error: the process is gone
    """The process was killed; nothing of it may act any more."""


class Fault(StrEnum):
    """A way in which one single change goes wrong."""

    REFUSED = "the change is refused"
    FAILED = "an error right after the change"
    SIGNALLED = "a signal right after the change"
    KILLED = "the process is killed right after the change"


@dataclass
class Saboteur:
    """Lets one change go wrong, counted from 0, and writes down all of them."""

    service: Service
    fault: Fault | None = None
    at: int = -1
    seen: list[str] = field(default_factory=list)
    dead: bool = False

    def __call__(self, what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        """Called before and after each change."""
        if self.dead:
            raise Died
        number = len(self.seen)
        if done:
            self.seen.append(what)
        if number == self.at and done is (self.fault is not Fault.REFUSED):
            self._strike()

    def _strike(self) -> None:
        self.at = -1
        if self.fault is Fault.SIGNALLED:
            self.service.interrupts.strike()
        elif self.fault is Fault.KILLED:
            self.dead = True
            raise Died
        else:
            raise EngineFailed("sabotage")


class Sabotage:
    """A block in which a service is sabotaged, in the process that acts there."""

    def __init__(self, service: Service, fault: Fault | None = None, at: int = -1) -> None:
        self._service = service
        self._saboteur = Saboteur(service, fault, at)

    def __enter__(self) -> Saboteur:
        """Sabotage begins."""
        self._service.machine.on_change.append(self._saboteur)
        return self._saboteur

    def __exit__(self, *_: object) -> None:
        """It ends; the prober of a killed process ends with it."""
        self._service.machine.on_change.remove(self._saboteur)
        self._service.clock.on_tick.clear()


def sabotage(
    service: Service, fault: Fault | None = None, at: int = -1
) -> AbstractContextManager[Saboteur]:
    """Let the change number ``at`` go wrong in a block; without a fault only watch."""
    return Sabotage(service, fault, at)


def changes_of(step: str, seen: list[str]) -> Iterator[int]:
    """The numbers of the changes from a step's intent to its end."""
    first = seen.index(f"write intent of {step}")
    last = seen.index(f"write done of {step}")
    return iter(range(first, last + 1))
