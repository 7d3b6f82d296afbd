"""After the new files are there, the rules that asked for them have nothing more to say."""

from __future__ import annotations

from functools import cache

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.engine import audit
from hitless.audit.registry import rules
from hitless.fix.generate.all import generators
from hitless.fix.plan import Wish, plan
from testing.generated import CASES, given, made, repository

RULES = rules()
CLOSES = {one for _, generator in generators() for one in generator.CLOSES}
LEFT = {
    # A value that is empty in .env.example, a file of somebody's own.
    "legacy-stack": {"CP02"},
}
UNASKED = {
    # The tests in the ci.yml that is made apply these migrations.
    "django-celery": {".github/workflows/migration-check.yml"},
    # An edit of the example file that is there has closed it before.
    "legacy-stack": {".env.more.example"},
}


@cache
def findings(case: str, *, after: bool) -> dict[str, str]:
    texts = given(case) | (made(case) if after else {})
    report = audit(repository(texts), RULES, today="2026-01-01")
    return {one.fingerprint: one.rule for one in report.findings}


@pytest.mark.parametrize("case", CASES)
def test_the_rules_that_a_generator_closes_find_nothing_more(case: str) -> None:
    before = set(findings(case, after=False).values()) & CLOSES
    after = set(findings(case, after=True).values()) & CLOSES
    assert before
    assert after == LEFT.get(case, set())


@pytest.mark.parametrize("case", CASES)
def test_the_new_files_have_no_flaw_of_their_own(case: str) -> None:
    assert findings(case, after=True).keys() <= findings(case, after=False).keys()


def test_every_rule_that_somebody_closes_was_closed_in_some_case() -> None:
    closed: set[str] = set()
    for case in CASES:
        before = findings(case, after=False)
        closed |= {rule for key, rule in before.items() if key not in findings(case, after=True)}
    # What DB09 and DO04 ask for is made together with what DB08 and DO05 ask for, or alone
    # in test_generators.py.
    assert CLOSES - closed <= {"CI02", "CI03", "DB09", "DO04"}


@pytest.mark.parametrize("case", CASES)
def test_a_second_run_makes_nothing(case: str) -> None:
    again = repository(given(case) | made(case))
    assert {path: name for name, one in generators() for path in one.files(again)} == {}


@pytest.mark.parametrize("case", CASES)
def test_what_users_run_writes_every_file_that_is_made(case: str) -> None:
    planned = plan(
        MemoryFiles(given(case)), RULES, Wish("2026-01-01", frozenset(CLOSES), name=case)
    )
    missing = made(case).keys() - {one.path for one in planned.files}
    assert missing == UNASKED.get(case, set())
