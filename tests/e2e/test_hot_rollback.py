"""A rollback gives users the earlier release at once; workers change hands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users

if TYPE_CHECKING:
    from tests.e2e.support.project import Project


def test_a_hot_rollback_returns_when_users_have_the_earlier_release(tiny: Project) -> None:
    earlier = assert_legal(tiny)
    tiny.behave(text="left")
    tiny.done("deploy", "left")
    left = assert_legal(tiny)
    with users(tiny) as load:
        told = tiny.done("rollback", "--json").document
        answers = {tiny.ask("/version").release for _ in range(20)}
    load.assert_nothing_lost()
    assert answers == {earlier}
    assert told["release"]["id"] == earlier
    tiny.wait_for_the_lock()
    assert assert_legal(tiny) == earlier
    last = tiny.shown()
    steps = {step["name"]: step["facts"] for step in last["steps"]}
    assert last["deploy"]["outcome"] == "live"
    assert steps["revive"]["tier"] == "hot"
    assert last["confirmed_ms"] is not None
    assert not tiny.edge.fallback(), "a release that was left is no backup"
    assert left != earlier


def test_a_deploy_right_after_a_rollback_waits_until_the_workers_have_changed_hands(
    tiny: Project,
) -> None:
    """The worker that is left needs five seconds to be stopped."""
    earlier = assert_legal(tiny)
    tiny.behave(text="left", worker_on_term="ignored")
    tiny.done("deploy", "left")
    with users(tiny) as load:
        tiny.done("rollback")
        status = tiny.status()
        assert status["unfinished"]["release"] == earlier, "the workers are still on their way"
        assert not tiny.lock_is_free()
        tiny.behave(text="next")
        tiny.done("deploy", "next")
    load.assert_nothing_lost()
    next_one, back, _ = tiny.history()[:3]
    assert (back["kind"], back["outcome"]) == ("rollback", "live"), "it was not cut short"
    assert back["ended"] <= next_one["started"]
    assert_legal(tiny)


def test_a_rollback_goes_back_and_forth_as_often_as_one_likes(tiny: Project) -> None:
    tiny.behave(text="forth")
    tiny.done("deploy", "forth")
    expected = assert_legal(tiny)
    other = tiny.history()[0]["previous"]
    with users(tiny) as load:
        for _ in range(3):
            tiny.done("rollback", "--wait", "--to", other)
            expected, other = other, expected
            assert assert_legal(tiny) == expected
    load.assert_nothing_lost()


def test_a_release_whose_containers_are_gone_comes_back_as_it_was(tiny: Project) -> None:
    """From its recorded images and settings, whatever the files say today."""
    tiny.behave(text="first")
    tiny.done("deploy", "first", "--force")
    first = assert_legal(tiny)
    for number in (1, 2):
        tiny.behave(text=f"number {number}")
        tiny.done("deploy", f"number-{number}")
    tiny.behave(text="today", ready=False)
    (tiny.directory / "compose.yml").write_text("services: nonsense\n")
    (tiny.directory / "hitless.yaml").rename(tiny.directory / "away.yaml")
    try:
        with_config = tiny.done("rollback", "--wait", "--to", first)
    finally:
        (tiny.directory / "away.yaml").rename(tiny.directory / "hitless.yaml")
    assert "serves again" in with_config.out
    assert assert_legal(tiny) == first
