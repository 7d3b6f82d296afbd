"""Releases that get their traffic in shares, in the small world."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy, make_plan
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.deploy.wishes import Wish, ask, canary
from hitless.domain.errors import EngineFailed, Interrupted, NoCanary, TrafficBad
from hitless.domain.journal import ASKED, Outcome, Status
from hitless.domain.settings import Canary, OnNoTraffic, Probe, Strategy
from hitless.domain.slot import Share, Slot
from testing.faults import Died
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLIENTS = 200
ORDERS = "/api/orders"
IN_EVERY_SHARE, IN_NONE = {"Cookie": "hitless_bucket=00"}, {"Cookie": "hitless_bucket=99"}
QUICK = Canary(steps=(10, 50), interval=2.0, min_samples=20, allow_header="X-Canary")


def in_shares(canary: Canary = QUICK, **changes: Any) -> Any:
    return SETTINGS._replace(strategy=Strategy(canary._replace(**changes)))


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    """A machine on which v1 serves from blue; many clients ask for its version."""
    shop = Service(tmp_path / "shop", in_shares())
    deploy(shop.process(), shop.settings, version="v1")
    shop.clock.on_tick.append(lambda: crowd(shop))
    return shop


def crowd(service: Service) -> None:
    """Twenty of the clients, others at each tick."""
    tick = round(service.clock.monotonic() * 10)
    for number in range(20):
        service.ask(headers={"User-Agent": f"client {(tick * 20 + number) % CLIENTS}"})


def at_share(service: Service, percent: int, act: Callable[[], object]) -> None:
    """Do something once, a second after a share was given."""
    due: list[float] = []

    def noted(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if done and what.endswith(f"-{percent}") and what.startswith("shift"):
            due.append(service.clock.monotonic() + 1.0)

    def tick() -> None:
        if due and service.clock.monotonic() >= due[0]:
            due.clear()
            act()

    service.machine.on_change.append(noted)
    service.clock.on_tick.append(tick)


def release(service: Service, api: App | None = None, **canary: Any) -> None:
    service.make("two", api=api or App())
    deploy(service.process(), in_shares(**canary), version="v2")


def facts(service: Service, step: str) -> dict[str, Any]:
    entries = service.store.entries(service.store.deploys(1)[0].id)
    return dict(next(e.detail for e in entries if (e.step, e.status) == (step, Status.DONE)))


def failed(service: Service) -> int:
    return sum(line.status >= 500 for line in service.nginx.accesses)


def test_a_good_release_takes_every_share_and_then_all(serving: Service) -> None:
    seen: list[str] = []
    serving.machine.on_change.append(lambda what, done: seen.append(what) if done else None)
    release(serving)
    assert [what for what in seen if what.startswith(("shift", "activate"))] == [
        "shift canary-green-10", "shift canary-green-50", "activate green", "shift back",
    ]  # fmt: skip
    assert facts(serving, "shift 10 %")["verdict"] == "good enough"
    assert facts(serving, "shift 50 %")["share"] == "50 %"
    assert failed(serving) == 0
    assert_legal(serving)


def test_about_the_share_of_clients_meet_the_canary_and_they_stay(serving: Service) -> None:
    met: list[set[str]] = []

    def count() -> None:
        asked = ({"User-Agent": f"somebody {n}"} for n in range(1000))
        met.append({h["User-Agent"] for h in asked if serving.ask(headers=h).slot == "green"})

    for _ in range(2):
        at_share(serving, 10, count)
    at_share(serving, 50, count)
    release(serving)
    first, again, later = met
    assert 50 < len(first) < 150
    assert again == first
    assert first < later


def test_who_has_the_header_chooses(serving: Service) -> None:
    got: list[str] = []

    def choose() -> None:
        for client, wish in ((IN_NONE, "always"), (IN_EVERY_SHARE, "never"), (IN_NONE, "maybe")):
            got.append(serving.ask(headers=client | {"X-Canary": wish}).slot)

    at_share(serving, 10, choose)
    release(serving)
    assert got == ["green", "blue", "blue"]
    assert serving.ask(headers={"X-Canary": "never"}).slot == "green", "nobody is a canary now"


@pytest.mark.parametrize("api", [App(fails=("/api/version",)), App(breaks_after=1.0)])
def test_a_release_that_fails_at_ten_per_cent_goes_back_and_few_users_met_it(
    serving: Service, api: App
) -> None:
    before = len(serving.nginx.accesses)
    serving.make("two", api=api)
    settings = in_shares()._replace(smoke=(), probe=Probe(pages=("/",)))
    settings = settings._replace(proxy=settings.proxy._replace(confirm="/"))
    with pytest.raises(TrafficBad) as caught:
        deploy(serving.process(), settings, version="v2")
    assert "with 10 % of the traffic" in caught.value.message
    assert caught.value.exit_status == 21
    assert serving.store.deploys(1)[0].outcome is Outcome.ROLLED_BACK
    assert serving.edge.share() is None
    assert 0 < failed(serving) < 0.2 * (len(serving.nginx.accesses) - before)
    assert_legal(serving)


def test_what_fails_in_both_slots_alike_speaks_against_neither(serving: Service) -> None:
    """The overlap test needs no history: the old slot fails now, and never did before."""
    at_share(serving, 10, lambda: both_lose(serving, ORDERS))
    serving.clock.on_tick.append(lambda: orders(serving))
    release(serving, interval=20.0)
    assert failed(serving) > 100
    for step in ("shift 10 %", "shift 50 %"):
        assert facts(serving, step)["e"] < 100
    assert_legal(serving)


def test_what_fails_in_the_canary_alone_speaks_against_it(serving: Service) -> None:
    serving.clock.on_tick.append(lambda: orders(serving))
    with pytest.raises(TrafficBad, match="it fails more than the other slot does"):
        release(serving, App(fails=(ORDERS,)), interval=20.0)
    assert_legal(serving)


def orders(service: Service) -> None:
    """Between the others, so that never ten in a row fail."""
    tick = round(service.clock.monotonic() * 10)
    for number in range(3):
        service.ask(ORDERS, {"User-Agent": f"client {(tick * 3 + number) % CLIENTS}"})


def both_lose(service: Service, path: str) -> None:
    for box in service.machine.boxes.values():
        if box.name in ("shop-blue-api", "shop-green-api"):
            box.app = replace(box.app, fails=(path,))


def test_a_canary_that_was_not_approved_gets_nothing_that_the_active_slot_spills(
    serving: Service,
) -> None:
    answers: list[str] = []

    def kill_the_active_slot() -> None:
        box = serving.machine.find("shop-blue-api")
        box.paused = True
        answers.append(serving.ask(headers=IN_NONE).release)
        box.paused = False

    at_share(serving, 10, kill_the_active_slot)
    release(serving)
    assert answers == [""], "nobody answered, rather than the canary"


def test_what_the_canary_cannot_take_spills_to_the_active_slot(serving: Service) -> None:
    statuses: list[int] = []

    def kill_the_canary() -> None:
        box = serving.machine.find("shop-green-api")
        box.paused = True
        statuses.append(serving.ask(headers=IN_EVERY_SHARE).status)

    at_share(serving, 10, kill_the_canary)
    with pytest.raises(TrafficBad):
        release(serving)
    assert statuses == [200]
    assert_legal(serving)


def nobody_comes(service: Service) -> None:
    service.clock.on_tick.clear()


def without_users(service: Service, **canary: Any) -> None:
    """Only the prober asks, far too little."""
    nobody_comes(service)
    service.make("two")
    deploy(service.process(), in_shares(min_samples=1000, **canary), version="v2")


def test_without_users_both_slots_are_asked_for_what_is_missing(serving: Service) -> None:
    without_users(serving)
    done = facts(serving, "shift 10 %")
    assert done["verdict"] == "good enough"
    assert re.match(r"0 of 1,0\d\d requests failed, 0 of ", done["evidence"])
    assert_legal(serving)


@pytest.mark.parametrize(("choice", "seconds"), [(OnNoTraffic.FAIL, 2), (OnNoTraffic.HOLD, 32)])
def test_without_users_a_canary_goes_back_if_told_so(
    serving: Service, choice: OnNoTraffic, seconds: int
) -> None:
    began = serving.clock.monotonic()
    with pytest.raises(TrafficBad) as caught:
        without_users(serving, on_no_data=choice, hold=30.0)
    assert re.search(r"not enough evidence: \d+ of 1,000 requests missing", caught.value.message)
    assert seconds <= serving.clock.monotonic() - began < seconds + 20
    assert_legal(serving)


def test_holding_ends_when_users_come(serving: Service) -> None:
    release(serving, min_samples=250, on_no_data=OnNoTraffic.HOLD, hold=300.0)
    assert facts(serving, "shift 10 %")["verdict"] == "good enough"
    assert_legal(serving)


def test_a_pause_holds_until_somebody_goes_on(serving: Service) -> None:
    shares: list[Share | None] = []
    at_share(serving, 10, lambda: ask(serving.process(), Wish.PAUSE))
    due = serving.clock.monotonic() + 60.0

    def later() -> None:
        if not shares and serving.clock.monotonic() >= due:
            shares.append(serving.edge.share())
            ask(serving.process(), Wish.NEXT)

    serving.clock.on_tick.append(later)
    release(serving)
    assert shares == [Share(Slot.GREEN, 10)]
    assert facts(serving, "shift 10 %")["by_hand"] == "promote"
    assert "by_hand" not in facts(serving, "shift 50 %"), "the next share has its own time"
    wishes = [e.detail for e in serving.store.entries("d2") if e.step == ASKED]
    assert [w["wish"] for w in wishes] == ["pause", "promote"]
    assert wishes[0]["actor"] == "somebody@memory"


def test_going_on_by_hand_needs_no_time_and_no_requests(serving: Service) -> None:
    at_share(serving, 10, lambda: ask(serving.process(), Wish.ALL))
    began = serving.clock.monotonic()
    release(serving, interval=600.0, min_samples=1_000_000)
    assert serving.clock.monotonic() - began < 60
    assert facts(serving, "shift 50 %")["by_hand"] == "promote --full"
    assert_legal(serving)


def test_nobody_goes_on_by_hand_with_a_release_that_is_bad(serving: Service) -> None:
    at_share(serving, 10, lambda: ask(serving.process(), Wish.PAUSE))
    with pytest.raises(TrafficBad):
        release(serving, App(breaks_after=4.0))
    assert_legal(serving)


def test_the_canary_of_the_moment_is_told_with_its_verdict(serving: Service) -> None:
    told: list[Any] = []
    at_share(serving, 10, lambda: told.append(canary(serving.process())))
    at_share(serving, 50, lambda: ask(serving.process(), Wish.PAUSE))
    at_share(serving, 50, lambda: told.append(canary(serving.process())))
    at_share(serving, 50, lambda: ask(serving.process(), Wish.NEXT))
    release(serving)
    first, second = told
    assert (first["deploy"], first["slot"], first["percent"]) == ("d2", "green", 10)
    assert first["verdict"] == "not enough evidence"
    assert first["evidence"].startswith("0 of ")
    assert (first["paused"], second["paused"], second["percent"]) == (False, True, 50)
    assert canary(serving.process()) is None


def test_the_certificate_names_each_share_with_its_limits(serving: Service) -> None:
    release(serving)
    text = (serving.process().home / "certificates" / "d2.json").read_text()
    gates = {gate["name"]: gate for gate in json.loads(text)["gates"]}
    assert gates["shift 10 %"]["passed"]
    assert gates["shift 10 %"]["limits"]["min_samples"] == QUICK.min_samples


def test_a_wish_without_a_canary_is_refused(serving: Service) -> None:
    with pytest.raises(NoCanary, match="no canary has a share"):
        ask(serving.process(), Wish.NEXT)


def test_a_wish_for_a_canary_whose_process_died_is_refused(serving: Service) -> None:
    kill_at(serving, "shift canary-green-10")
    with pytest.raises(NoCanary, match="has died"):
        ask(serving.process(), Wish.NEXT)
    recover(serving.process())
    assert_legal(serving)
    assert serving.store.deploys(1)[0].outcome is Outcome.ROLLED_BACK


def kill_at(service: Service, change: str) -> None:
    class Killer:
        dead = False

        def __call__(self, what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
            self.dead = self.dead or (done and what == change)
            if self.dead:
                raise Died

    killer = Killer()
    service.machine.on_change.append(killer)
    with pytest.raises(Died):
        release(service)
    service.machine.on_change.remove(killer)
    service.clock.on_tick.clear()


def test_an_abort_in_a_share_gives_it_back(serving: Service) -> None:
    def stop() -> None:
        serving.interrupts.strike()

    at_share(serving, 50, stop)
    with pytest.raises(Interrupted):
        release(serving)
    assert serving.store.deploys(1)[0].outcome is Outcome.ROLLED_BACK
    assert_legal(serving)


def test_a_first_release_has_nobody_to_share_with(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop", in_shares())
    deploy(shop.process(), shop.settings, version="v1")
    assert facts(shop, "shift 10 %")["share"] == "none, as there is no other release"
    assert_legal(shop)


def test_a_release_that_came_in_shares_is_rolled_back_as_any_other(serving: Service) -> None:
    release(serving)
    rollback(serving.process(), wait=True)
    assert serving.ask(headers=IN_EVERY_SHARE).body == b"hello one api"
    assert_legal(serving)


def test_the_next_canary_goes_the_other_way_without_a_reload(serving: Service) -> None:
    release(serving)
    config = serving.edge.config()
    serving.make("three")
    deploy(serving.process(), in_shares(), version="v3")
    assert serving.edge.config() == config
    assert serving.ask().slot == "blue"
    assert_legal(serving)


def test_the_plan_names_the_shifts(serving: Service) -> None:
    names = [step.name for step in make_plan(serving.process(), in_shares()).steps]
    assert names[names.index("cutover") - 2 : names.index("cutover")] == [
        "shift 10 %",
        "shift 50 %",
    ]


def test_without_the_log_the_canary_is_asked_by_ourselves(serving: Service) -> None:
    serving.access_log.unreadable = EngineFailed("logging driver does not support reading")
    release(serving, min_samples=50)
    assert facts(serving, "shift 10 %")["evidence"].startswith("0 of 50 requests failed")
    assert_legal(serving)
