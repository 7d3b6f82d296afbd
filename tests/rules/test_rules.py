"""Every rule finds what its page calls bad, and nothing in what its page calls good."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import SECTIONS, rules
from hitless.audit.repository import Repository
from hitless.domain.finding import Persona, Standing
from hitless.domain.score import ELEMENTS

if TYPE_CHECKING:
    from hitless.audit.registry import Rule
    from hitless.domain.finding import Result

RULES = rules()
OWN = [one for one in RULES if not one.delegate]


def result_of(rule: Rule, texts: dict[str, str]) -> Result:
    repository = Repository(MemoryFiles(texts))
    report = audit(repository, [rule], today="2026-01-01", persona=Persona.PEDANTIC)
    return report.results[0]


def files(rule: Rule, section: str) -> dict[str, str]:
    return {one.title: one.text for one in rule.examples(section)}


@pytest.mark.parametrize("rule", OWN, ids=lambda one: one.id)
def test_what_a_page_calls_bad_is_found_in_one_of_its_files(rule: Rule) -> None:
    texts = files(rule, "Bad")
    found = result_of(rule, texts)
    assert found.standing is Standing.CHECKED
    assert found.findings
    for finding in found.findings:
        assert finding.place.path in texts
        assert 1 <= finding.place.line <= texts[finding.place.path].count("\n") + 1


@pytest.mark.parametrize("rule", OWN, ids=lambda one: one.id)
def test_what_a_page_calls_good_was_looked_at_and_is_clean(rule: Rule) -> None:
    found = result_of(rule, files(rule, "Good"))
    assert found.findings == ()
    assert found.standing is Standing.CHECKED


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.id)
def test_a_rule_tells_all_that_its_page_needs(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{2}[0-9]{2}|K8[0-9]{2}", rule.id)
    assert len(rule.title) <= 90
    assert [name for name in SECTIONS if not rule.section(name)] == []
    assert rule.element in ("", *ELEMENTS[rule.category])


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.id)
def test_a_rule_has_nothing_to_say_about_an_empty_repository(rule: Rule) -> None:
    assert result_of(rule, {}).standing is not Standing.CHECKED


def test_every_element_of_the_score_has_a_rule() -> None:
    used = {(one.category, one.element) for one in RULES}
    assert [e for c, names in ELEMENTS.items() for e in names if (c, e) not in used] == []


def test_ids_are_never_shared() -> None:
    assert len({one.id for one in RULES}) == len(RULES)
    assert len({one.title for one in RULES}) == len(RULES)
