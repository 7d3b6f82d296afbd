"""Others are told that a deploy began and how it ended; no deploy fails by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy, make_plan
from hitless.deploy.notify import try_out
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.errors import HitlessError, NotDelivered
from hitless.domain.journal import Outcome
from hitless.domain.settings import Channel
from testing.faults import Died, Fault, sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

ALL = Channel(url="https://all.example/hook")
ENDS = Channel(url="https://ends.example/hook", events=("rolled-back", "needs-human"))


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1 serves, and v2 has somebody to tell."""
    made = Service(tmp_path / "shop")
    deploy(made.process(), made.settings, version="v1")
    made.settings = SETTINGS._replace(notify=(ALL, ENDS))
    made.make("two")
    return made


def told(service: Service) -> list[tuple[str, str, str]]:
    return [
        (c.name.removeprefix("webhook "), str(n.event), n.kind) for c, n in service.notifier.told
    ]


def test_a_deploy_that_went_well_is_told_to_who_wants_everything(shop: Service) -> None:
    deploy(shop.process(), shop.settings, version="v2")
    assert told(shop) == [
        ("all.example", "started", "deploy"),
        ("all.example", "live", "deploy"),
    ]
    started, live = (notice for _, notice in shop.notifier.told)
    assert (live.version, live.previous, live.deploy) == ("v2", "v1", "d2")
    assert live.failed == 0
    assert live.sent
    assert started.sent is None
    assert live.id == "shop-d2-live"
    last = shop.store.entries("d2")[-1]
    assert (last.step, last.status.value) == ("tell live", "done")
    assert last.detail == {"told": ["webhook all.example"]}


def test_users_met_a_bad_release_and_those_who_want_that_learn_it(shop: Service) -> None:
    shop.make("two", App(breaks_after=0.2))
    with pytest.raises(HitlessError):
        deploy(shop.process(), shop.settings, version="v2")
    assert told(shop)[1:] == [
        ("all.example", "rolled-back", "deploy"),
        ("ends.example", "rolled-back", "deploy"),
    ]
    assert "is bad under traffic" in shop.notifier.told[-1][1].text


def test_a_release_that_users_never_met_kept_the_previous_one(shop: Service) -> None:
    shop.make("two", replace(App(), starts_in=1000.0))
    with pytest.raises(HitlessError):
        deploy(shop.process(), shop.settings, version="v2")
    assert told(shop)[-1] == ("all.example", "kept-previous", "deploy")


def test_nobody_takes_it_and_the_release_is_live_all_the_same(shop: Service) -> None:
    shop.notifier.deaf = {ALL}
    done = deploy(shop.process(), shop.settings, version="v2")
    assert done.deploy
    assert done.deploy.outcome is Outcome.LIVE
    assert_legal(shop)
    last = shop.store.entries("d2")[-1]
    assert (last.step, last.status.value) == ("tell live", "failed")
    assert last.detail["not_told"] == {"webhook all.example": "answered 500"}
    first = [e for e in shop.store.entries("d2") if e.step == "tell started"][-1]
    assert "answered 500" in str(first.detail)
    said = [text for kind, text in shop.reporter.events if kind == "say"]
    assert any("all.example was not told live: answered 500" in text for text in said)


@pytest.mark.parametrize("wait", [True, False])
def test_a_rollback_is_told_to_those_whom_the_newer_release_names(
    shop: Service, *, wait: bool
) -> None:
    deploy(shop.process(), shop.settings, version="v2")
    shop.notifier.told.clear()
    shop.child = not wait
    if wait:
        rollback(shop.process(), wait=True)
    else:
        with pytest.raises(SystemExit):
            rollback(shop.process())
    assert told(shop) == [("all.example", "live", "rollback")]
    assert shop.notifier.told[0][1].version == "v1"


def test_without_workers_the_command_does_not_wait_for_who_is_told(tmp_path: Path) -> None:
    service = Service(tmp_path / "shop", SETTINGS._replace(workers={}, ignore=("worker",)))
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    service.settings = service.settings._replace(notify=(ALL,))
    deploy(service.process(), service.settings, version="v2")
    service.notifier.told.clear()
    rollback(service.process())  # this process returns; the other one goes on
    assert service.notifier.told == []
    assert service.ask().body == b"hello one api"


def test_who_recovers_a_dead_deploy_tells_how_it_ended(shop: Service) -> None:
    with sabotage(shop, Fault.KILLED, 25), pytest.raises(Died):
        deploy(shop.process(), shop.settings, version="v2")
    shop.notifier.told.clear()
    recover(shop.process())
    assert told(shop) == [("all.example", "kept-previous", "deploy")]
    assert shop.notifier.told[0][1].reason == "its process died"


def test_the_plan_names_it_only_where_somebody_listens(shop: Service) -> None:
    names = [step.name for step in make_plan(shop.process(), shop.settings).steps]
    assert names[:3] == ["preflight", "tell started", "snapshot"]
    quiet = SETTINGS._replace(notify=(ENDS,))
    assert "tell started" not in [s.name for s in make_plan(shop.process(), quiet).steps]


def test_a_test_goes_to_every_channel_and_names_those_that_failed(shop: Service) -> None:
    assert try_out(shop.process(), shop.settings) == (ALL.name, ENDS.name)
    assert [str(n.event) for _, n in shop.notifier.told] == ["test", "test"]
    shop.notifier.deaf = {ALL}
    with pytest.raises(NotDelivered, match="1 of 2 channels") as caught:
        try_out(shop.process(), shop.settings)
    assert caught.value.details == ("webhook all.example: answered 500",)
    assert shop.notifier.told[-1][0] is ENDS
