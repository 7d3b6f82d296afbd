"""A plan closes findings, opens none, and says what it leaves and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Place
from hitless.fix import plan as plans
from hitless.fix.edit import Edit, NewFile
from hitless.fix.plan import Wish, plan
from hitless.fix.registry import Fix
from hitless.fix.step import together
from hitless.fix.yaml_edit import Remove, Set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.audit.registry import Rule
    from hitless.domain.finding import Finding
    from hitless.fix.plan import FixPlan
    from hitless.fix.registry import Fixer
    from hitless.fix.step import Action, Step

    With: TypeAlias = Callable[[Callable[[], Iterator[Step]]], FixPlan]

RULES = rules()
PATH = "compose.yml"
DB = "  db:\n    image: postgres:17\n    ports: ['5432:5432']\n    restart: always\n"
OPEN = {PATH: f"services:\n{DB}"}
CP10 = Wish("2026-01-01", frozenset(("CP10",)))


@pytest.fixture
def planned_with(monkeypatch: pytest.MonkeyPatch) -> With:
    """The plan for an open database whose fix is another one."""

    def planned(steps: Callable[[], Iterator[Step]]) -> FixPlan:
        fixer: Fixer = lambda _repository, _findings: steps()  # noqa: E731
        monkeypatch.setattr(plans, "fix_of", lambda rule: _only(rule, fixer))
        return plan(MemoryFiles(OPEN), RULES, CP10)

    return planned


def _only(rule: Rule, fixer: Fixer) -> Fix | None:
    return Fix("CP10", "public_data_port", fixer) if rule.id == "CP10" else None


PORT = ("services", "db", "ports", 0)


def refusals(found: FixPlan) -> list[str]:
    return [one.reason for told in found.told for one in told.refusals]


def test_an_edit_that_does_not_close_its_finding_is_dropped(planned_with: With) -> None:
    found = planned_with(lambda: iter([Set(PATH, PORT, "5433:5432")]))
    assert found.files == ()
    assert refusals(found) == ["its finding would still be there"]
    assert found.why_remains(_finding(found)) == "its finding would still be there"


def test_an_edit_that_opens_a_grave_finding_is_dropped(planned_with: With) -> None:
    privileged = Set(PATH, ("services", "db", "privileged"), value=True)
    closing = Set(PATH, PORT, "127.0.0.1:5432:5432")
    found = planned_with(lambda: iter([closing, privileged]))
    assert found.files == ()
    assert refusals(found) == ["it would open another: CP27 at compose.yml:6"]


def test_of_edits_that_belong_together_none_is_made_when_one_cannot_be(planned_with: With) -> None:
    closing = Set(PATH, PORT, "127.0.0.1:5432:5432")
    at = Place(PATH, 4)
    impossible: list[Action] = [
        Remove(PATH, ("networks",)),
        Edit(PATH, 5, 9999, ""),
        Set("absent.yml", ("a",), "b"),
        NewFile(PATH, "it is there"),
        NewFile("../outside", ""),
    ]
    for one in impossible:
        assert planned_with(partial(iter, [together(at, closing, one)])).files == ()
    new = NewFile("docs/ports.md", "# Ports\n")
    found = planned_with(lambda: iter([together(at, closing, new)]))
    assert [one.path for one in found.files] == [PATH, "docs/ports.md"]
    assert found.files[1].before is None


def test_raw_edits_and_meant_ones_live_side_by_side(planned_with: With) -> None:
    start = OPEN[PATH].index("always")
    closing = Set(PATH, PORT, "127.0.0.1:5432:5432")
    raw = Edit(PATH, start, start + len("always"), "unless-stopped")
    found = planned_with(lambda: iter([closing, raw]))
    assert found.files[0].after == OPEN[PATH].replace("'5432", "'127.0.0.1:5432").replace(
        "always", "unless-stopped"
    )


def test_a_fix_that_crashes_is_a_bug_and_told_as_one(planned_with: With) -> None:
    def crashes() -> Iterator[Step]:
        raise KeyError("x")
        yield

    with pytest.raises(RuntimeError, match="CP10"):
        planned_with(crashes)


def test_what_one_fix_makes_possible_another_does_in_the_next_round() -> None:
    text = "x: &log\n  driver: json-file\nservices:\n  a:\n    image: a:1\n    logging: *log\n"
    found = plan(MemoryFiles({PATH: text}), RULES, Wish("2026-01-01"))
    assert found.files[0].after.count("max-size") == 1
    assert found.files[0].after.count("max-file") == 1


def test_bytes_that_are_no_text_are_never_rewritten() -> None:
    class Latin(MemoryFiles):
        def read(self, path: str, most: int) -> bytes:
            return super().read(path, most) + b"# \xe9\n"

    found = plan(Latin(OPEN), RULES, CP10)
    assert found.files == ()
    assert refusals(found) == ["compose.yml is not UTF-8"]


def _finding(found: FixPlan) -> Finding:
    return next(one for one in found.after.findings if one.rule == "CP10")
