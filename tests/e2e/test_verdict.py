"""Releases that only users' traffic can tell from good ones, and an outage that is not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import readers

if TYPE_CHECKING:
    from tests.e2e.support.project import Project, Ran


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


def gate(project: Project) -> dict[str, str]:
    """What the traffic gate of the last deploy recorded."""
    steps = project.shown()["steps"]
    facts: dict[str, str] = next(s["facts"] for s in steps if s["name"] == "traffic gate")
    return facts
