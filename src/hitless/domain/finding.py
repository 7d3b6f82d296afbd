"""What an audit finds: one place, one rule, one subject."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much harm a finding can do."""

    CRITICAL = "critical"  # data is lost or open to anybody, or the next deploy fails for certain
    HIGH = "high"  # users notice it in an ordinary week
    MEDIUM = "medium"  # users notice it on a bad day
    LOW = "low"  # time or room is wasted

    @property
    def weight(self) -> float:
        """What a rule counts in the score, as OpenSSF Scorecard weighs its checks."""
        return {"critical": 10.0, "high": 7.5, "medium": 5.0, "low": 2.5}[self.value]

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure a rule can be from the files alone."""

    HIGH = "high"
    MEDIUM = "medium"


class Persona(StrEnum):
    """For whom a rule speaks by default."""

    REGULAR = "regular"
    PEDANTIC = "pedantic"  # right, but not everybody wants to hear it


class Fix(StrEnum):
    """How a finding can be closed, with the effort that it takes."""

    SAFE = "safe"  # one edit that changes nothing else
    REVIEW = "review"  # an edit that somebody should read
    GENERATE = "generate"  # new files
    NONE = "none"  # only a person can do it

    @property
    def effort(self) -> int:
        """Larger is more work; for ordering only."""
        return {"safe": 1, "generate": 2, "review": 3, "none": 5}[self.value]


class Standing(StrEnum):
    """What became of a rule."""

    CHECKED = "checked"
    NOT_APPLICABLE = "n/a"  # the repository has nothing that the rule is about
    NOT_CHECKED = "not checked"  # it could not be found out here; never a pass


class Place(NamedTuple):
    """A line of a file."""

    path: str
    line: int


class Finding(NamedTuple):
    """One thing that is wrong in one place.

    Attributes:
        subject: What it is about: a service, a stage, a revision.
        message: What is wrong and what it causes, one sentence without its full stop.
        value: What stands there, normalised; part of the identity.
        ignored: The reason why a person accepted it; empty when nobody did.
    """

    rule: str
    severity: Severity
    place: Place
    subject: str
    message: str
    value: str = ""
    ignored: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for as long as the thing itself is; never made from the line's number."""
        from hashlib import sha256  # noqa: PLC0415  # only baselines and machines ask

        parts = (self.rule, self.place.path, self.subject, self.value)
        return sha256("\0".join(parts).encode()).hexdigest()[:20]


class Result(NamedTuple):
    """What one rule said about a repository.

    Attributes:
        value: The share of subjects that pass, 0 to 1.
        reason: Why it was not checked.
    """

    rule: str
    standing: Standing
    value: float = 1.0
    subjects: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str = ""
