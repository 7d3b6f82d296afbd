"""The edge's access log: real nginx through the real engine, and the small world's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.docker_engine import socket_path
from hitless.adapters.edge_log import EngineAccessLog
from hitless.adapters.memory.access_log import MemoryAccessLog
from hitless.domain.errors import EngineFailed
from hitless.domain.ledger import Ledger
from hitless.domain.slot import Slot
from testing.ground import MemoryGround
from tests.contract.test_edge import NEW, OLD, Stage, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.domain.access import Access
    from hitless.domain.ports import AccessLog

__all__ = ["running"]  # the fixture of the edge, in front of one container in each slot
SECONDS = 10.0


class Reader:
    """Reads until as many lines came as were asked for."""

    def __init__(self, stage: Stage, log: AccessLog) -> None:
        self.stage, self.log = stage, log
        self.edge = f"{stage.ground.service}-edge"

    def lines(self, number: int) -> tuple[Access, ...]:
        found: tuple[Access, ...] = ()
        deadline = time.monotonic() + SECONDS
        while len(found) < number and time.monotonic() < deadline:
            found += self.log.read()
        assert len(found) == number, found
        return found

    def now(self) -> float:
        if isinstance(self.stage.ground, MemoryGround):
            return self.stage.ground.world.clock.now()
        return time.time()


@pytest.fixture
def reader(running: Stage) -> Iterator[Reader]:  # how pytest names fixtures
    ground = running.ground
    log: AccessLog = (
        MemoryAccessLog(ground.world.nginx)
        if isinstance(ground, MemoryGround)
        else EngineAccessLog(socket_path())
    )
    made = Reader(running, log)
    log.open(made.edge, made.now())
    yield made
    log.close()
    running.edge.activate(Slot.BLUE)
    running.edge.set_closed(closed=False)
    running.edge.set_fallback(fallback=False)
    for slot in Slot:
        running.start(slot)


def test_a_request_is_a_line_with_who_was_chosen_and_who_answered(reader: Reader) -> None:
    reader.stage.public()
    (line,) = reader.lines(1)
    assert (line.slot, line.status, line.release, line.probe) == ("blue", 200, "blue", "")
    (attempt,) = line.attempts
    assert attempt.address == reader.stage.layout.addresses.of(Slot.BLUE, 0)
    assert (attempt.status, attempt.connected, attempt.failed) == (200, True, False)
    assert attempt.ms is not None
    assert reader.log.read() == ()


def test_a_probe_is_labelled_and_a_preview_is_not_in_the_log(reader: Reader) -> None:
    reader.stage.control()
    reader.stage.public(**{"X-Hitless-Probe": "prober"})
    (line,) = reader.lines(1)
    assert line.probe == "prober"


def test_a_refused_connection_is_told_from_an_answer_of_the_backup(reader: Reader) -> None:
    stage = reader.stage
    stage.stop(Slot.BLUE)
    stage.edge.set_fallback(fallback=True)
    stage.public()
    (line,) = reader.lines(1)
    refused, answered = line.attempts
    assert (refused.failed, refused.connected, refused.address) == (
        True, False, stage.layout.addresses.of(Slot.BLUE, 0),
    )  # fmt: skip
    assert (answered.failed, answered.connected) == (False, True)
    assert (line.slot, line.release) == ("blue", "green"), "chosen, and answered"


def test_a_missing_asset_asked_of_the_other_slot_is_nobodys_failure(reader: Reader) -> None:
    stage = reader.stage
    stage.public(OLD)
    stage.public(NEW)
    ledger = Ledger(Slot.BLUE, {}, stage.layout.addresses)
    ledger.add(reader.lines(2))
    assert [count.failed for slot in Slot for count in ledger.of(slot) if count.failed] == []


def test_a_closed_edge_asks_nobody(reader: Reader) -> None:
    reader.stage.edge.set_closed(closed=True)
    reader.stage.public()
    (line,) = reader.lines(1)
    assert (line.status, line.attempts) == (503, ())


def test_the_past_is_there_although_nobody_looked(reader: Reader) -> None:
    reader.log.close()
    began = reader.now()
    if isinstance(reader.stage.ground, MemoryGround):
        reader.stage.ground.world.clock.sleep(1.0)
    for _ in range(3):
        reader.stage.public()
    reader.log.open(reader.edge, began)
    assert len(reader.lines(3)) == 3
    reader.stage.public()
    assert len(reader.lines(1)) == 1


def test_nothing_is_read_after_closing(reader: Reader) -> None:
    for _ in range(2):
        reader.log.close()
    reader.stage.public()
    assert reader.log.read() == ()


@pytest.mark.docker
def test_a_log_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EngineFailed, match="No such container"):
        EngineAccessLog(socket_path()).open("hitless-no-such-container", 0.0)


@pytest.mark.docker
def test_the_log_goes_on_after_the_edge_was_restarted(reader: Reader) -> None:
    reader.stage.public()
    reader.lines(1)
    reader.stage.ground.engine.stop(reader.edge, 5.0)
    reader.stage.ground.engine.start(reader.edge)
    reader.stage.wait(lambda: reader.stage.control()[0] == 200)
    reader.stage.public()
    reader.lines(1)
