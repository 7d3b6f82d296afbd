"""Which rules there are. Rules are imported when somebody audits or asks for one."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hitless.domain.finding import Confidence, Fix, Persona, Severity
from hitless.domain.score import Category, Weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

    Checker = Callable[[Repository], Iterator[Check]]

SECTIONS = ("What it does", "Why it matters", "Bad", "Good", "Fix safety")
BLOCK = r'```(\w+) title="([^"]+)"\n(.*?)^\s*```'
HOME = Path(__file__).parent / "rules"


class Example(NamedTuple):
    """One file of a rule's example."""

    title: str
    kind: str
    text: str


class Rule(NamedTuple):
    """A rule and all that is known about it.

    Attributes:
        id: Short, unique, never given to another rule.
        element: The part of the category in which it counts; empty when it counts nowhere.
        delegate: The program that finds it; empty for Hitless's own rules.
    """

    id: str
    slug: str
    category: Category
    element: str
    severity: Severity
    check: Checker
    fix: Fix = Fix.NONE
    confidence: Confidence = Confidence.HIGH
    persona: Persona = Persona.REGULAR
    since: str = "0.2.0"
    delegate: str = ""

    @property
    def text(self) -> str:
        """Its documentation; nobody asks for it where nothing was found."""
        return _dedented(self.check.__doc__ or "")

    @property
    def title(self) -> str:
        """What is wrong where the rule finds something, in one line."""
        return self.text.strip().partition("\n")[0].rstrip(".")

    def section(self, name: str) -> str:
        """One part of the documentation; empty when it is missing."""
        found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", self.text, re.MULTILINE | re.DOTALL)
        return found[1].strip() if found else ""

    def examples(self, name: str) -> list[Example]:
        """The files in the section ``Bad`` or ``Good``."""
        found = re.findall(BLOCK, self.section(name) + "\n", re.MULTILINE | re.DOTALL)
        return [Example(title, kind, text) for kind, title, text in found]

    @property
    def weighed(self) -> Weighed:
        """Where it counts."""
        return Weighed(self.category, self.element, self.severity.weight)


def rule(
    identifier: str,
    category: Category,
    element: str,
    severity: Severity,
    *,
    fix: Fix = Fix.NONE,
    confidence: Confidence = Confidence.HIGH,
    persona: Persona = Persona.REGULAR,
    delegate: str = "",
) -> Callable[[Checker], Rule]:
    """Make a function a rule; its docstring is the documentation."""

    def made(check: Checker) -> Rule:
        return Rule(
            id=identifier,
            slug=check.__name__,
            category=category,
            element=element,
            severity=severity,
            check=check,
            fix=fix,
            confidence=confidence,
            persona=persona,
            delegate=delegate,
        )

    return made


def rules() -> list[Rule]:
    """Every rule, by id.

    Raises:
        LookupError: when a file's name and its rule's differ, or two rules share an id.
    """
    found: dict[str, Rule] = {}
    for name in _modules():
        one = getattr(importlib.import_module(name), name.rpartition(".")[2], None)
        if not isinstance(one, Rule):
            raise LookupError(f"{name} has no rule of its own name")  # noqa: TRY004  # it is not there
        if one.id in found:
            raise LookupError(f"{name}: id {one.id} belongs to {found[one.id].slug}")
        found[one.id] = one
    return [found[key] for key in sorted(found)]


def _modules() -> Iterator[str]:
    for folder in sorted(one for one in os.listdir(HOME) if one.isidentifier()):  # noqa: PTH208
        for file in sorted(os.listdir(f"{HOME}/{folder}")) if folder[0] != "_" else ():  # noqa: PTH208
            if file.endswith(".py") and file[0] != "_":
                yield f"hitless.audit.rules.{folder}.{file.removesuffix('.py')}"


def _dedented(text: str) -> str:
    """A docstring without its indentation; ``inspect`` would cost more than all rules."""
    first, _, rest = text.partition("\n")
    return f"{first.strip()}\n" + "\n".join(line[4:] for line in rest.split("\n"))
