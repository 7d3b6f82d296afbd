"""Whole repositories: everything that a person found in them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.repository import Repository
from hitless.documents.yaml_tree import parse
from hitless.domain.finding import Severity, Standing

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXPECTED = "expected.yaml"
RULES = rules()
CLEAN = {
    "django-celery",
    "empty",
    "go-binary",
    "images-only",
    "kubernetes-only",
    "node-only",
    "plain-nginx",
}
Found = tuple[str, str, int]


def repository(name: str) -> Repository:
    root = FIXTURES / name
    paths = [path for path in root.rglob("*") if path.is_file() and path.name != EXPECTED]
    return Repository(
        MemoryFiles({path.relative_to(root).as_posix(): path.read_text() for path in paths})
    )


def expected(name: str) -> set[Found]:
    tree = parse((FIXTURES / name / EXPECTED).read_text(), EXPECTED)
    return {(one.say("rule"), one.say("file"), int(one.say("line"))) for one in tree.items}


def found(name: str) -> set[Found]:
    report = audit(repository(name), RULES, today="2026-01-01")
    return {(one.rule, one.place.path, one.place.line) for one in report.findings}


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_repository_has_the_findings_that_a_person_expects(name: str) -> None:
    wanted, got = expected(name), found(name)
    right = len(wanted & got)
    print(f"{name}: precision {right}/{len(got)}, recall {right}/{len(wanted)}")
    assert sorted(got - wanted) == []
    assert sorted(wanted - got) == []


def test_clean_repositories_have_no_finding_at_all() -> None:
    assert {path.name for path in FIXTURES.iterdir() if not expected(path.name)} == CLEAN


def test_what_a_repository_has_nothing_of_is_no_bad_mark() -> None:
    report = audit(repository("kubernetes-only"), RULES, today="2026-01-01")
    absent = {one.rule for one in report.standing(Standing.NOT_APPLICABLE)}
    assert {"CP05", "DB08", "CI01", "DF05", "NX01", "MO01"} <= absent
    assert report.score.total == 10.0
    assert audit(repository("empty"), RULES, today="2026-01-01").score.total is None


def test_the_legacy_stack_holds_a_flaw_of_nearly_every_own_rule_that_matters() -> None:
    seeded = {rule for rule, _, _ in expected("legacy-stack")}
    grave = {one.id for one in RULES if one.severity in (Severity.CRITICAL, Severity.HIGH)}
    assert len(seeded & grave) >= 40
    report = audit(repository("legacy-stack"), RULES, today="2026-01-01")
    assert not report.score.ready
    assert (report.score.total or 10) < 3
