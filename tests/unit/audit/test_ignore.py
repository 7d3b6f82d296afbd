"""What a person accepted is told apart from what is right, and needs a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.audit.repository import Repository
from hitless.domain.errors import ConfigInvalid

if TYPE_CHECKING:
    from hitless.audit.engine import Report

CHOSEN = [one for one in rules() if one.id in ("CP05", "CP19")]
COMPOSE = "services:\n  api:{}\n    image: example/api:1.0\n  db:\n    image: example/db:1.0\n"


def report(comment: str = "", settings: str = "", today: str = "2026-06-01") -> Report:
    texts = {"compose.yml": COMPOSE.format(comment)}
    if settings:
        texts["hitless.yaml"] = settings
    return audit(Repository(MemoryFiles(texts)), CHOSEN, today=today)


def found(one: Report) -> list[tuple[str, str]]:
    return [(finding.rule, finding.subject) for finding in one.findings]


def notices(one: Report) -> list[str]:
    return [text for _, text in one.notices]


def test_a_comment_covers_the_block_that_it_stands_on() -> None:
    made = report("  # hitless: ignore[CP05] the machine is ours alone")
    assert found(made) == [("CP19", "api"), ("CP05", "db"), ("CP19", "db")]
    assert [one.ignored for one in made.ignored] == ["the machine is ours alone"]
    assert notices(made) == []


def test_what_is_accepted_counts_as_passed() -> None:
    made = report("  # hitless: ignore[CP05] the machine is ours alone")
    assert next(one.value for one in made.results if one.rule == "CP05") == 0.5


def test_an_ignore_without_reason_is_not_in_force() -> None:
    made = report("  # hitless: ignore[CP05]")
    assert ("CP05", "api") in found(made)
    assert notices(made) == ["ignore of CP05 gives no reason and is not in force"]


def test_an_ignore_that_covers_nothing_is_told() -> None:
    assert notices(report("  # hitless: ignore[CP10] private network")) == [
        "ignore of CP10 covers nothing; remove it"
    ]


SETTINGS = (
    "audit:\n  ignore:\n    - {rule: CP05, subject: db, reason: measured, until: 2026-06-30}\n"
)


def test_hitless_yaml_ignores_by_rule_path_and_subject() -> None:
    assert ("CP05", "db") not in found(report(settings=SETTINGS))
    assert ("CP05", "api") in found(report(settings=SETTINGS))


def test_an_ignore_ends_on_its_last_day() -> None:
    assert ("CP05", "db") not in found(report(settings=SETTINGS, today="2026-06-30"))
    later = report(settings=SETTINGS, today="2026-07-01")
    assert ("CP05", "db") in found(later)
    assert notices(later) == ["ignore of CP05 ended on 2026-06-30"]


def test_weights_of_categories_can_be_set() -> None:
    assert report(settings="audit: {weights: {Orchestration: 100}}").score.parts[1].weight == 100


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            "audit:\n  ignore:\n    - {rule: CP05}\n",
            "hitless.yaml:3: an ignore needs the key 'reason'",
        ),
        ("audit: {ignore: [{rule: A, reason: b, until: soon}]}", "not a date: 'soon'"),
        ("audit: {weights: {Cats: 1}}", "not the weight of a category: Cats: 1"),
        ("audit: [", "hitless.yaml:2: not YAML"),
    ],
)
def test_a_mistake_in_the_section_is_told_with_its_line(settings: str, told: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        report(settings=settings)
    assert told in caught.value.details[0]


def test_a_rule_that_crashes_is_named_and_never_passed_over() -> None:
    broken = CHOSEN[0]._replace(check=lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(RuntimeError, match=r"rule CP05 .* failed: ZeroDivisionError"):
        audit(Repository(MemoryFiles({})), [broken], today="2026-01-01")
