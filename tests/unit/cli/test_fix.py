"""`hitless fix` as a user meets it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from hitless.cli.main import main
from hitless.domain.errors import TreeNotClean, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPEN = "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']  # for us\n"
PATCH = """\
--- a/compose.yml
+++ b/compose.yml
@@ -1,4 +1,4 @@
 services:
   db:
     image: postgres:17
-    ports: ['5432:5432']  # for us
+    ports: ['127.0.0.1:5432:5432']  # for us
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "compose.yml").write_text(OPEN)
    return tmp_path


def hitless(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)


def commit(root: Path) -> None:
    git = ("git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(("git", "init", "-q", str(root)), check=True)
    subprocess.run((*git, "add", "-A"), check=True)
    subprocess.run((*git, "commit", "-qm", "Begin"), check=True)


def test_it_shows_a_patch_and_writes_nothing(repository: Path) -> None:
    said = hitless("fix", repository, "--only", "CP10")
    assert said.exit_code == 0
    assert said.output.startswith(PATCH)
    assert "would change 1 file: 1 finding closed" in said.output
    assert 'Write it: "hitless fix --write"' in said.output
    assert (repository / "compose.yml").read_text() == OPEN


def test_its_patch_is_one_that_git_applies(repository: Path) -> None:
    (repository / "compose.yml").write_text(OPEN.rstrip("\n"))
    patch = json.loads(hitless("fix", repository, "--json").output)["diff"]
    assert "\\ No newline at end of file" in patch
    subprocess.run(("git", "apply", "-"), input=patch, text=True, cwd=repository, check=True)
    assert "127.0.0.1:5432:5432" in (repository / "compose.yml").read_text()


def test_it_writes_into_a_clean_tree_and_a_second_run_finds_nothing(repository: Path) -> None:
    commit(repository)
    said = hitless("fix", repository, "--write")
    assert said.exit_code == 0
    assert re.search(r"wrote [0-9]+ files: [0-9]+ findings closed", said.output)
    assert "---" not in said.output
    again = hitless("fix", repository, "--check")
    assert again.exit_code == 0
    assert again.output.startswith("Nothing to fix here.")


def test_it_refuses_what_git_could_not_bring_back(repository: Path) -> None:
    with pytest.raises(TreeNotClean, match="not in git"):
        hitless("fix", repository, "--write")
    commit(repository)
    (repository / "note").write_text("mine")
    with pytest.raises(TreeNotClean, match="1 files") as refused:
        hitless("fix", repository, "--write")
    assert refused.value.details == ("note",)
    assert (repository / "compose.yml").read_text() == OPEN
    assert hitless("fix", repository, "--write", "--force").exit_code == 0
    assert (repository / "compose.yml").read_text() != OPEN


def test_check_fails_while_there_is_something_to_fix(repository: Path) -> None:
    assert hitless("fix", repository, "--check").exit_code == 1


def test_a_rule_that_is_not_known_is_refused(repository: Path) -> None:
    with pytest.raises(UsageError, match="no rule is called CP99"):
        hitless("fix", repository, "--only", "CP99")


def test_an_accepted_finding_is_left_alone(repository: Path) -> None:
    text = OPEN.replace("# for us", "# hitless: ignore[CP10] behind a firewall")
    (repository / "compose.yml").write_text(text)
    assert json.loads(hitless("fix", repository, "--only", "CP10", "--json").output)["files"] == []


def test_json_tells_what_is_closed_and_why_the_rest_remains(repository: Path) -> None:
    told = json.loads(hitless("fix", repository, "--only", "CP10", "--json").output)
    assert told["format"] == 1
    assert not told["written"]
    assert [one["rule"] for one in told["closed"]] == ["CP10"]
    assert told["score"]["after"] > told["score"]["before"]
    assert all(one["reason"] for one in told["remaining"])


@pytest.fixture
def no_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has git alone; the signals that the command takes over are given back."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(shutil.which("git") or "git")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    taken = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.getsignal(one) for one in taken}
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.usefixtures("no_docker")
def test_where_nothing_can_be_proved_that_is_said_and_is_no_failure(repository: Path) -> None:
    said = hitless("fix", "--verify", repository)
    assert said.exit_code == 0
    assert said.output == (
        "not checked  compose resolves, compose.yml: docker is not installed\n"
        "not checked  images, nginx, healthchecks, migrations, compose.yml: "
        "Compose did not tell what it consists of\n"
        "0 proved, 0 failed, 2 not checked\n"
    )
    assert (repository / "compose.yml").read_text() == OPEN


@pytest.mark.usefixtures("no_docker")
def test_a_failed_proof_leaves_the_files_written_and_tells_the_way_back(repository: Path) -> None:
    workflow = "on: push\njobs: {a: {runs-on: x, steps: [{run: make check}]}}\n"
    (repository / ".github/workflows").mkdir(parents=True)
    (repository / ".github/workflows/ci.yml").write_text(workflow)
    said = hitless("fix", "--write", "--force", "--only", "CP10", "--verify", repository)
    assert said.exit_code == 1
    assert "127.0.0.1:5432" in (repository / "compose.yml").read_text()
    assert "make check is called here and does not exist" in said.output
    assert 'take back with "git checkout ."' in said.output


@pytest.mark.usefixtures("no_docker")
def test_machines_get_the_edits_and_the_proofs_as_one_document(repository: Path) -> None:
    said = hitless("fix", "--write", "--force", "--only", "CP10", "--verify", "--json", repository)
    told = json.loads(said.output)
    assert told["written"] is True
    assert [(one["check"], one["answer"]) for one in told["proof"]] == [
        ("compose resolves", "not checked"),
        ("images, nginx, healthchecks, migrations", "not checked"),
    ]


def test_commands_of_workflows_belong_to_a_verification(repository: Path) -> None:
    with pytest.raises(UsageError, match="--run-checks"):
        hitless("fix", "--run-checks", repository)
