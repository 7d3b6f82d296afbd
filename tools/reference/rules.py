"""The page of the audit's rules, from the documentation that each carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.registry import SECTIONS, rules
from hitless.domain.score import Category
from tools.reference.text import document, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.registry import Rule

INTRODUCTION = """\
What `hitless audit` looks for; `hitless explain ID` prints the same in a terminal. Severity says
how much harm a finding can do, the persona *pedantic* that not everybody wants to hear of it.
How the score is made of them stands in [why the score](../why/score.md)."""


def page() -> str:
    """The whole page."""
    return document("Rules of the audit", INTRODUCTION, *_categories())


def _categories() -> Iterator[str]:
    every = rules()
    for category in Category:
        chosen = [one for one in every if one.category is category]
        rows = [
            (f"[{one.id}](#{one.id.lower()})", one.severity.value, one.element or "-", one.title)
            for one in chosen
        ]
        yield f"## {category.value}\n\n{table(('Rule', 'Severity', 'Element', 'Title'), rows)}"
        yield from (_rule(one) for one in chosen)


def _rule(one: Rule) -> str:
    facts = f"{one.severity.value}, confidence {one.confidence.value}, {one.persona.value}"
    parts = [f"### {one.id}: {one.title} {{#{one.id.lower()}}}", f"*{facts}; since {one.since}*"]
    parts += [f"**{name}.** {one.section(name)}" for name in SECTIONS[:2]]
    parts += [f"**{name}**\n\n{one.section(name)}" for name in SECTIONS[2:4]]
    return "\n\n".join([*parts, f"**Fix safety.** {one.section('Fix safety')}"])
