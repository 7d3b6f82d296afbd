"""What users' traffic, and its absence, does to a release in the small world."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import NEVER, App
from hitless.deploy.deploy import deploy
from hitless.deploy.outage import OtherSlot
from hitless.deploy.recover import context
from hitless.domain.errors import EngineFailed, TrafficBad
from hitless.domain.evidence import Failure, Second
from hitless.domain.journal import Outcome, Status
from hitless.domain.settings import OnNoData, Timing, Verify
from hitless.domain.slot import Slot
from hitless.domain.traffic import TrafficKind
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ORDERS = "/api/orders"  # nobody but users asks for it
BAKE = 2.0


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    """A machine on which v1 serves from blue, and whose users look at their orders."""
    shop = Service(tmp_path / "shop", SETTINGS._replace(timing=Timing(20.0, BAKE, 5.0)))
    deploy(shop.process(), shop.settings, version="v1")
    shop.clock.on_tick.append(lambda: use(shop))
    shop.clock.sleep(5.0)
    return shop


def use(service: Service) -> None:
    """A user's request."""
    service.ask(ORDERS)


def released(service: Service, app: App | None = None, **verify: Any) -> dict[str, Any]:
    """What the traffic gate records of the next release."""
    settings = service.settings._replace(verify=Verify(**verify))
    service.make("two", api=app or App())
    deploy(service.process(), settings, version="v2")
    assert_legal(service)
    assert service.ask().body == b"hello two api"
    last = service.store.deploys(1)[0]
    entries = service.store.entries(last.id)
    return dict(next(e.detail for e in entries if (e.step, e.status) == GATE_DONE))


GATE_DONE = ("traffic gate", Status.DONE)


def rolled_back(service: Service, app: App | None = None, **verify: Any) -> str:
    """Why the next release lost its traffic again."""
    with pytest.raises(TrafficBad) as caught:
        released(service, app, **verify)
    assert_legal(service)
    assert service.ask().body == b"hello one api"
    assert service.store.deploys(1)[0].outcome is Outcome.ROLLED_BACK
    return caught.value.message


def said(service: Service, kind: str = "say") -> list[str]:
    return [text for event, text in service.reporter.events if event == kind]


@pytest.mark.parametrize("age", [0.35, 0.6, 2.1])
def test_a_release_that_begins_to_fail_as_the_bake_ends_does_not_slip_through(
    serving: Service, age: float
) -> None:
    serving.settings = serving.settings._replace(timing=Timing(20.0, age, 5.0))
    assert "failed" in rolled_back(serving, App(breaks_after=age))


class Outage:
    """The database is away from a time after the cutover, for all that ask it."""

    def __init__(
        self,
        service: Service,
        after: float,
        lasts: float,
        of: Sequence[str],
        restarts: int = 0,
    ) -> None:
        self._service, self._after, self._lasts = service, after, lasts
        self._boxes, self._restarts = of, restarts
        self._cutover = NEVER
        service.machine.on_change.append(self._noted)
        service.clock.on_tick.append(self._tick)

    def _noted(self, what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if what == "activate green" and done:
            self._cutover = self._service.clock.monotonic()

    def _tick(self) -> None:
        age = self._service.clock.monotonic() - self._cutover
        away = self._after <= age < self._after + self._lasts
        for box in self._service.machine.boxes.values():
            if box.name in self._boxes:
                box.app = replace(box.app, breaks_after=0.0 if away else NEVER)
                box.restarted = self._restarts if age >= self._after else 0


class Unready(Outage):
    """Only the readiness of the new api tells that something is wrong."""

    def __init__(self, service: Service) -> None:
        super().__init__(service, 0.0, NEVER, NEW)

    def _tick(self) -> None:
        if self._cutover < NEVER:
            for box in self._service.machine.boxes.values():
                if box.name in self._boxes:
                    box.app = replace(box.app, fails=("/ready",))


def outage(service: Service, breaks_after: float) -> None:
    """The database goes away, or comes back, for the api in both slots."""
    for box in service.machine.boxes.values():
        if box.name in BOTH:
            box.app = replace(box.app, breaks_after=breaks_after)


NEW, BOTH = ("shop-green-api",), ("shop-blue-api", "shop-green-api")


def test_a_path_that_only_users_ask_for_condemns(serving: Service) -> None:
    why = rolled_back(serving, App(fails=(ORDERS,)))
    assert "requests of users failed, at most" in why
    assert "error rate below" in why


def test_a_good_release_stays_with_its_evidence(serving: Service) -> None:
    serving.settings = serving.settings._replace(timing=Timing(20.0, 2 * BAKE, 5.0))
    facts = released(serving)
    assert facts["verdict"] == "good enough"
    assert facts["evidence"].startswith("0 errors in ")
    assert facts["e"] < 1
    assert "held" not in facts
    assert said(serving, "verdict")[-1] == f"good enough: {facts['evidence']}"


def test_three_failed_health_checks_condemn_a_release_that_fails_nobody_yet(
    serving: Service,
) -> None:
    Unready(serving)
    assert "api failed 3 health checks, the last with: 500" in rolled_back(serving)


def test_an_outage_of_both_slots_is_waited_out(serving: Service) -> None:
    Outage(serving, after=0.5, lasts=10.0, of=BOTH)
    facts = released(serving)
    assert "but slot blue with v1" in facts["held"]
    assert facts["verdict"] == "good enough", "what failed in the outage is forgotten"
    assert any("does not roll back" in text for text in said(serving))
    assert any("watching anew" in text for text in said(serving))


def test_an_outage_that_is_just_over_is_remembered(serving: Service) -> None:
    released(serving)
    world = serving.process()
    other = OtherSlot(context(world, serving.store.deploys(1)[0]))
    outage(serving, breaks_after=0.0)
    for _ in range(2):
        other.check()
    outage(serving, breaks_after=NEVER)
    assert "slot blue with v1" in other.fails_too()
    assert other.fails_still() == ""
    assert other.fails_too() == ""


@pytest.mark.parametrize(("slow", "shared"), [(3, False), (4, True)])
def test_a_slow_cause_is_shared_when_most_answers_of_the_other_slot_are_slow(
    serving: Service, monkeypatch: pytest.MonkeyPatch, slow: int, *, shared: bool
) -> None:
    """A stall of the machine makes one answer or two slow in any slot."""
    released(serving)
    world = serving.process()
    other = OtherSlot(context(world, serving.store.deploys(1)[0]))
    get, delays = serving.http.get, iter([0.2] * slow + [0.0] * 6)

    def delayed(*request: Any) -> Any:
        serving.clock.sleep(next(delays))
        return get(*request)

    monkeypatch.setattr(serving.http, "get", delayed)
    assert ("is slow, too" in other.fails_too(50.0)) is shared


def test_an_outage_of_long_ago_is_not(serving: Service) -> None:
    released(serving)
    other = OtherSlot(context(serving.process(), serving.store.deploys(1)[0]))
    outage(serving, breaks_after=0.0)
    for _ in range(2):
        other.check()
    outage(serving, breaks_after=NEVER)
    serving.clock.sleep(20.0)
    assert other.fails_too() == ""


def test_an_outage_that_outlasts_the_hold_leaves_the_release_without_a_verdict(
    serving: Service,
) -> None:
    Outage(serving, after=0.5, lasts=60.0, of=BOTH)
    settings = serving.settings._replace(verify=Verify(hold=3.0))
    serving.make("two")
    deploy(serving.process(), settings, version="v2")
    assert serving.edge.active() is Slot.GREEN
    last = serving.store.deploys(1)[0]
    assert last.outcome is Outcome.LIVE
    entries = serving.store.entries(last.id)
    facts = next(e.detail for e in entries if (e.step, e.status) == GATE_DONE)
    assert facts["verdict"] == "not enough evidence"
    assert "held" in facts


def test_the_same_failures_of_the_new_slot_alone_roll_back(serving: Service) -> None:
    Outage(serving, after=0.5, lasts=60.0, of=NEW)
    assert "failed" in rolled_back(serving)


def test_a_release_that_stays_broken_after_a_shared_outage_rolls_back(serving: Service) -> None:
    Outage(serving, after=0.5, lasts=4.0, of=("shop-blue-api",))
    rolled_back(serving, App(breaks_after=1.0))
    assert any("watching anew" in text for text in said(serving))


def test_restarts_in_a_shared_outage_are_forgiven(serving: Service) -> None:
    Outage(serving, after=0.5, lasts=4.0, of=BOTH, restarts=2)
    facts = released(serving)
    assert facts["verdict"] == "good enough"
    assert "restarted 2 times" in facts["held"]


def test_with_too_little_evidence_a_release_stays_unless_told_otherwise(serving: Service) -> None:
    facts = released(serving, error_rate=0.0001)
    assert facts["verdict"] == "not enough evidence"


def test_with_too_little_evidence_a_release_goes_if_told_so(serving: Service) -> None:
    why = rolled_back(serving, error_rate=0.0001, on_no_data=OnNoData.FAIL)
    assert "not enough evidence: 0 errors in" in why


def test_extra_time_is_used_only_as_long_as_evidence_lacks(serving: Service) -> None:
    began = serving.clock.monotonic()
    facts = released(serving, error_rate=0.01, extra=60.0, on_no_data=OnNoData.FAIL)
    assert facts["verdict"] == "good enough"
    assert BAKE + 2 < serving.clock.monotonic() - began < 60


def test_a_log_that_cannot_be_read_leaves_the_probes(serving: Service) -> None:
    serving.access_log.unreadable = EngineFailed("logging driver does not support reading")
    facts = released(serving, error_rate=0.05)
    assert facts["verdict"] == "good enough"
    assert "judging by probes alone: logging driver does not support reading" in said(serving)


def test_failures_that_ended_before_the_cutover_was_confirmed_are_no_fault_of_a_release(
    serving: Service,
) -> None:
    """An edge that restarts between flag and proof answers nobody, whatever the release does."""
    process = serving.process()

    def gap(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if what == "activate green" and done:
            at = int(serving.clock.now())
            missed = Second(at, TrafficKind.NEW, sent=22, failed=22, streak=22)
            process.prober._seconds.append(missed)  # type: ignore[attr-defined]

    serving.machine.on_change.append(gap)
    serving.make("two")
    done = deploy(process, serving.settings, version="v2")
    assert done.evidence
    assert done.evidence.failed == 22
    assert serving.ask().body == b"hello two api"


def test_failures_of_before_that_the_prober_tells_late_are_no_fault_either(
    serving: Service,
) -> None:
    """It reports ten times a second: the last before the proof may be told after it."""
    process = serving.process()
    moments: list[float] = []

    def note(what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
        if what in {"activate green", "approve backup"} and done:
            moments.append(serving.clock.now())

    def tell() -> None:
        if len(moments) == 2 and serving.clock.now() > moments[1] + 0.1:
            at = moments.pop(0)
            missed = Second(int(at), TrafficKind.NEW, sent=9, failed=9, streak=9)
            process.prober._seconds.append(missed)  # type: ignore[attr-defined]
            process.prober._failures += [  # type: ignore[attr-defined]
                Failure(at + 0.001, TrafficKind.NEW, "/", "refused", ms=1.0)
            ] * 9

    serving.machine.on_change.append(note)
    serving.clock.on_tick.append(tell)
    serving.make("two")
    done = deploy(process, serving.settings, version="v2")
    assert done.evidence
    assert done.evidence.failed == 9
    assert serving.ask().body == b"hello two api"
