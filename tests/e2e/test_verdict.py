"""Releases that only users' traffic can tell from good ones, and an outage that is not theirs."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.sqlite_store import SqliteStore
from hitless.domain.container import Role
from hitless.domain.journal import Outcome, Status
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import readers
from tests.e2e.support.project import engine
from tests.e2e.support.tracker import NEW, checkout, go_back, serving_version

if TYPE_CHECKING:
    from tests.e2e.support.project import Project, Ran

pytestmark = pytest.mark.quiet
PATIENCE = 120.0
OUTAGE = 9.0  # long enough that three readiness checks of two seconds fail


def rolled_back(project: Project, version: str) -> Ran:
    """A deploy under users' traffic that must not keep it."""
    before = assert_legal(project)
    with readers(project):
        ran = project.hitless("deploy", version)
    assert ran.code == 21, ran
    assert "error[E207]" in ran.err
    assert assert_legal(project) == before
    assert project.history()[0]["outcome"] == "rolled-back"
    return ran


def test_five_per_cent_of_errors_under_traffic_roll_back(tiny: Project) -> None:
    tiny.edit("hitless.yaml", "bake: 300ms", "bake: 20s")
    tiny.behave(text="fails", fails_every=20)
    ran = rolled_back(tiny, "fails")
    assert "failed, at most" in ran.err
    assert "error rate below" in ran.err, "the evidence is told"


def test_answers_many_times_as_slow_roll_back(tiny: Project) -> None:
    with readers(tiny):
        time.sleep(5.0)  # so that there is a p95 to compare with, also of a calm machine
        tiny.edit("hitless.yaml", "bake: 300ms", "bake: 20s")
        tiny.behave(text="slow", takes_seconds=0.4)
        ran = rolled_back(tiny, "slow")
    assert " took over " in ran.err


def test_a_release_that_users_like_stays_and_the_evidence_is_told(tiny: Project) -> None:
    tiny.edit("hitless.yaml", "bake: 300ms", "bake: 3s")
    tiny.behave(text="liked")
    with readers(tiny) as load:
        ran = tiny.done("deploy", "liked")
    load.assert_nothing_lost()
    assert "good enough, 0 errors in " in ran.err
    facts = gate(tiny)
    assert facts["verdict"] == "good enough"
    assert int(facts["evidence"].split()[3].replace(",", "")) > 3 * 50, "users count, too"


def test_a_paused_database_is_no_reason_to_roll_back(tracker: Project) -> None:
    go_back(tracker)
    checkout(tracker, NEW)
    tracker.edit("hitless.yaml", "bake: 1s", "bake: 12s")
    deploy = tracker.begin("deploy", NEW)
    wait_for_the_cutover(tracker)
    database = next(
        c.name for c in tracker.containers().values()
        if c.role == Role.ACCESSORY and "postgres" in c.name
    )  # fmt: skip
    subprocess.run(("docker", "pause", database), check=True, capture_output=True)
    try:
        time.sleep(OUTAGE)
    finally:
        engine().start(database)
    _, told = deploy.communicate(timeout=PATIENCE)
    assert deploy.returncode == 0, told
    assert "the cause is shared, so this does not roll back" in told
    assert gate(tracker)["held"]
    assert serving_version(tracker) == NEW
    assert_legal(tracker)


def gate(project: Project) -> dict[str, str]:
    """What the traffic gate of the last deploy recorded."""
    steps = project.shown()["steps"]
    facts: dict[str, str] = next(s["facts"] for s in steps if s["name"] == "traffic gate")
    return facts


def wait_for_the_cutover(project: Project) -> None:
    """Return when users' traffic has moved."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        store = SqliteStore(project.home / "state.db")
        last = store.deploys(1)[0]
        entries = store.entries(last.id) if last.outcome is Outcome.RUNNING else ()
        store.close()
        if any(e.step == "cutover" and e.status is Status.DONE for e in entries):
            return
        time.sleep(0.05)
    raise AssertionError("there was no cutover")
