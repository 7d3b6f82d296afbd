"""Which fixes there are. A fix is imported when its rule has found something."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hitless.audit.registry import Rule
    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

    Fixer = Callable[[Repository, Sequence[Finding]], Iterator[Step]]

RULES = "hitless.audit.rules"
FIXES = "hitless.fix.fixes"
# What is deployed comes before how it is asked for its health, and that before who waits for it.
# New files tell of all that.
WHAT_RUNS, HEALTH, LAST, GENERATED = range(4)


@dataclass(frozen=True, slots=True)
class Fix:
    """How the findings of one rule are closed.

    Attributes:
        rule: The rule's id.
        slug: The rule's slug, which is the function's name too.
        turn: Fixes with a lower one come first, for others build on what they do.
        steps: From the repository and the findings that nobody accepted to what is to be done.
    """

    rule: str
    slug: str
    steps: Fixer
    turn: int = LAST


def fix(rule: str, *, turn: int = LAST) -> Callable[[Fixer], Fix]:
    """Make a function the fix of a rule."""

    def made(steps: Fixer) -> Fix:
        return Fix(rule, steps.__name__, steps, turn)

    return made


def fix_of(rule: Rule) -> Fix | None:
    """The fix of a rule; None when nobody wrote one.

    Raises:
        LookupError: when a file is there and its fix has another name or another rule.
    """
    module = rule.check.__module__
    name = f"{FIXES}{module.removeprefix(RULES)}"
    if not module.startswith(RULES) or not _exists(name):
        return None
    found = getattr(importlib.import_module(name), rule.slug, None)
    if not isinstance(found, Fix) or found.rule != rule.id:
        raise LookupError(f"{name} has no fix of {rule.id} called {rule.slug}")
    return found


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # no fix of this category yet
        return False
