"""What was tried of a repository on this machine, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """The three answers: what could not be tried is never taken for proved."""

    PROVED = "proved"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Proof:
    """One check of one thing.

    Attributes:
        check: Its name, such as ``images build``.
        subject: What it is about: a service, a file, a project.
        proves: What is known once it is proved, as a sentence without full stop.
        reason: Why it failed, or why it was not checked.
        output: The end of what the program printed that failed.
        hint: The command that helps next.
    """

    check: str
    subject: str
    proves: str
    standing: Standing
    reason: str = ""
    output: tuple[str, ...] = ()
    hint: str = ""
