"""A rollback of a stack with many services asks as few questions as one with few."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hitless.deploy.deploy import deploy
from hitless.deploy.rollback import rollback
from hitless.domain.errors import NotHealthy
from hitless.domain.settings import Web
from testing.legal import assert_legal
from testing.service import MODEL, SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

MANY = 30
LISTS = ("containers", "project")


class Counted:
    """A port that counts what is asked of it, and what it tells."""

    def __init__(self, port: Any) -> None:
        self._port = port
        self.asked: Counter[str] = Counter()
        self.listed = 0

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        method = getattr(self._port, name)
        return self._counted(method) if name in LISTS else method

    def _counted(self, method: Any) -> Any:
        def listing(*words: str) -> Any:
            found = method(*words)
            self.listed += len(found)
            return found

        return listing


def large(directory: Path, more: int) -> Service:
    """The shop with further web services like its api."""
    names = [f"api{number}" for number in range(more)]
    model = json.loads(json.dumps(MODEL))
    model["services"] |= {name: dict(model["services"]["api"]) for name in names}
    settings = SETTINGS._replace(web=SETTINGS.web | {name: Web(8000, "/ready") for name in names})
    service = Service(directory, settings, model)
    for version in ("v1", "v2"):
        service.make(version)
        deploy(service.process(), settings, version=version)
    return service


def questions(service: Service) -> tuple[Counter[str], int]:
    """What a hot rollback asks of engine and edge, by kind; and how many containers it reads.

    Until it returns; what goes on behind keeps nobody waiting.
    """
    world = service.process()
    engine, http = Counted(world.engine), Counted(world.http)
    rollback(world._replace(engine=engine, http=http))
    assert service.ask().body == b"hello v1 api"
    return engine.asked + http.asked, engine.listed


def test_a_hot_rollback_asks_no_more_questions_for_many_services(tmp_path: Path) -> None:
    few, many = large(tmp_path / "few", 0), large(tmp_path / "many", MANY)
    assert questions(many)[0] == questions(few)[0]


def test_a_hot_rollback_reads_the_list_of_all_containers_once(tmp_path: Path) -> None:
    """And that of the slot it goes to once; the engine takes its time for each that it lists."""
    few, many = large(tmp_path / "few", 0), large(tmp_path / "many", MANY)
    both_slots, one_slot = 2 * MANY, MANY
    assert questions(many)[1] - questions(few)[1] == both_slots + one_slot


def test_one_sick_service_of_many_keeps_a_rollback_from_its_traffic(tmp_path: Path) -> None:
    many = large(tmp_path / "many", MANY)
    sick = many.machine.find(f"shop-blue-api{MANY - 1}")
    sick.app = replace(sick.app, fails=("/ready",))
    with pytest.raises(NotHealthy, match=f"api{MANY - 1}: not ready after 20 s, last answer: 500"):
        rollback(many.process(), wait=True)
    assert many.ask().body == b"hello v2 api"
    assert_legal(many)


def test_a_stopped_release_of_many_services_starts_whole(tmp_path: Path) -> None:
    many = large(tmp_path / "many", MANY)
    for name in many.names():
        if name.startswith("shop-blue-"):
            many.engine.stop(name, 1.0)
            box = many.machine.find(name)
            box.app = replace(box.app, starts_in=3.0)
    rollback(many.process(), wait=True)
    assert many.ask().body == b"hello v1 api"
    assert_legal(many)
