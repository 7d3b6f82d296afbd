"""The sum is the one that is written down, and every term of it can be told."""

from __future__ import annotations

import pytest

from hitless.domain.finding import Finding, Place, Result, Severity, Standing
from hitless.domain.score import ELEMENTS, WEIGHTS, Category, Weighed, score, shown, weighted, word


def test_the_golden_sum() -> None:
    assert weighted(zip(WEIGHTS.values(), (7, 8, 1, 3, 6, 5, 9), strict=True)) == pytest.approx(
        4.85
    )


def test_the_golden_sum_by_rules() -> None:
    values = dict(zip(WEIGHTS, (7, 8, 1, 3, 6, 5, 9), strict=True))
    rules = {c.value: Weighed(c, ELEMENTS[c][0], 10.0) for c in Category}
    results = [Result(c.value, Standing.CHECKED, v / 10, 10) for c, v in values.items()]
    assert score(results, rules).total == pytest.approx(4.85)


def test_what_does_not_apply_or_was_not_checked_counts_in_neither_sum() -> None:
    rules = {"A": Weighed(Category.CI, "build", 10.0), "B": Weighed(Category.CI, "build", 5.0)}
    results = [
        Result("A", Standing.CHECKED, 0.5, 2),
        Result("B", Standing.NOT_CHECKED, 0.0),
        Result("C", Standing.NOT_APPLICABLE, 0.0),
    ]
    made = score(results, rules)
    assert made.total == pytest.approx(5.0)
    assert [part.category for part in made.parts if part.value is not None] == [Category.CI]
    assert score([], rules).total is None


def test_severities_weigh_as_written_down() -> None:
    rules = {
        "A": Weighed(Category.CI, "build", Severity.CRITICAL.weight),
        "B": Weighed(Category.CI, "build", Severity.LOW.weight),
    }
    results = [Result("A", Standing.CHECKED, 0.0, 1), Result("B", Standing.CHECKED, 1.0, 1)]
    assert score(results, rules).total == pytest.approx(10 * 2.5 / 12.5)


def test_the_effect_of_a_rule_is_the_difference_it_makes() -> None:
    rules = {
        "A": Weighed(Category.CI, "build", 10.0),
        "B": Weighed(Category.CI, "build", 5.0),
        "C": Weighed(Category.DOCKER, "non-root", 5.0),
    }
    results = [Result(name, Standing.CHECKED, 0.25, 4) for name in rules]
    made = score(results, rules)
    for name in rules:
        mended = [Result(n, Standing.CHECKED, 1.0 if n == name else 0.25, 4) for n in rules]
        after = score(mended, rules).total
        assert after is not None
        assert made.total is not None
        assert made.effect(name) == pytest.approx(after - made.total)


def test_one_critical_finding_decides_about_readiness_and_not_about_the_number() -> None:
    finding = Finding("A", Severity.CRITICAL, Place("f", 1), "api", "open")
    rules = {"A": Weighed(Category.CI, "build", 10.0)}
    result = Result("A", Standing.CHECKED, 0.999, 1000, (finding,))
    assert not score([result], rules).ready
    assert score([Result("A", Standing.CHECKED, 0.0, 1)], rules).ready


@pytest.mark.parametrize(("value", "text"), [(9.999, "9.99"), (4.85, "4.85"), (10.0, "10.00")])
def test_nothing_is_rounded_up(value: float, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (1.0, "Excellent"),
        (0.9, "Excellent"),
        (0.65, "Good"),
        (0.35, "Satisfactory"),
        (0.1, "Weak"),
        (0.0, "Absent"),
        (None, "n/a"),
    ],
)
def test_words(value: float | None, name: str) -> None:
    assert word(value) == name


def test_a_fingerprint_outlives_a_line() -> None:
    one = Finding("A", Severity.LOW, Place("f", 1), "api", "text", "value")
    assert (
        one.fingerprint
        == Finding("A", Severity.HIGH, Place("f", 9), "api", "x", "value").fingerprint
    )
    assert (
        one.fingerprint
        != Finding("A", Severity.LOW, Place("f", 1), "db", "text", "value").fingerprint
    )
