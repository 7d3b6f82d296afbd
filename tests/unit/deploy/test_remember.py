"""The database was damaged and moved away, as the error says: what serves goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.store import MemoryStore
from hitless.deploy.deploy import deploy
from hitless.deploy.prune import Keep, prune
from hitless.deploy.remember import RECORD
from hitless.deploy.rollback import rollback
from hitless.deploy.standing import recorded_service
from hitless.domain.errors import NoRollbackTarget, NothingDeployed, ReleaseUnknown
from testing.legal import assert_legal
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bereft(tmp_path: Path) -> Service:
    """v1 is the backup of v2, which serves, and nothing of both is recorded."""
    service = Service(tmp_path / "shop")
    for version in ("v1", "v2"):
        service.make(version)
        deploy(service.process(), service.settings, version=version)
    service.store = MemoryStore(service.machine)
    return service


def records(service: Service) -> list[Path]:
    return sorted((service.directory / ".hitless").glob(f"releases/*/{RECORD}"))


def test_the_service_is_still_known(bereft: Service) -> None:
    assert recorded_service(bereft.process()) == "shop"


def test_the_next_deploy_has_somebody_to_go_back_to(bereft: Service) -> None:
    bereft.make("v3")
    deploy(bereft.process(), bereft.settings, version="v3")
    assert bereft.ask().body == b"hello v3 api"
    assert_legal(bereft)
    rollback(bereft.process(), wait=True)
    assert bereft.ask().body == b"hello v2 api"
    assert_legal(bereft)


def test_a_plain_rollback_goes_to_the_approved_backup(bereft: Service) -> None:
    rollback(bereft.process(), wait=True)
    assert bereft.ask().body == b"hello v1 api"
    assert_legal(bereft)


def test_without_an_approved_backup_a_rollback_needs_a_name(bereft: Service) -> None:
    bereft.edge.set_fallback(fallback=False)
    with pytest.raises(NoRollbackTarget):
        rollback(bereft.process(), wait=True)
    rollback(bereft.process(), to="v1", wait=True)
    assert bereft.ask().body == b"hello v1 api"


def test_what_can_come_back_is_not_pruned(bereft: Service) -> None:
    prune(bereft.process(), Keep())
    rollback(bereft.process(), to="v1", wait=True)
    assert bereft.ask().body == b"hello v1 api"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"id": 5}', "\x00\x01"])
def test_beside_a_record_that_cannot_be_read_nothing_is_begun(bereft: Service, text: str) -> None:
    for record in records(bereft):
        record.write_text(text)
    bereft.make("v3")
    with pytest.raises(ReleaseUnknown):
        deploy(bereft.process(), bereft.settings, version="v3")
    assert bereft.store.deploys(1) == ()
    assert bereft.ask().body == b"hello v2 api"


def test_a_record_of_another_release_is_not_believed(bereft: Service) -> None:
    first, second = records(bereft)
    first.write_text(second.read_text())
    second.unlink()
    with pytest.raises(NothingDeployed):
        recorded_service(bereft.process())


def test_where_nothing_was_ever_deployed_nothing_is_remembered(tmp_path: Path) -> None:
    with pytest.raises(NothingDeployed):
        recorded_service(Service(tmp_path / "shop").process())
