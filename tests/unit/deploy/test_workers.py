"""Jobs change hands: in which order, and with the broker as a witness."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.deploy.rollback import rollback
from hitless.domain.container import Output
from hitless.domain.errors import QueueNotQuiet, QueueUnknown, SmokeFailed, WorkersNotReady
from hitless.domain.journal import Status
from hitless.domain.settings import Handover, Queue, QueueType, SmokeCheck, Worker
from testing.faults import sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hitless.domain.settings import Settings

QUEUE = Queue(QueueType.JETSTREAM, "db", "JOBS", "workers")


def with_worker(**changes: Any) -> Settings:
    worker = SETTINGS.workers["worker"]._replace(**changes)
    return SETTINGS._replace(workers={"worker": worker})


@dataclass
class Broker:
    """What NATS tells at a moment; ``tells`` makes it something else than its state."""

    delivered: int = 10
    settled: int = 10
    in_flight: int = 0
    asked: int = 1
    asks: list[str] = field(default_factory=list)
    tells: Callable[[Broker], None] = lambda _: None

    def __call__(self, command: tuple[str, ...]) -> Output:
        self.asks.append(command[-1])
        self.tells(self)
        one = {
            "name": "workers",
            "delivered": {"stream_seq": self.delivered},
            "ack_floor": {"stream_seq": self.settled},
            "num_ack_pending": self.in_flight,
            "num_waiting": self.asked,
            "num_pending": 0,
        }
        stream = {"name": "JOBS", "consumer_detail": [one]}
        return Output(0, json.dumps({"account_details": [{"stream_detail": [stream]}]}))


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """v1 serves from blue; its worker takes jobs of a queue that can be asked."""
    shop = Service(tmp_path / "shop", with_worker(queue=QUEUE))
    shop.machine.inside["shop-edge"] = Broker()
    release(shop, "v1")
    return shop


def release(service: Service, version: str) -> Mapping[str, Any]:
    """Deploy; what the handover wrote down."""
    service.make(version)
    done = deploy(service.process(), service.settings, version=version)
    assert done.deploy
    return handover(service)


def handover(service: Service) -> Mapping[str, Any]:
    rows = service.store.entries(service.store.deploys(1)[0].id)
    return next(e.detail for e in rows if (e.step, e.status) == ("worker handover", Status.DONE))


def order(seen: list[str]) -> list[str]:
    """Starts and stops of workers, without the rest."""
    words = [what for what in seen if what.endswith("-worker")]
    return [what for what in words if what.startswith(("start", "stop"))]


def test_the_broker_is_asked_and_its_word_is_recorded(shop: Service) -> None:
    facts = release(shop, "v2")
    assert facts["stopped"] == {"shop-blue-worker": 0}
    assert facts["queues"] == {"worker": "0 in flight, 0 left, a worker waits for jobs"}
    broker = shop.machine.inside["shop-edge"]
    assert isinstance(broker, Broker)
    assert broker.asks[-1].startswith("http://db:8222/jsz?")
    assert_legal(shop)


def test_a_handover_waits_for_what_was_delivered_before_it(shop: Service) -> None:
    def busy(broker: Broker) -> None:
        broker.delivered += 1  # the new worker takes new jobs all the while
        broker.settled += 4
        broker.in_flight = 3

    broker = Broker(delivered=50, settled=10, in_flight=3, tells=busy)
    shop.machine.inside["shop-edge"] = broker
    release(shop, "v2")
    assert broker.settled >= 50
    assert_legal(shop)


def test_jobs_of_a_killed_worker_that_nobody_finishes_take_the_deploy_back(shop: Service) -> None:
    shop.machine.inside["shop-edge"] = Broker(delivered=50, settled=10, in_flight=3)
    for box in shop.machine.boxes.values():
        if box.name == "shop-blue-worker":
            box.app = replace(box.app, stops_in=1000.0)
    with pytest.raises(QueueNotQuiet, match="was killed") as caught:
        release(shop, "v2")
    assert caught.value.exit_status == 20
    assert "stop_timeout" in caught.value.hint
    assert_legal(shop)


def test_a_job_that_fails_again_and_again_does_not_keep_a_release_away(shop: Service) -> None:
    shop.machine.inside["shop-edge"] = Broker(delivered=50, settled=10, in_flight=1)
    facts = release(shop, "v2")
    assert facts["queues"]["worker"].startswith("1 in flight")
    assert any("still open" in text for _, text in shop.reporter.events)
    assert_legal(shop)


def test_a_worker_that_is_up_but_takes_no_jobs_does_not_pass(shop: Service) -> None:
    shop.machine.inside["shop-edge"] = Broker(asked=0)
    with pytest.raises(QueueNotQuiet, match="ready, but take no jobs"):
        release(shop, "v2")
    assert shop.ask().body == b"hello v1 api"
    assert_legal(shop)


def test_a_broker_that_does_not_tell_is_met_before_any_worker_is_stopped(shop: Service) -> None:
    shop.machine.inside["shop-edge"] = lambda _: Output(1, "")
    with sabotage(shop) as watched, pytest.raises(QueueUnknown, match="on port 8222"):
        release(shop, "v2")
    assert "stop shop-blue-worker" not in watched.seen
    assert_legal(shop)


def test_the_broker_itself_is_asked_where_the_edge_cannot(shop: Service) -> None:
    shop.machine.inside["shop-edge"] = lambda _: Output(127, "wget: not found")
    shop.machine.inside["shop-shared-db-1"] = Broker()
    release(shop, "v2")
    assert_legal(shop)


def test_a_rollback_goes_through_whatever_the_broker_says(shop: Service) -> None:
    release(shop, "v2")
    shop.machine.inside["shop-edge"] = lambda _: Output(1, "")
    rollback(shop.process(), wait=True)
    assert "does not tell" in handover(shop)["queues"]["unsettled"]
    assert_legal(shop)


@pytest.mark.parametrize("how", [Handover.STOP_FIRST, Handover.SINGLETON])
def test_what_must_never_run_twice_does_not_on_the_way_there_nor_back(
    tmp_path: Path, how: Handover
) -> None:
    shop = Service(tmp_path / "shop", with_worker(handover=how))
    release(shop, "v1")
    with sabotage(shop) as watched:
        release(shop, "v2")
        rollback(shop.process(), wait=True)
    assert order(watched.seen) == [
        *("stop shop-blue-worker", "start shop-green-worker"),
        *("stop shop-green-worker", "start shop-blue-worker"),
    ]
    assert_legal(shop)


@pytest.mark.parametrize("before", [Handover.OVERLAP, Handover.SINGLETON])
def test_a_handover_taken_back_never_runs_both_either(tmp_path: Path, before: Handover) -> None:
    shop = Service(tmp_path / "shop", with_worker(handover=before))
    release(shop, "v1")
    shop.settings = with_worker(handover=Handover.SINGLETON)
    shop.make("v2", worker=App(starts_in=1000.0))
    with sabotage(shop) as watched, pytest.raises(WorkersNotReady):
        deploy(shop.process(), shop.settings, version="v2")
    seen = order(watched.seen)
    assert seen.index("stop shop-green-worker") < seen.index("start shop-blue-worker")
    assert_legal(shop)


def test_the_stricter_of_both_releases_decides(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop", with_worker(handover=Handover.SINGLETON))
    release(shop, "v1")
    shop.settings = SETTINGS
    with sabotage(shop) as watched:
        release(shop, "v2")
    assert order(watched.seen) == ["stop shop-blue-worker", "start shop-green-worker"]


def test_a_worker_that_restarts_again_and_again_is_stopped_too(shop: Service) -> None:
    shop.settings = SETTINGS._replace(workers={"worker": Worker()})
    for box in shop.machine.boxes.values():
        box.paused = box.name == "shop-blue-worker"
    assert release(shop, "v2")["stopped"] == {"shop-blue-worker": 0}


def test_a_deploy_that_fails_before_the_handover_touches_no_worker(shop: Service) -> None:
    shop.settings = shop.settings._replace(smoke=(SmokeCheck("/", contains="nothing like it"),))
    with sabotage(shop) as watched, pytest.raises(SmokeFailed):
        release(shop, "v2")
    assert order(watched.seen) == []
