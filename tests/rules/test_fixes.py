"""Every fix closes what its rule's page calls bad, and changes nothing the second time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hitless.fix.fixes
from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Fix, Persona
from hitless.fix.catalogue import fixes_of
from hitless.fix.plan import Wish, plan
from hitless.fix.registry import fix_of

if TYPE_CHECKING:
    from hitless.audit.registry import Rule
    from hitless.fix.plan import FixPlan

RULES = rules()
PROMISED = [one for one in RULES if one.fix is not Fix.NONE and not one.delegate]
# What generators close is held on whole repositories, in tests/unit/fix/test_closes.py.
FIXED = [one for one in PROMISED if fix_of(one) is not None]


def bad(rule: Rule) -> dict[str, str]:
    return {one.title: one.text for one in rule.examples("Bad")}


def fixed(texts: dict[str, str], rule: Rule) -> FixPlan:
    wish = Wish("2026-01-01", frozenset((rule.id,)), unsafe=True, persona=Persona.PEDANTIC)
    return plan(MemoryFiles(texts), RULES, wish)


def texts_after(texts: dict[str, str], found: FixPlan) -> dict[str, str]:
    return {**texts, **{one.path: one.after for one in found.files}}


@pytest.mark.parametrize("rule", FIXED, ids=lambda one: one.id)
def test_what_a_page_calls_bad_is_closed_by_its_fix(rule: Rule) -> None:
    found = fixed(bad(rule), rule)
    assert [one.message for one in found.before.findings if one.rule == rule.id]
    assert [one.reason for told in found.told for one in told.refusals] == []
    assert [one.message for one in found.after.findings if one.rule == rule.id] == []


@pytest.mark.parametrize("rule", FIXED, ids=lambda one: one.id)
def test_a_second_run_changes_nothing(rule: Rule) -> None:
    once = texts_after(bad(rule), fixed(bad(rule), rule))
    assert fixed(once, rule).files == ()


@pytest.mark.parametrize("rule", FIXED, ids=lambda one: one.id)
def test_comments_and_line_ends_stay_as_they_are(rule: Rule) -> None:
    texts = {
        path: _windows(text) if _has_comments(path) else text for path, text in bad(rule).items()
    }
    for one in fixed(texts, rule).files:
        if one.before is not None and _has_comments(one.path):
            assert "\n" not in one.after.replace("\r\n", "")
            assert one.after.startswith("# before\r\n")
            assert one.after.endswith("# after\r\n")


def _has_comments(path: str) -> bool:
    return path.endswith((".yml", ".yaml")) and not path.startswith(".github/")


def _windows(text: str) -> str:
    return f"# before\n{text}# after\n".replace("\n", "\r\n")


def test_every_rule_that_promises_a_fix_has_one() -> None:
    assert [one.id for one in PROMISED if not fixes_of(one)] == []


def test_every_file_among_the_fixes_belongs_to_a_rule() -> None:
    home = Path(hitless.fix.fixes.__file__).parent
    files = {f"{one.parent.name}.{one.stem}" for one in home.glob("*/[a-z]*.py")}
    owned = {one.check.__module__.removeprefix("hitless.audit.rules.") for one in FIXED}
    assert files == owned


def test_a_rule_that_only_a_person_can_close_has_no_fix() -> None:
    assert [one.id for one in RULES if one.fix is Fix.NONE and fixes_of(one)] == []
