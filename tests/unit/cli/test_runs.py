"""What a run writes down is what whoever follows it learns."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.process import MemoryReporter
from hitless.app import App
from hitless.cli.render.events import replay
from hitless.cli.render.plain import PlainReporter
from hitless.cli.runs import KEPT, Result, failure, find, follow, run_recorded
from hitless.domain.errors import NotHealthy, RunDied, StateError

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.deploy.context import World

RESULT = Result({"changed": True}, ("v2 serves", "details"))


@pytest.fixture(autouse=True)
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signals of the test's own process stay with it."""
    monkeypatch.setattr("hitless.adapters.interrupts.SignalInterrupts.install", lambda _: None)


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(tmp_path / "hitless.yaml", PlainReporter(quiet=True))


def goes_well(world: World) -> Result:
    world.reporter.step_began("start", "starts")
    world.reporter.step_done("start", 1.5, {"ready": ["api"]})
    world.reporter.say("a note")
    return RESULT


def fails(world: World) -> Result:
    world.reporter.step_failed("health gate", "no")
    world.reporter.undoing("start")
    error = NotHealthy("api is not ready", "look", ("a line",))
    error.exit_status = 21
    raise error


def test_whoever_follows_learns_all_and_the_result(app: App) -> None:
    assert run_recorded(app, "deploy v2", goes_well) == RESULT
    events = list(follow(app, find(app, "")))
    assert [one["event"] for one in events] == ["run", "began", "done", "note", "end"]
    assert (events[0]["command"], events[-1]["status"]) == ("deploy v2", 0)
    assert events[-1]["result"] == RESULT.document
    watcher = MemoryReporter()
    for event in events:
        replay(event, watcher)
    assert [kind for kind, _ in watcher.events] == ["began", "done", "say"]


def test_a_failure_is_told_with_its_code_and_status(app: App) -> None:
    with pytest.raises(NotHealthy):
        run_recorded(app, "deploy v2", fails)
    *events, end = follow(app, find(app, ""))
    watcher = MemoryReporter()
    for event in events:
        replay(event, watcher)
    assert watcher.events == [("failed", "health gate: no"), ("undoing", "start")]
    error = failure(end)
    assert isinstance(error, NotHealthy)
    assert (error.message, error.hint, tuple(error.details)) == (
        "api is not ready",
        "look",
        ("a line",),
    )
    assert error.exit_status == 21


def test_a_bug_is_told_too(app: App) -> None:
    def broken(_: World) -> Result:
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        run_recorded(app, "deploy v2", broken)
    *_, end = follow(app, find(app, ""))
    assert end["status"] == 3
    assert failure(end).message == "bug: ZeroDivisionError: a bug"


def test_a_run_that_died_is_told_after_its_last_words(app: App) -> None:
    run_recorded(app, "deploy v2", goes_well)
    path = find(app, "")
    lines = path.read_text().splitlines(keepends=True)
    first = json.loads(lines[0])
    first["process"]["started"] -= 1
    path.write_text(json.dumps(first) + "\n" + "".join(lines[1:3]) + lines[3][:5])
    following = follow(app, path)
    assert [next(following)["event"] for _ in range(3)] == ["run", "began", "done"]
    with pytest.raises(RunDied, match="ended without saying how") as caught:
        next(following)
    assert "hitless recover" in caught.value.hint


def test_what_was_never_run_cannot_be_followed(app: App) -> None:
    with pytest.raises(StateError, match="no deploy was recorded here"):
        find(app, "")
    run_recorded(app, "deploy v2", goes_well)
    with pytest.raises(StateError, match="no run of deploy 'd9' is recorded"):
        find(app, "d9")
    name = find(app, "").stem.removeprefix("deploy-")
    assert find(app, name) == find(app, "")


def test_only_the_last_logs_are_kept(app: App, tmp_path: Path) -> None:
    directory = tmp_path / ".hitless" / "logs"
    directory.mkdir(parents=True)
    for number in range(60):
        for name in (
            f"deploy-2020-{number:02}.jsonl",
            f"deploy-2020-{number:02}.log",
            f"d{number}.log",
        ):
            (directory / name).touch()
            os.utime(directory / name, (number, number))
    run_recorded(app, "deploy v2", goes_well)
    kept = {path.name for path in directory.iterdir()}
    assert len(kept) == 3 * KEPT
    assert {"d10.log", "deploy-2020-59.log", find(app, "").name} <= kept
    assert not {"d9.log", "deploy-2020-09.log", "deploy-2020-10.jsonl"} & kept
