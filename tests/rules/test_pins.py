"""Actions and images get the version that is known, and never another one."""

from __future__ import annotations

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Persona
from hitless.fix.generate.render import actions, pinned
from hitless.fix.plan import FixPlan, Wish, plan

RULES = rules()
FLOW = ".github/workflows/ci.yml"
LOGIN, SCAN = "docker/login-action", "anchore/scan-action"
HEAD = "on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n"


def fixed(rule: str, texts: dict[str, str]) -> FixPlan:
    wish = Wish("2026-01-01", frozenset((rule,)), unsafe=True, persona=Persona.PEDANTIC)
    return plan(MemoryFiles(texts), RULES, wish)


def after(rule: str, texts: dict[str, str]) -> dict[str, str]:
    return {**texts, **{one.path: one.after for one in fixed(rule, texts).files}}


def reasons(rule: str, texts: dict[str, str]) -> list[str]:
    return [one.reason for told in fixed(rule, texts).told for one in told.refusals]


def step(written: str) -> dict[str, str]:
    return {FLOW: f"{HEAD}{written}"}


SHA, TAG = actions()[LOGIN]["sha"], actions()[LOGIN]["tag"]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (f"      - uses: {LOGIN}@v4\n", f"      - uses: {pinned(LOGIN)}\n"),
        (f"      - uses: {LOGIN}@{TAG}", f"      - uses: {pinned(LOGIN)}"),
        (f"      - uses: '{LOGIN}@main'\n", f"      - uses: '{LOGIN}@{SHA}' # {TAG}\n"),
        (
            f"      - uses: {LOGIN}@v4   # for the images\n",
            f"      - uses: {LOGIN}@{SHA} # {TAG}   # for the images\n",
        ),
        (
            f"      - {{uses: {LOGIN}@v4, with: {{registry: x}}}}\r\n",
            f"      - {{uses: {LOGIN}@{SHA}, with: {{registry: x}}}} # {TAG}\r\n",
        ),
    ],
)
def test_an_action_is_pinned_in_every_form_and_nothing_else_changes(
    written: str, wanted: str
) -> None:
    assert after("CI09", step(written)) == step(wanted)
    assert after("CI09", step(wanted)) == step(wanted)


@pytest.mark.parametrize(
    ("uses", "reason"),
    [
        ("someone/something@v1", "not in the table"),
        (f"{LOGIN}@v3", f"another version than {TAG}"),
        (f"{LOGIN}@v", f"another version than {TAG}"),
        (f"{LOGIN}@deadbeef", f"another version than {TAG}"),
        (LOGIN, f"another version than {TAG}"),
        ("docker://alpine:3", "not in the table"),
        ("someone/flows/.github/workflows/x.yml@v1", "not in the table"),
    ],
)
def test_an_action_of_which_nobody_knows_the_commit_stays_and_is_told(
    uses: str, reason: str
) -> None:
    texts = step(f"      - uses: {uses}\n      - uses: {SCAN}@v7\n")
    made = after("CI09", texts)[FLOW]
    assert f"- uses: {uses}\n" in made
    assert f"- uses: {pinned(SCAN)}\n" in made
    assert len(reasons("CI09", texts)) == 1
    assert reason in reasons("CI09", texts)[0]


def test_an_action_in_another_place_of_the_same_name_is_pinned_once_each() -> None:
    texts = step(f"      - uses: {LOGIN}@v4\n" * 2)
    assert after("CI09", texts)[FLOW].count(pinned(LOGIN)) == 2


def test_a_step_behind_an_alias_is_pinned_at_its_anchor() -> None:
    texts = step(f"      - &login\n        uses: {LOGIN}@v4\n      - *login\n")
    assert after("CI09", texts)[FLOW].count(SHA) == 1
    assert reasons("CI09", texts) == []


def test_a_local_action_is_pinned_like_a_workflow() -> None:
    path = ".github/actions/login/action.yml"
    texts = {path: f"runs:\n  using: composite\n  steps:\n    - uses: {LOGIN}@v4\n"}
    assert f"- uses: {pinned(LOGIN)}\n" in after("CI09", texts)[path]


DB = "services:\n  db:\n    image: {image}  # ours\n"


def of_ci(image: str) -> dict[str, str]:
    return {FLOW: HEAD.replace("steps:", f"services: {{db: {{image: '{image}'}}}}\n    steps:")}


@pytest.mark.parametrize(
    ("image", "named", "wanted"),
    [
        ("postgres", "postgres:17.6", "postgres:17.6"),
        ("postgres:latest", "postgres:17.6-alpine", "postgres:17.6-alpine"),
        ("nginx:alpine", "nginx:1.27-alpine", "nginx:1.27-alpine"),
        ("ghcr.io:443/a/b", "ghcr.io:443/a/b:2", "ghcr.io:443/a/b:2"),
    ],
)
def test_an_image_gets_the_version_that_ci_tests_with(image: str, named: str, wanted: str) -> None:
    texts = {"compose.yml": DB.format(image=image), **of_ci(named)}
    assert after("CP15", texts) == {**texts, "compose.yml": DB.format(image=wanted)}


@pytest.mark.parametrize(
    ("image", "named"),
    [
        ("nginx:alpine", "nginx:1.27"),
        ("postgres", "postgres:bookish"),
        ("postgres", "pgvector/postgres:17"),
        ("postgres", "${{ matrix.image }}"),
    ],
)
def test_an_image_of_another_flavour_or_name_tells_no_version(image: str, named: str) -> None:
    texts = {"compose.yml": DB.format(image=image), **of_ci(named)}
    assert after("CP15", texts) == texts
    assert "no other file tells" in reasons("CP15", texts)[0]


def test_two_versions_elsewhere_tell_none() -> None:
    docker = {"a/Dockerfile": "FROM postgres:16.1\n", "b/Dockerfile": "FROM postgres:17.6\n"}
    texts = {"compose.yml": DB.format(image="postgres"), **docker}
    assert "no other file tells" in reasons("CP15", texts)[0]
