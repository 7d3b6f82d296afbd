"""What to do first: by priority, then by effect for the effort."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hitless.audit.engine import Report
    from hitless.audit.registry import Rule


class Move(NamedTuple):
    """One rule to satisfy.

    Attributes:
        priority: ``P0`` for critical findings to ``P3`` for low ones.
        effect: What the score gains.
        findings: How many go.
    """

    priority: str
    rule: Rule
    effect: float
    findings: int


def roadmap(report: Report) -> list[Move]:
    """Every rule that finds something, in the order in which to take them."""
    counts: dict[str, int] = {}
    for one in report.findings:
        counts[one.rule] = counts.get(one.rule, 0) + 1
    moves = [
        Move(
            f"P{report.rules[name].severity.rank}",
            report.rules[name],
            report.score.effect(name),
            count,
        )
        for name, count in counts.items()
    ]
    return sorted(moves, key=lambda m: (m.priority, -m.effect / m.rule.fix.effort, m.rule.id))
