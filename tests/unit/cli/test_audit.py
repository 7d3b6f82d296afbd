"""`hitless audit` as a user meets it: every format, every exit status."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from hitless.audit import engine
from hitless.audit.registry import rules
from hitless.cli.main import main
from hitless.cli.render.audit.markdown import Language
from hitless.cli.render.audit.ukrainian import REASONS, TITLES, WORDS
from hitless.domain.errors import UsageError
from hitless.domain.finding import Severity
from hitless.domain.score import ELEMENTS

OPEN = "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "compose.yml").write_text(OPEN)
    return tmp_path


def hitless(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)


def test_the_text_names_file_line_and_rule_and_what_was_not_looked_at(repository: Path) -> None:
    said = hitless("audit", repository)
    assert said.exit_code == 1
    assert said.output.startswith("compose.yml\n")
    assert "     4  critical  CP10  db listens on every address" in said.output
    assert "not ready: 2 critical findings" in said.output
    assert "rules checked on 1 files" in said.output


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--fail-on", "critical"), 1),
        (("--fail-on", "never"), 0),
        (("--fail-on", "never", "--min-score", "9.9"), 4),
        (("--fail-on", "never", "--min-score", "0"), 0),
        (("--exit-zero", "--min-score", "9.9"), 0),
    ],
)
def test_exit_statuses(repository: Path, options: tuple[str, ...], status: int) -> None:
    assert hitless("audit", repository, *options).exit_code == status


def test_a_required_scanner_that_did_not_run_weighs_more_than_findings(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (repository / "Dockerfile").write_text("FROM a:1\n")
    said = hitless("audit", repository, "--require", "hadolint")
    assert said.exit_code == 5
    assert "hadolint is required and did not run" in said.output
    assert hitless("audit", repository, "--require", "squawk").exit_code == 1  # there is no SQL


def test_an_empty_repository_has_no_bad_mark(tmp_path: Path) -> None:
    said = hitless("audit", tmp_path, "--min-score", "10")
    assert said.exit_code == 0
    assert "Nothing here is what the audit is about." in said.output


def test_only_new_findings_fail_beside_a_baseline(repository: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    baseline.write_text(hitless("audit", repository, "--format", "json").output)
    assert hitless("audit", repository, "--baseline", baseline).exit_code == 0
    (repository / "compose.yml").write_text("# a line above\n" + OPEN)
    assert hitless("audit", repository, "--baseline", baseline).exit_code == 0
    (repository / "compose.yml").write_text(OPEN + "    privileged: true\n")
    assert hitless("audit", repository, "--baseline", baseline).exit_code == 1


def test_what_is_no_baseline_is_refused(repository: Path) -> None:
    with pytest.raises(UsageError, match="is no baseline"):
        hitless("audit", repository, "--baseline", repository / "compose.yml")


def test_json_has_a_version_and_every_finding_its_effect(repository: Path) -> None:
    document = json.loads(hitless("audit", repository, "--format", "json").output)
    assert document["format"] == 1
    assert document["ready"] is False
    one = next(one for one in document["findings"] if one["rule"] == "CP10")
    assert (one["path"], one["line"], one["subject"]) == ("compose.yml", 4, "db")
    assert one["effect"] > 0
    assert len(one["fingerprint"]) == 20


def test_sarif_has_stable_ids_and_fingerprints(repository: Path) -> None:
    run = json.loads(hitless("audit", repository, "--format", "sarif").output)["runs"][0]
    declared = {one["id"] for one in run["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in run["results"]} == declared
    assert all(one["partialFingerprints"]["hitless/v1"] for one in run["results"])


def test_junit_counts_failures_and_skips(repository: Path) -> None:
    suite = ET.fromstring(hitless("audit", repository, "--format", "junit").output)  # noqa: S314  # our own
    assert int(suite.get("failures", "0")) == len(suite.findall("testcase/failure")) > 0
    assert suite.findall("testcase/skipped")


def test_lines_for_github_and_for_editors(repository: Path) -> None:
    github = hitless("audit", repository, "--format", "github").output
    assert "::error file=compose.yml,line=4,title=CP10 db::db listens" in github
    gcc = hitless("audit", repository, "--format", "gcc").output
    assert "compose.yml:4:1: error: db listens on every address" in gcc


def test_the_report_for_a_team_is_there_in_both_languages(repository: Path) -> None:
    english = hitless("audit", repository, "--format", "markdown").output
    ukrainian = hitless("audit", repository, "--format", "markdown", "--language", "uk").output
    assert "## Critical gaps" in english
    assert f"## {WORDS['Critical gaps']}" in ukrainian
    assert f"{TITLES['CP10']} (db)" in ukrainian
    assert english.count("\n|") == ukrainian.count("\n|")


def test_every_rule_has_a_ukrainian_title() -> None:
    assert {one.id for one in rules()} == set(TITLES)
    assert all(WORDS.values())


def test_every_element_and_severity_has_a_ukrainian_word() -> None:
    elements = {name for names in ELEMENTS.values() for name in names}
    assert {*elements, *(one.value for one in Severity)} - set(WORDS) == set()


def reasons_told() -> set[str]:
    """Why rules say that something was not checked; names as {}."""
    found = set()
    for path in Path(engine.__file__).parent.rglob("*.py"):
        for one in ast.walk(ast.parse(path.read_text())):
            if isinstance(one, ast.Call) and ast.unparse(one.func) == "unchecked":
                said = one.args[0]
                parts = said.values if isinstance(said, ast.JoinedStr) else [said]
                texts = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in parts)
                found.add("".join(texts))
    return found


def test_every_reason_not_to_check_is_said_in_ukrainian() -> None:
    assert reasons_told() == set(REASONS)
    say = Language("uk").reason
    for one in reasons_told():
        assert say(one) == REASONS[one]
    both = say("the documentation at docs.shop.example is not read; actionlint is not on PATH")
    assert both == "документації на docs.shop.example не прочитано; actionlint немає в PATH"
    assert Language("en").reason("Jenkinsfile is not read") == "Jenkinsfile is not read"


def test_what_was_not_checked_is_told_without_an_english_word(repository: Path) -> None:
    (repository / "Jenkinsfile").touch()
    (repository / "test_shop.py").touch()
    said = hitless("audit", repository, "--format", "markdown", "--language", "uk").output
    assert "Jenkinsfile не прочитано" in said
    assert "is not" not in said.partition(f"## {WORDS['What was not checked']}")[2]


def test_a_report_in_ukrainian_has_no_english_column(repository: Path) -> None:
    said = hitless("audit", repository, "--format", "markdown", "--language", "uk").output
    assert "| critical |" not in said
    assert "multi-stage" not in said
    assert "(repository)" not in said
    assert f"| {WORDS['Place']} | {WORDS['Rule']} | {WORDS['Severity']} |" in said


def test_the_page_needs_nothing_but_itself(repository: Path) -> None:
    page = hitless("audit", repository, "--format", "html").output
    assert "Score by category" in page
    assert "<script" not in page
    assert 'src="' not in page
    for severity in Severity:
        assert f'<p class="label">{severity.value}</p>' in page


def test_the_page_shows_the_score_before_in_words_and_as_a_mark(repository: Path) -> None:
    commit(repository)
    (repository / "compose.yml").write_text(OPEN.replace("    ports: ['5432:5432']\n", ""))
    page = hitless("audit", repository, "--format", "html", "--diff", "HEAD").output
    assert 'class="was"' in page
    assert "<small>was " in page
    assert "A dark line marks the score before." in page


def test_every_term_of_the_score_is_told(repository: Path) -> None:
    said = hitless("audit", repository, "--explain-score").output
    assert "network isolation" in said
    assert "CP10     10 x 0.00" in said


def commit(repository: Path) -> None:
    for command in (
        ("init", "--quiet"),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "x"),
    ):
        subprocess.run(("git", "-C", repository, *command), check=True)


def test_a_diff_tells_what_a_change_did(repository: Path) -> None:
    commit(repository)
    same = hitless("audit", repository, "--diff", "HEAD")
    assert (same.exit_code, same.output.startswith("0 new\n0 gone")) == (0, True)
    (repository / "compose.yml").write_text(
        OPEN.replace("    ports: ['5432:5432']\n", "    privileged: true\n")
    )
    other = hitless("audit", repository, "--diff", "HEAD")
    assert other.exit_code == 1
    assert "CP27" in other.output.partition("gone")[0]
    assert "CP10" in other.output.partition("gone")[2]


@pytest.mark.parametrize("revision", ["nothing", "--output=x"])
def test_a_revision_that_is_not_there_is_an_error(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError, match="revision"):
        hitless("audit", repository, f"--diff={revision}")


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no directory"):
        hitless("audit", tmp_path / "gone")


def test_explain_tells_all_about_a_rule() -> None:
    said = hitless("explain", "cp10").output
    assert said.startswith("CP10: A database or broker can be reached from the internet")
    assert "## Why it matters" in said
    assert "CP10  critical" in hitless("explain").output


def test_explain_helps_after_a_typing_error() -> None:
    with pytest.raises(UsageError, match="there is no rule CP1O") as caught:
        hitless("explain", "CP1O")
    assert "did you mean" in caught.value.hint
