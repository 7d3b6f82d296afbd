"""What is looked at before anything is touched: memory, the clock, changes by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.domain.errors import MemoryShort
from hitless.domain.journal import Status
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    """A machine on which v1 serves from blue."""
    shop = Service(tmp_path / "shop")
    deploy(shop.process(), shop.settings, version="v1")
    return shop


def preflight(service: Service, version: str = "v2") -> dict[str, Any]:
    """What the preflight of the next deploy wrote down."""
    service.make(version)
    done = deploy(service.process(), service.settings, version=version)
    assert done.deploy
    rows = service.store.entries(done.deploy.id)
    return next(e.detail for e in rows if (e.step, e.status) == ("preflight", Status.DONE))


def test_memory_is_measured_on_the_release_that_serves(serving: Service) -> None:
    facts = preflight(serving)
    assert (facts["memory_mb"], facts["available_mb"]) == (150, 8000)
    assert "odd" not in facts


def test_what_the_slot_still_holds_is_counted_as_available(serving: Service) -> None:
    preflight(serving)
    serving.host.memory = 60_000_000  # and 100 MB in blue, whose worker has stopped
    assert preflight(serving, "v3")["available_mb"] == 160


def test_too_little_memory_is_refused_before_anything_is_touched(serving: Service) -> None:
    serving.host.memory = 149_000_000
    with pytest.raises(MemoryShort, match="takes 150 MB, and only 149 MB") as caught:
        preflight(serving)
    assert "docker stats" in caught.value.hint
    assert serving.ask().body == b"hello one api"
    assert_legal(serving)


def test_before_the_first_release_nothing_is_known_of_memory(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop")
    shop.host.memory = 0
    deploy(shop.process(), shop.settings, version="v1")
    assert_legal(shop)


def test_a_clock_that_went_back_is_told(serving: Service) -> None:
    serving.clock.wrong_by = -90.0
    assert "s before the end of the last deploy" in preflight(serving)["odd"][0]
    assert_legal(serving)


def test_a_container_that_is_gone_stopped_or_made_anew_is_told(serving: Service) -> None:
    other = serving.machine.add_image("other:1", App(text="hello by hand"))
    for name, box in [(b.name, b) for b in serving.machine.boxes.values()]:
        if name == "shop-blue-site":
            box.image = other
        if name == "shop-blue-worker":
            serving.engine.stop(name, 1.0)
    odd = preflight(serving)["odd"]
    assert [text.partition(" of ")[0] for text in odd] == ["shop-blue-site", "shop-blue-worker"]
    assert "made again from another image" in odd[0]
    assert 'start it with "docker start shop-blue-worker"' in odd[1]
    assert ("say", odd[0]) in serving.reporter.events


def test_a_container_that_was_removed_is_told(serving: Service) -> None:
    serving.engine.remove("shop-blue-worker")
    assert "shop-blue-worker of v1" in preflight(serving)["odd"][0]


def test_a_configuration_of_the_edge_that_was_edited_is_told_and_replaced(
    serving: Service,
) -> None:
    serving.edge.stage(serving.edge.config() + "# mine;\n")
    serving.edge.adopt()
    assert "changed by hand" in preflight(serving)["odd"][0]
    assert "# mine" not in serving.edge.config()
