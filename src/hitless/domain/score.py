"""From results of rules to a number that can be traced back to each of them.

Rule value 0..1 → element = weighted mean of its rules → category = 10 x mean of its
elements → total = weighted mean of the categories. What does not apply or was not checked
is left out of both sums. Nothing is rounded up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.finding import Severity, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hitless.domain.finding import Result


class Category(StrEnum):
    """An area of a repository, with its share of the total."""

    DOCKER = "Docker"
    ORCHESTRATION = "Orchestration"
    CI = "CI/CD"
    MONITORING = "Monitoring"
    DATABASE = "Database"
    SECURITY = "Security"
    DOCUMENTATION = "Documentation"


WEIGHTS: dict[Category, float] = {
    Category.DOCKER: 20.0,
    Category.ORCHESTRATION: 15.0,
    Category.CI: 25.0,
    Category.MONITORING: 15.0,
    Category.DATABASE: 10.0,
    Category.SECURITY: 10.0,
    Category.DOCUMENTATION: 5.0,
}
ELEMENTS: dict[Category, tuple[str, ...]] = {
    Category.DOCKER: (
        "multi-stage",
        "layer caching",
        "non-root",
        "image size",
        "ignore file",
    ),
    Category.ORCHESTRATION: (
        "service dependencies",
        "resource limits",
        "healthchecks",
        "volumes",
        "network isolation",
        "production profile",
        "zero-downtime readiness",
    ),
    Category.CI: ("automated tests", "build", "security scan", "deployment", "rollback"),
    Category.MONITORING: ("metrics", "log aggregation", "health endpoints", "alerting"),
    Category.DATABASE: (
        "migration automation",
        "backup automation",
        "rollback strategy",
        "connection pooling",
    ),
    Category.SECURITY: ("secrets", "TLS", "vulnerability scan", "non-root containers"),
    Category.DOCUMENTATION: (
        "quick start",
        "environment reference",
        "deploy",
        "rollback",
        "restore",
    ),
}
WORDS = ((0.9, "Excellent"), (0.65, "Good"), (0.35, "Satisfactory"))


class Weighed(NamedTuple):
    """Where a rule counts: what the score needs to know of it."""

    category: Category
    element: str
    weight: float


class Term(NamedTuple):
    """One rule in an element's sum."""

    rule: str
    weight: float
    value: float


class Element(NamedTuple):
    """A part of a category; ``value`` is None when nothing of it applies."""

    name: str
    terms: tuple[Term, ...]

    @property
    def value(self) -> float | None:
        """sum(weight x value) / sum(weight)."""
        total = sum(term.weight for term in self.terms)
        return sum(t.weight * t.value for t in self.terms) / total if total else None

    @property
    def word(self) -> str:
        """The value for a reader."""
        return word(self.value)


class Part(NamedTuple):
    """A category with its elements."""

    category: Category
    weight: float
    elements: tuple[Element, ...]

    @property
    def applying(self) -> tuple[Element, ...]:
        """The elements that count."""
        return tuple(one for one in self.elements if one.value is not None)

    @property
    def value(self) -> float | None:
        """10 x the mean of its elements; None when none applies."""
        values = [one.value for one in self.applying if one.value is not None]
        return 10.0 * sum(values) / len(values) if values else None


class Score(NamedTuple):
    """The whole sum.

    Attributes:
        ready: No critical rule fails; apart from the number.
    """

    parts: tuple[Part, ...]
    ready: bool

    @property
    def total(self) -> float | None:
        """0 to 10; None when nothing applies."""
        return weighted((part.weight, part.value) for part in self.parts)

    def effect(self, rule: str) -> float:
        """How much the total would grow if one rule passed everywhere."""
        weights = sum(part.weight for part in self.parts if part.value is not None)
        grown = 0.0
        for part in self.parts:
            for element in part.applying:
                total = sum(term.weight for term in element.terms)
                missing = sum(t.weight * (1 - t.value) for t in element.terms if t.rule == rule)
                grown += part.weight * 10 * missing / (total * len(part.applying))
        return grown / weights if weights else 0.0


def score(
    results: Sequence[Result],
    rules: Mapping[str, Weighed],
    weights: Mapping[Category, float] | None = None,
) -> Score:
    """The score of a repository.

    Args:
        results: What each rule said.
        rules: Where each rule counts; one that is not here counts nowhere.
        weights: Shares of categories; the usual ones without.
    """
    shares = {**WEIGHTS, **(weights or {})}
    terms: dict[tuple[Category, str], list[Term]] = {}
    for one in results:
        if one.standing is Standing.CHECKED and one.rule in rules:
            place = rules[one.rule]
            term = Term(one.rule, place.weight, one.value)
            terms.setdefault((place.category, place.element), []).append(term)
    parts = tuple(
        Part(
            category,
            shares[category],
            tuple(Element(name, tuple(terms.get((category, name), ()))) for name in names),
        )
        for category, names in ELEMENTS.items()
    )
    return Score(parts, ready=not any(_is_critical(one) for one in results))


def weighted(pairs: Iterable[tuple[float, float | None]]) -> float | None:
    """The weighted mean of the values that are there."""
    known = [(weight, value) for weight, value in pairs if value is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * value for weight, value in known) / total if total else None


def word(value: float | None) -> str:
    """An element's value for a reader."""
    if value is None:
        return "n/a"
    if value == 0:
        return "Absent"
    return next((name for least, name in WORDS if value >= least), "Weak")


def shown(value: float) -> str:
    """A score with two digits, cut off and never rounded up."""
    return f"{int(value * 100 + 1e-9) / 100:.2f}"


def _is_critical(result: Result) -> bool:
    return any(f.severity is Severity.CRITICAL and not f.ignored for f in result.findings)
