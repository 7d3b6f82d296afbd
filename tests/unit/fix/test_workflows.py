"""What holds for every workflow that is made, whatever it was made for."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hitless.audit.registry import rules
from hitless.audit.rules.ci.missing_command import missing_command
from hitless.documents.workflow import parse
from hitless.fix.generate.render import actions
from testing.generated import CASES, given, made, repository, workflows, written

if TYPE_CHECKING:
    from hitless.documents.workflow import Workflow
    from hitless.documents.yaml_tree import Node

ZIZMOR = Path(sys.executable).with_name("zizmor")
# How a command begins, and the file without which it fails.
NEEDED = {
    "npm ci": "package-lock.json",
    "python manage.py": "manage.py",
    "go ": "go.mod",
    "alembic": "alembic.ini",
}
SHA, SEMVER = "0123456789abcdef0123456789abcdef01234567", re.compile(r"v(\d+)\.(\d+)\.(\d+)")


def every() -> list[tuple[str, str, str]]:
    return [(case, path, text) for case in CASES for path, text in workflows(case).items()]


def parsed() -> list[Workflow]:
    return [parse(text, f"{case}/{path}") for case, path, text in every()]


def test_each_workflow_parses_and_begins_without_any_right() -> None:
    assert len(parsed()) > 30
    for one in parsed():
        assert one.triggers, one.path
        rights = one.root.get("permissions")
        assert rights is not None, one.path
        assert not rights.fields, one.path


def test_each_job_says_how_long_it_may_take_and_what_it_may_do() -> None:
    for one in parsed():
        for job in one.jobs:
            assert job.node.say("timeout-minutes"), f"{one.path} {job.name}"
            assert job.node.fields.get("permissions") is not None, f"{one.path} {job.name}"


def test_no_checkout_leaves_the_token_behind() -> None:
    checkouts = [step for one in parsed() for step in one.steps() if "checkout" in step.uses]
    assert checkouts
    assert {step.given("persist-credentials") for step in checkouts} == {"false"}


def test_every_action_is_the_reviewed_one_and_tells_its_tag() -> None:
    table = actions()
    used = set()
    for _, path, text in every():
        for name, sha, tag in re.findall(r"uses: ([^@\s]+)@(\S+) # (\S+)", text):
            assert (table[name]["sha"], table[name]["tag"]) == (sha, tag), path
            used.add(name)
        assert text.count("uses: ") == len(re.findall(r"uses: \S+@[0-9a-f]{40} # v", text)), path
    assert {"actions/checkout", "docker/build-push-action"} <= used


def test_the_table_of_actions_says_where_each_pair_was_seen() -> None:
    for name, one in actions().items():
        assert re.fullmatch(r"[0-9a-f]{40}", one["sha"]), name
        assert re.fullmatch(r"v\d+\.\d+\.\d+", one["tag"]), name
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", one["date"]), name
        assert re.match(r"[\w.-]+/[\w.-]+", one["seen"]), name


def test_nothing_from_outside_becomes_a_part_of_a_script() -> None:
    for one in parsed():
        for step in one.steps():
            assert "${{" not in step.run, f"{one.path}:{step.line}"


@pytest.mark.parametrize("case", CASES)
def test_zizmor_finds_nothing_that_matters(case: str, tmp_path: Path) -> None:
    written(made(case), tmp_path)
    done = subprocess.run(
        (ZIZMOR, "--offline", "--format=json", "--no-exit-codes", "--min-severity=medium", "."),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [one["ident"] for one in json.loads(done.stdout)] == []


def test_zizmor_would_find_something(tmp_path: Path) -> None:
    bad = 'on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: "a/b@main"}]\n'
    written({".github/workflows/bad.yml": bad}, tmp_path)
    done = subprocess.run(
        (ZIZMOR, "--offline", "--format=json", "--no-exit-codes", "--min-severity=medium", "."),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_every_command_exists_in_the_repository_that_it_was_made_for(case: str) -> None:
    one = repository(given(case) | made(case))
    assert [c.message for c in missing_command.check(one) if c.place is not None] == []
    for file in one.workflows:
        for step in file.steps():
            for line in step.run.splitlines():
                words = _without_baseline(shlex.split(line.partition("  #")[0]))
                assert _exists(given(case), step.directory, words), f"{file.path}: {line}"


def _without_baseline(words: list[str]) -> list[str]:
    """What the baseline script is told to run."""
    return words[3:] if len(words) > 3 and words[1].endswith("baseline.sh") else words


def _exists(texts: dict[str, str], folder: str, words: list[str]) -> bool:
    """Scripts, targets and files that a command names; other programs are the runner's."""
    beside = f"{folder}/" if folder else ""
    if words[1:2] == ["run"] and words[0] in ("npm", "pnpm", "yarn", "bun"):
        return words[2] in json.loads(texts[f"{beside}package.json"])["scripts"]
    if words[:1] == ["make"]:
        return re.search(rf"^{words[1]}\s*:", texts["Makefile"], re.MULTILINE) is not None
    needed = [file for start, file in NEEDED.items() if " ".join(words).startswith(start)]
    needed += [words[n + 1] for n, word in enumerate(words) if word in ("--requirement", "--file")]
    return all(f"{beside}{one}" in texts or one.startswith("$") for one in needed)


class Event(NamedTuple):
    """What docker/metadata-action knows of an event."""

    ref: str
    sha: str = SHA


EVENTS = {
    "push": Event("refs/heads/main"),
    "pull request": Event("refs/pull/7/merge"),
    "tag": Event("refs/tags/v1.4.2"),
}


def tags(rows: str, event: Event) -> list[str]:
    """The tags that docker/metadata-action makes of its input, as its documentation says it."""
    found = []
    for row in rows.split():
        given_ = dict(part.split("=", 1) for part in row.split(","))
        version = SEMVER.fullmatch(event.ref.removeprefix("refs/tags/"))
        if given_["type"] == "sha":
            short = event.sha if given_.get("format") == "long" else event.sha[:7]
            prefix = given_.get("prefix", "sha-").replace("{{branch}}", _branch(event))
            found.append(f"{prefix}{short}")
        elif given_["type"] == "semver" and version is not None:
            parts = {"major": version[1], "minor": version[2], "version": version[0][1:]}
            text = given_["pattern"]
            for name, value in parts.items():
                text = text.replace(f"{{{{{name}}}}}", value)
            found.append(text)
    return found


def _branch(event: Event) -> str:
    return event.ref.removeprefix("refs/heads/") if event.ref.startswith("refs/heads/") else ""


def metadata() -> list[Node]:
    steps = [step for one in parsed() for step in one.steps() if "metadata-action" in step.uses]
    return [step.node for step in steps]


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_valid_tag_that_never_changes(name: str) -> None:
    assert metadata()
    for node in metadata():
        found = tags(node.say("with", "tags"), EVENTS[name])
        assert f"sha-{SHA}" in found
        assert all(re.fullmatch(r"\w[\w.-]{0,127}", one) for one in found)


def test_a_tag_of_git_is_also_the_version_of_the_image() -> None:
    found = tags(metadata()[0].say("with", "tags"), EVENTS["tag"])
    assert {"1.4.2", "1.4"} <= set(found)


def test_the_model_of_tags_knows_the_trap() -> None:
    assert tags("type=sha,prefix={{branch}}-", EVENTS["push"]) == [f"main-{SHA[:7]}"]
    assert tags("type=sha,prefix={{branch}}-", EVENTS["pull request"]) == [f"-{SHA[:7]}"]


def test_the_rules_know_every_id_that_a_generator_closes() -> None:
    from hitless.fix.generate.all import generators  # noqa: PLC0415  # lazily, as its users do
    from hitless.fix.generate.wanted import MODULES  # noqa: PLC0415

    known = {one.id: one for one in rules()}
    for _, one in generators():
        assert set(one.CLOSES) <= set(known)
        assert set(one.CLOSES) <= set(MODULES)
    for name, module in MODULES.items():
        assert known[name].slug == module.rpartition(".")[2]
