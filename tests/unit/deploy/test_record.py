"""A recorded deploy, and the traffic that a prober is asked to send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.deploy import deploy
from hitless.deploy.record import record
from hitless.deploy.rollback import rollback
from hitless.deploy.traffic import traffic
from hitless.domain.errors import HitlessError, ImageMissing, NothingDeployed, ReleaseUnknown
from hitless.domain.journal import Status
from hitless.domain.settings import Probe, WriteProbe
from hitless.domain.slot import Slot
from hitless.domain.traffic import TrafficKind
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path


BEGUN = ("begin", True)


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    made = Service(tmp_path / "shop")
    deploy(made.process(), made.settings, version="v1")
    made.make("two")
    deploy(made.process(), made.settings, version="v2")
    return made


def test_the_last_deploy_is_told_by_default(shop: Service) -> None:
    found = record(shop.store)
    assert found.deploy.id == "d2"
    assert (found.version, found.previous_version, found.title) == ("v2", "v1", "v1 → v2")
    assert found.evidence == shop.store.evidence("d2")
    assert not found.is_rollback


def test_a_deploy_is_found_by_its_id_and_by_its_release(shop: Service) -> None:
    first = shop.store.deploy("d1")
    assert record(shop.store, "d1").deploy == first
    assert record(shop.store, first.release).deploy == first
    with pytest.raises(ReleaseUnknown):
        record(shop.store, "d9")


def test_a_first_deploy_has_no_previous_release(shop: Service) -> None:
    found = record(shop.store, "d1")
    assert (found.previous_version, found.title) == ("", "v1")
    assert found.names["blue"] == "v1"
    assert "green" not in found.names


def test_whoever_answered_is_called_by_the_version_of_the_release_or_slot(shop: Service) -> None:
    found = record(shop.store)
    assert found.names["green"] == "v2"
    assert found.names["blue"] == "v1"
    assert found.names[found.deploy.release] == "v2"


def test_steps_are_told_with_their_times_and_facts(shop: Service) -> None:
    found = record(shop.store)
    steps = {step.name: step for step in found.steps}
    assert steps["traffic gate"].seconds >= SETTINGS.timing.bake
    assert steps["cutover"].began > steps["start"].began >= 0
    assert all(step.status is Status.DONE for step in found.steps)
    assert found.cutover_at == steps["cutover"].facts["at"]
    assert found.confirmed_ms == steps["cutover"].facts["confirmed_ms"] > 0


def test_a_deploy_without_a_cutover_has_no_time_of_one(shop: Service) -> None:
    shop.host.free = 0
    with pytest.raises(HitlessError):
        deploy(shop.process(), shop.settings, version="v3")
    found = record(shop.store)
    assert (found.cutover_at, found.confirmed_ms) == (None, None)
    assert [step.status for step in found.steps] == [Status.UNDONE]
    assert "reason" in found.steps[0].facts


def test_a_rollback_is_told_as_one(shop: Service) -> None:
    rollback(shop.process())
    found = record(shop.store)
    assert (found.is_rollback, found.evidence) == (True, None)
    assert found.title == "v2 → v1"
    assert found.deploy.slot is Slot.BLUE


def test_before_the_first_deploy_there_is_nothing_to_tell(tmp_path: Path) -> None:
    with pytest.raises(NothingDeployed):
        record(Service(tmp_path / "shop").store)


def test_every_kind_of_request_that_a_probe_asks_for_is_sent() -> None:
    probe = Probe(
        rate=50,
        pages=("/", "/tasks"),
        slow="/slow",
        write=WriteProbe("/m", {"id": "{uuid}"}, "/m/{id}"),
        websocket="/ws",
    )
    sent = traffic(probe, 8080)
    assert (sent.port, sent.rps) == (8080, 50)
    assert {request.kind for request in sent.requests} == set(TrafficKind)
    assert [r.path for r in sent.requests if r.kind is TrafficKind.NEW] == ["/", "/tasks"]
    write = next(r for r in sent.requests if r.kind is TrafficKind.WRITE)
    assert (write.method, write.body, write.read_back) == ("POST", '{"id": "{uuid}"}', "/m/{id}")
    assert traffic(probe, 8080, rate=5).rps == 5


def test_an_image_that_is_gone_is_found_before_anything_is_touched(shop: Service) -> None:
    shop.make("three")
    shop.machine.on_change.append(
        lambda what, done: shop.engine.untag("shop/api:v3") if (what, done) == BEGUN else None
    )
    with pytest.raises(ImageMissing, match="of service 'api' is gone from this machine"):
        deploy(shop.process(), shop.settings, version="v3")
    assert shop.ask().body == b"hello two api"


def test_an_edge_that_is_to_publish_another_port_is_told_before_anything_is_touched(
    shop: Service,
) -> None:
    shop.model["services"]["nginx"]["ports"][0]["published"] = "19999"
    path = shop.directory / "compose.yml"
    path.write_text(path.read_text().replace('"published": "18080"', '"published": "19999"'))
    with pytest.raises(HitlessError, match="19999"):
        deploy(shop.process(), shop.settings, version="v3")
    assert shop.ask().body == b"hello two api"


def test_an_edge_that_is_not_there_is_made_again(shop: Service) -> None:
    shop.engine.remove("shop-edge")
    shop.make("three")
    deploy(shop.process(), shop.settings, version="v3")
    assert shop.ask().body == b"hello three api"


def test_a_first_release_that_turns_bad_closes_the_edge_and_is_removed(tmp_path: Path) -> None:
    service = Service(tmp_path / "shop")
    bad = replace(service.machine.source["api"], breaks_after=0.2)
    service.make("bad", api=bad)
    with pytest.raises(HitlessError, match="bad under traffic") as caught:
        deploy(service.process(), service.settings, version="v1")
    assert caught.value.exit_status == 21
    assert not service.machine.boxes
    assert not service.machine.networks
