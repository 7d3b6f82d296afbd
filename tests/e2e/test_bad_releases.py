"""Releases that are no good: users never notice, and the reason is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.support.legal import assert_legal, assert_nothing_left
from tests.e2e.support.load import readers, users

if TYPE_CHECKING:
    from tests.e2e.support.project import Project, Ran


def released(project: Project, **behaviour: Any) -> Ran:
    """A deploy of an image that behaves so, under the traffic of users."""
    before = assert_legal(project)
    project.behave(text="no good", **behaviour)
    with users(project) as load:
        ran = project.hitless("deploy", "no-good")
    load.assert_nothing_lost()
    assert assert_legal(project) == before, "the old release serves"
    assert "\nhint: " in ran.err
    return ran


def test_a_release_that_is_never_ready_gets_no_traffic(tiny: Project) -> None:
    tiny.edit("hitless.yaml", "ready: 20s", "ready: 2s")
    ran = released(tiny, ready=False)
    assert ran.code == 20
    assert "error[E201]: release no-good" in ran.err
    assert "not ready after 2 s, last answer: 503" in ran.err
    assert "    the database is not there" in ran.err, "the end of its log is shown"
    assert tiny.history()[0]["outcome"] == "kept-previous"


def test_a_release_that_exits_while_it_starts_is_told_at_once(tiny: Project) -> None:
    tiny.edit(
        "compose.yml", "    build: ./app\n", "    build: ./app\n    command: [python, nothing.py]\n"
    )
    ran = released(tiny)
    assert ran.code == 20
    assert "error[E201]" in ran.err
    assert "can't open file '/app/nothing.py'" in ran.err


@pytest.mark.quiet
def test_a_release_that_dies_under_traffic_goes_back_by_itself(tiny: Project) -> None:
    tiny.edit("hitless.yaml", "bake: 300ms", "bake: 8s")
    before = assert_legal(tiny)
    tiny.behave(text="dies", dies_after_requests=60)
    with readers(tiny) as load:
        ran = tiny.hitless("deploy", "dies")
    load.assert_nothing_lost()
    assert assert_legal(tiny) == before
    assert ran.code == 21, ran
    assert "error[E207]: dies" in ran.err
    assert tiny.history()[0]["outcome"] == "rolled-back"


def test_a_migration_that_fails_ends_the_deploy_with_its_reason(tiny: Project) -> None:
    ran = released(tiny, migration_fails=True)
    assert ran.code == 20
    assert "error[E203]: the migration of no-good" in ran.err
    assert '    relation "notes" already exists' in ran.err


def test_a_page_for_everything_is_no_healthy_api(tiny: Project) -> None:
    """A single-page application that answers 200 to all paths passes no check for JSON."""
    ran = released(tiny, only_html=True)
    assert ran.code == 20
    assert "error[E202]: smoke check /version" in ran.err
    assert "expected content type application/json, got text/html" in ran.err


def test_a_snippet_that_nginx_refuses_changes_no_answer(tiny: Project) -> None:
    (tiny.directory / "own.conf").write_text("add_header X-Own;  # a value is missing\n")
    tiny.edit("hitless.yaml", "  confirm:", "  include: [own.conf]\n  confirm:")
    ran = released(tiny)
    assert ran.code == 20
    assert "error[E205]: nginx refuses the configuration" in ran.err
    assert 'invalid number of arguments in "add_header" directive' in ran.err


def test_programs_that_end_at_once_when_asked_cost_no_request(tiny: Project) -> None:
    for number in (1, 2, 3):  # the third deploy stops what the first one started
        tiny.behave(text=f"abrupt {number}", on_term="abrupt")
        with users(tiny) as load:
            tiny.done("deploy", f"abrupt-{number}")
        load.assert_nothing_lost()
    assert_legal(tiny)


def test_a_program_that_boots_slowly_is_waited_for(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.behave(text="slow", boot_seconds=3)
    with users(tiny) as load:
        tiny.done("deploy", "slow")
    load.assert_nothing_lost()
    assert assert_legal(tiny) != before


def test_a_first_release_that_is_no_good_leaves_nothing_behind(fresh: Project) -> None:
    fresh.edit("hitless.yaml", "ready: 20s", "ready: 2s")
    fresh.behave(ready=False)
    ran = fresh.hitless("deploy", "v1")
    assert ran.code == 20, ran
    assert_nothing_left(fresh)
