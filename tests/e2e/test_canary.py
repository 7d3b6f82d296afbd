"""A share of users meets a release first, on real containers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import many_clients
from tests.e2e.support.project import Strike, killed

if TYPE_CHECKING:
    from tests.e2e.support.project import Project

CANARY = "\nstrategy: {canary: {steps: [10, 50], interval: %s, min_samples: 20}}\n"
PATIENCE = 60.0


def in_shares(project: Project, interval: str) -> None:
    file = project.directory / "hitless.yaml"
    file.write_text(file.read_text() + CANARY % interval)


def until_it_has(project: Project, percent: int) -> dict[str, object]:
    deadline = time.monotonic() + PATIENCE
    while True:
        canary: dict[str, object] | None = project.status()["canary"]
        if canary and canary["percent"] == percent:
            return canary
        assert time.monotonic() < deadline, f"no canary has {percent} %, but {canary}"


def test_people_take_a_good_release_through_its_shares_and_nobody_notices(tiny: Project) -> None:
    in_shares(tiny, "10m")
    tiny.behave(text="shared")
    before = assert_legal(tiny)
    with many_clients(tiny) as load:
        command = tiny.begin("deploy", "shared")
        until_it_has(tiny, 10)
        assert "stays at 10 %" in tiny.done("pause").out
        assert until_it_has(tiny, 10)["paused"] is True
        assert "canary with 10 %, paused: " in tiny.done("status").out
        tiny.done("promote")
        assert until_it_has(tiny, 50)["paused"] is False
        tiny.done("promote", "--full")
        out, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, out + err
    load.assert_nothing_lost()
    serving = assert_legal(tiny)
    assert set(load.evidence.by_release) == {before, serving}
    steps = {step["name"]: step["facts"] for step in tiny.shown()["steps"]}
    assert steps["shift 50 %"]["by_hand"] == "promote --full"
    assert tiny.hitless("promote").code == 1, "there is no canary any more"


def test_a_release_that_fails_half_of_the_requests_meets_a_few_users(tiny: Project) -> None:
    in_shares(tiny, "60s")
    tiny.behave(text="half", fails_every=2)
    before = assert_legal(tiny)
    with many_clients(tiny) as load:
        ran = tiny.hitless("deploy", "half")
    assert ran.code == 21, ran
    assert "with 10 % of the traffic" in ran.err
    assert assert_legal(tiny) == before
    assert tiny.status()["canary"] is None
    answered = {slot for second in load.evidence.seconds for slot in second.by_slot}
    assert answered == {"blue", "green"}
    # Maybe none of these: its failures may have met the deploy's own prober.
    assert load.evidence.failed < 0.05 * load.evidence.sent
    assert tiny.history()[0]["outcome"] == "rolled-back"


def test_a_tool_that_is_killed_in_a_share_costs_nobody_a_request(tiny: Project) -> None:
    in_shares(tiny, "60s")
    tiny.behave(text="left in a share")
    before = assert_legal(tiny)
    with many_clients(tiny) as load:
        assert killed(tiny.struck(Strike("SIGKILL", "verdict", "done"), "deploy", "left"))
        assert tiny.edge.share(), "it died in a share"
        tiny.done("recover")
    load.assert_nothing_lost()
    assert assert_legal(tiny) == before
    assert tiny.edge.share() is None
    assert tiny.history()[0]["outcome"] == "rolled-back"
