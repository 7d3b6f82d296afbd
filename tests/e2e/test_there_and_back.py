"""Two deploys and two rollbacks of the Task Tracker under mixed load, and its jobs.

The long run of ten and ten is benchmarks/alternate.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from hitless.domain.traffic import TrafficKind
from tests.e2e.support.jobs import Numbered, numbered_messages
from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import Load, users
from tests.e2e.support.tracker import (
    NEW,
    OLD,
    api,
    go_back,
    release,
    serving_version,
    settled_stats,
)

if TYPE_CHECKING:
    from tests.e2e.support.project import Project


pytestmark = pytest.mark.quiet
# What NATS says of the consumer when the handover is done.
TOLD = re.compile(r"\d+ in flight, \d+ left, (a worker waits|no worker asks) for jobs$")


class Journey(NamedTuple):
    """What was seen from the outside on the way."""

    project: Project
    load: Load
    jobs: Numbered
    served: list[str]


@pytest.fixture(scope="module")
def journey(tracker: Project) -> Journey:
    """Forward, back, forward, back."""
    go_back(tracker)
    served = []
    with users(tracker, rate=25) as load, numbered_messages(tracker) as jobs:
        for _ in range(2):
            release(tracker, NEW)
            served.append(serving_version(tracker))
            tracker.done("rollback")
            served.append(serving_version(tracker))
            tracker.wait_for_the_lock()
    return Journey(tracker, load, jobs, served)


def test_no_request_of_any_kind_is_lost(journey: Journey) -> None:
    journey.load.assert_nothing_lost()
    seen = journey.load.evidence
    for kind in TrafficKind:
        assert seen.of(kind).sent, f"no {kind} traffic"
    assert journey.served == [NEW, OLD, NEW, OLD]
    print(f"{seen.sent} requests, {seen.failed} failed, {seen.reconnected} reconnected")


def test_both_releases_were_seen_by_users(journey: Journey) -> None:
    acts = journey.project.history()[:4]
    assert {act["version"] for act in acts} == {OLD, NEW}
    assert {act["release"] for act in acts} <= set(journey.load.evidence.by_release)


def test_every_numbered_message_is_there_and_its_job_was_done_exactly_once(
    journey: Journey,
) -> None:
    assert journey.jobs.refused == []
    assert len(journey.jobs.accepted) > 100
    stats = settled_stats(journey.project)
    assert stats["messages"] == stats["processed"] == stats["topic_message_sum"]
    for number, identity in journey.jobs.accepted.items():
        message = api(journey.project, f"/api/messages/{identity}")
        assert message["external_id"] == journey.jobs.name(number)
        assert message["processed_at"], f"job {number} was not done"


def test_every_step_leaves_the_project_as_it_should_be(journey: Journey) -> None:
    assert_legal(journey.project)
    kinds = [(d["kind"], d["outcome"]) for d in journey.project.history()[:4]]
    assert kinds == [("rollback", "live"), ("deploy", "live")] * 2


def test_each_deploy_keeps_its_own_evidence_of_nothing_lost(journey: Journey) -> None:
    for one in journey.project.history()[:4]:
        if one["kind"] == "deploy":
            requests = journey.project.shown(one["id"])["requests"]
            assert requests["sent"] > 0
            assert requests["failed"] == 0


def test_postgres_and_nats_bear_witness_to_each_deploy(journey: Journey) -> None:
    deploys = [one["id"] for one in journey.project.history()[:4] if one["kind"] == "deploy"]
    for one in deploys:
        steps = journey.project.shown(one)["steps"]
        facts = {step["name"]: step["facts"] for step in steps}
        # Whether one waits at this moment or works on the next job, the load decides.
        assert TOLD.match(facts["worker handover"]["queues"]["worker"])
        counted, allowed = facts["preflight"]["connections postgres"].split(" of ")
        assert 0 < int(counted) <= int(allowed) == 97
        assert "odd" not in facts["preflight"]


def test_the_next_rollback_is_foretold_from_those_before(journey: Journey) -> None:
    told = journey.project.done("rollback", "--dry-run", "--to", NEW, "--json").document
    served = next(act for act in journey.project.history() if act["version"] == NEW)
    assert told["release"]["id"] == served["release"], "the build that served last is meant"
    held = [slot["release"] for slot in journey.project.status()["slots"].values() if slot]
    assert served["release"] in held
    assert (told["tier"], told["schema"], told["refused"]) == ("hot", "same", False)
    assert told["measured"] >= 2
    assert 0 < told["seconds"] < 5
