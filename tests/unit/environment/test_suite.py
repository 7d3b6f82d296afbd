from pathlib import Path

import pytest

from environment import facts, suite
from environment.suite import Outcome, Part, Result
from tools import checkers

REPOSITORY = facts.ROOT
ALL_TOOLS = {"chromium", "kubernetes", "go modules", *suite.CHECKERS}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for layer in ("unit", "contract", "e2e"):
        (tmp_path / "tests" / layer).mkdir(parents=True)
        (tmp_path / "tests" / layer / "test_something.py").touch()
    (tmp_path / "tests/golden").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def _own_logs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(suite, "LOGS", tmp_path)
    monkeypatch.setattr(suite, "COVERAGE", tmp_path)
    monkeypatch.setattr(facts, "ROOT", tmp_path)
    monkeypatch.setattr(checkers, "modules_come", lambda: True)  # asks the network


def named(parts: tuple[Part, ...]) -> dict[str, Part]:
    return {part.name: part for part in parts}


def one(part: Part) -> Result:
    return suite.run([part])[0]


def test_the_parts_are_the_layers_that_hold_tests(checkout: Path) -> None:
    names = list(named(suite.parts(checkout, ALL_TOOLS)))
    assert names == [
        *("lint", "types", "imports", "audit", "unit", "contract", "e2e", "quiet e2e"),
        *("coverage", "stack lint", "stack tests", "dashboard", "stack pages"),
    ]


def test_e2e_is_a_part_even_without_a_test_so_that_it_fails(checkout: Path) -> None:
    (checkout / "tests/e2e/test_something.py").unlink()
    assert "e2e" in named(suite.parts(checkout, ALL_TOOLS))


def test_without_other_people_s_checkers_their_tests_are_listed_as_not_run(checkout: Path) -> None:
    assert "checkers" not in named(suite.parts(checkout, set()))
    (checkout / "tests/checkers").mkdir()
    (checkout / "tests/checkers/test_something.py").touch()
    part = named(suite.parts(checkout, {"promtool"}))["checkers"]
    assert part.lacking == "actionlint, amtool: python -m tools.checkers"
    assert one(part).outcome is Outcome.NOT_RUN
    assert not named(suite.parts(checkout, ALL_TOOLS))["checkers"].lacking


def test_no_collected_tests_are_a_failure() -> None:
    result = one(Part("e2e", (("sh", "-c", "exit 5"),)))
    assert result.outcome is Outcome.FAILED
    assert result.note == "no tests were collected"


def test_without_a_browser_its_tests_are_listed_as_not_run(checkout: Path) -> None:
    parts = named(suite.parts(checkout, {"kubernetes"}))
    assert parts["browser"].lacking == "chromium is not installed"
    assert parts["stack pages"].lacking == "chromium is not installed"
    assert all("not browser" in str(parts[name]) for name in ("e2e", "quiet e2e"))
    assert one(parts["browser"]).outcome is Outcome.NOT_RUN


def test_without_an_api_server_its_tests_are_listed_as_not_run(checkout: Path) -> None:
    parts = named(suite.parts(checkout, {"go modules"}))
    assert "python -m tools.kubernetes" in parts["kubernetes"].lacking
    assert "not browser and not kubernetes" in parts["contract"].commands[0]
    assert one(parts["kubernetes"]).outcome is Outcome.NOT_RUN
    others = {"chromium", "go modules"}
    assert "not kubernetes" in named(suite.parts(checkout, others))["contract"].commands[0]
    assert "kubernetes" not in named(suite.parts(checkout, ALL_TOOLS))


def test_where_modules_of_go_cannot_be_fetched_what_needs_them_is_listed_as_not_run(
    checkout: Path,
) -> None:
    parts = named(suite.parts(checkout, ALL_TOOLS - {"go modules"}))
    assert parts["go_modules"].lacking == "modules of Go cannot be fetched, or Go is not on PATH"
    assert parts["contract"].commands[0][-2] == "not go_modules"
    assert one(parts["go_modules"]).outcome is Outcome.NOT_RUN
    assert "go_modules" not in named(suite.parts(checkout, ALL_TOOLS))


def test_coverage_is_demanded_of_the_packages_that_decide(checkout: Path) -> None:
    report = named(suite.parts(checkout, ALL_TOOLS))["coverage"].commands[-1]
    assert "--fail-under=95" in report
    for package in ("domain", "stack", "deploy"):
        assert f"src/hitless/{package}/*" in " ".join(report)


def test_unit_tests_alone_are_measured_and_reach_it(checkout: Path) -> None:
    measured = [part.name for part in suite.parts(checkout, ALL_TOOLS) if "--cov" in str(part)]
    assert measured == ["unit"]


def test_nothing_runs_beside_the_stories_that_look_at_what_users_lose() -> None:
    groups = suite.grouped(suite.parts(REPOSITORY, ALL_TOOLS))
    stories = [[part.name for part in group] for group in groups if "tests/e2e" in str(group)]
    assert stories == [["e2e"], ["quiet e2e"]]


def test_every_story_is_run_beside_another_or_alone(checkout: Path) -> None:
    parts = named(suite.parts(checkout, ALL_TOOLS))
    (beside,), (alone,) = parts["e2e"].commands, parts["quiet e2e"].commands
    assert "not quiet" in beside
    assert "quiet" in alone
    assert "--numprocesses=2" not in alone


def test_hitless_and_its_stack_are_audited_and_a_score_that_falls_fails(tmp_path: Path) -> None:
    own, stack = named(suite.parts(REPOSITORY, ALL_TOOLS))["audit"].commands
    assert own[2] == "."
    assert stack[2] == suite.STACK
    (tmp_path / suite.STACK).mkdir(parents=True)
    for folder in (tmp_path, tmp_path / suite.STACK):
        (folder / "compose.yml").write_text("services: {db: {image: postgres}}\n")
    for command in (own, (*own[:-1], "never"), stack):
        assert one(Part("audit", (command,))).outcome is Outcome.FAILED


def test_the_first_failing_command_of_a_part_ends_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    result = one(Part("lint", (("false",), ("touch", str(mark)))))
    assert result.outcome is Outcome.FAILED
    assert not mark.exists()


def test_a_failed_part_shows_the_end_of_its_output(capsys: pytest.CaptureFixture[str]) -> None:
    one(Part("types", (("sh", "-c", "echo the reason; exit 1"),)))
    printed = capsys.readouterr().out
    assert "the reason" in printed
    assert "types.log" in printed


def test_a_passed_part_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    one(Part("types", (("echo", "chatter"),)))
    assert "chatter" not in capsys.readouterr().out


def test_a_part_is_told_nothing_about_this_machine() -> None:
    told = {"CI": "true", "GITHUB_SHA": "x", "PGHOST": "x", "HITLESS_SLOT": "x", "DOCKER_TAG": "x"}
    kept = {"PATH": "/bin", "CIRCLE": "x", "DOCKER_HOST": "unix:///x", "PIP_CERT": "/ca"}
    assert suite.scrubbed({**told, **kept}) == kept


@pytest.mark.parametrize(
    ("closing", "expected"),
    [
        ("12 passed in 0.10s", {"passed": 12}),
        ("1 failed, 3 passed, 2 deselected in 61.00s (0:01:01)", {"failed": 1, "passed": 3}),
        ("2 passed, 1 error in 1.00s", {"passed": 2, "error": 1}),
        ("no tests ran in 0.01s", {}),
        ("assert 3 passed", {}),
    ],
)
def test_tests_are_counted_from_the_closing_line(closing: str, expected: dict[str, int]) -> None:
    assert suite.counts(f"....\n{closing}\n") == expected


def test_the_summary_ends_with_the_number_of_tests() -> None:
    results = [
        Result("unit", Outcome.PASSED, 1.0, {"passed": 10}),
        Result("e2e", Outcome.FAILED, 1.0, {"passed": 1, "failed": 2, "error": 1}),
        Result("browser", Outcome.NOT_RUN, note="chromium is not installed"),
    ]
    text = suite.summary(results)
    assert text.endswith("failed: e2e\n11 passed, 3 failed")
    assert "browser  not run (chromium is not installed)" in text


def test_the_summary_says_why_in_the_end_whatever_was_printed_before() -> None:
    log = "E   assert 1 == 2\nFAILED tests/e2e/test_x.py::test_y - assert 1 == 2\n" + "log\n" * 99
    found = Result("e2e", Outcome.FAILED, 1.0, {"failed": 1}, reasons=suite.reasons(log))
    end = suite.summary([found]).splitlines()[-4:]
    assert end[0] == "  e2e: E   assert 1 == 2"
    assert end[1].startswith("  e2e: FAILED tests/e2e/test_x.py::test_y")


def test_of_a_part_without_tests_the_last_lines_are_the_reason() -> None:
    assert suite.reasons("a\n\nb\nc\nerror: d\n") == ("b", "c", "error: d")


def test_parts_that_leave_each_other_alone_run_at_the_same_time() -> None:
    """Each waits for the other's sign: one after the other they would never end."""
    meet = "touch {0}; while [ ! -e {1} ]; do sleep 0.01; done"
    contract = Part("contract", (("sh", "-c", meet.format("c", "d")),))
    docs = Part("docs", (("sh", "-c", meet.format("d", "c")),))
    results = suite.run(suite.grouped([contract, Part("e2e"), docs])[0])
    assert [result.outcome for result in results] == [Outcome.PASSED, Outcome.PASSED]


def test_an_unknown_part_is_a_mistake_not_a_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert suite.main(["untypes"]) == 2
    assert "untypes" in capsys.readouterr().err
