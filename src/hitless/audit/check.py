"""What a rule says about each subject it looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from hitless.domain.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Placed(Protocol):
    """Anything that stands on a line of a file."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def line(self) -> int:
        """From 1."""


class Check(NamedTuple):
    """One subject, looked at.

    Attributes:
        subject: What it is about; several checks may share one.
        place: Where it is wrong; None when it is right.
        message: What is wrong and what it causes.
        value: What stands there, normalised; tells two findings of one subject apart.
        unchecked: Why it could not be found out; empty otherwise.
    """

    subject: str
    place: Place | None = None
    message: str = ""
    value: str = ""
    unchecked: str = ""


def passed(subject: object) -> Check:
    """This subject is as it should be."""
    return Check(str(subject))


def failed(subject: object, at: Placed, message: str, value: str = "") -> Check:
    """This subject is wrong, here."""
    return Check(str(subject), Place(at.path, at.line), message, value)


def unchecked(reason: str) -> Check:
    """Nothing is known, and this is why."""
    return Check("", unchecked=reason)


def each(subject: object, faults: Iterable[Check]) -> Iterator[Check]:
    """The faults of a subject, or that it has none."""
    found = False
    for one in faults:
        found = True
        yield one
    if not found:
        yield passed(subject)


def verdict(subject: object, at: Placed, message: str, *, ok: bool) -> Check:
    """Right or wrong by one question."""
    return passed(subject) if ok else failed(subject, at, message)
