"""What a rollback would do is told before: how, how fast, and what it would meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.deploy.forecast import forecast
from hitless.deploy.rollback import rollback
from hitless.domain.errors import SchemaMovedOn, SmokeFailed
from hitless.domain.schema import Verdict
from hitless.domain.settings import Migrations, SmokeCheck
from testing.faults import sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

TOLD = Migrations("migrate", current=("alembic", "current"))


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1 serves, with a schema of revision r1."""
    shop = Service(tmp_path / "shop", SETTINGS._replace(migrations=TOLD))
    release(shop, "v1", "r1")
    return shop


def release(service: Service, version: str, revision: str, *, contract: bool = False) -> None:
    """Deploy a release whose migration leaves the schema at a revision."""
    service.settings = service.settings._replace(migrations=TOLD._replace(contract=contract))
    service.make(version, migrate=App(migrates_to=revision))
    deploy(service.process(), service.settings, version=version)


def test_a_hot_rollback_is_told_with_the_time_that_earlier_ones_took(shop: Service) -> None:
    release(shop, "v2", "r1")
    found = forecast(shop.process())
    assert (found.release.version, found.tier, found.seconds) == ("v1", "hot", None)
    assert (found.schema, found.refused) == (Verdict.SAME, False)
    rollback(shop.process(), wait=True)
    took = shop.store.deploys(1)[0]
    rollback(shop.process(), to="v2", wait=True)
    found = forecast(shop.process(), "v1")
    assert (found.measured, found.source) == (2, "rollbacks")
    assert found.seconds is not None
    assert took.ended is not None
    assert 0 < found.seconds <= took.ended - took.started


def test_a_cold_rollback_takes_what_its_deploy_took(shop: Service) -> None:
    release(shop, "v2", "r1")
    release(shop, "v3", "r1")
    found = forecast(shop.process(), "v1")
    assert (found.tier, found.measured, found.source) == ("cold", 1, "its deploy")
    assert found.seconds


def test_an_expanded_schema_is_told_with_its_revisions(shop: Service) -> None:
    release(shop, "v2", "r2 (head)")
    found = forecast(shop.process())
    assert (found.schema, found.refused) == (Verdict.EXPANDED, False)
    assert "from r1 to r2, by declaration" in found.schema_told
    release(shop, "v3", "r3")
    told = forecast(shop.process(), "v1").schema_told
    assert "2 deploys moved it from r1 to r3, while each promises this for one" in told


def test_without_a_revision_nothing_is_claimed(shop: Service) -> None:
    release(shop, "v2", "")
    shop.settings = SETTINGS._replace(migrations=Migrations("migrate"))
    shop.make("v3")
    deploy(shop.process(), shop.settings, version="v3")
    found = forecast(shop.process())
    assert found.schema is Verdict.UNKNOWN
    assert "does not tell what they changed" in found.schema_told


def test_behind_a_contract_migration_a_rollback_is_refused(shop: Service) -> None:
    release(shop, "v2", "r2", contract=True)
    found = forecast(shop.process())
    assert (found.schema, found.refused) == (Verdict.CONTRACTED, True)
    with sabotage(shop) as watched, pytest.raises(SchemaMovedOn, match="deploy d2 took") as caught:
        rollback(shop.process())
    assert caught.value.exit_status == 20
    assert "--force-data-risk" in caught.value.hint
    assert watched.seen == ["take the lock"]
    assert shop.ask().body == b"hello v2 api"


def test_whoever_takes_the_risk_goes_back_all_the_same(shop: Service) -> None:
    release(shop, "v2", "r2", contract=True)
    rollback(shop.process(), wait=True, force=True)
    assert shop.ask().body == b"hello v1 api"
    assert_legal(shop)


def test_only_what_came_before_the_contract_is_refused(shop: Service) -> None:
    release(shop, "v2", "r2", contract=True)
    release(shop, "v3", "r2")
    rollback(shop.process(), wait=True)
    assert shop.ask().body == b"hello v2 api"
    with pytest.raises(SchemaMovedOn):
        rollback(shop.process(), to="v1")
    rollback(shop.process(), to="v3", wait=True)
    assert_legal(shop)


def test_a_declaration_that_was_left_in_without_a_migration_is_harmless(shop: Service) -> None:
    release(shop, "v2", "r1", contract=True)
    assert forecast(shop.process()).schema is Verdict.SAME
    rollback(shop.process(), wait=True)


def test_what_a_failed_deploy_took_away_is_gone_too(shop: Service) -> None:
    release(shop, "v2", "r1")
    good = shop.settings
    shop.settings = good._replace(smoke=(SmokeCheck("/", contains="nothing like it"),))
    with pytest.raises(SmokeFailed):
        release(shop, "v3", "r3", contract=True)
    with pytest.raises(SchemaMovedOn, match="deploy d3"):
        rollback(shop.process())
    assert forecast(shop.process()).schema is Verdict.CONTRACTED


def test_a_release_made_after_a_contract_knows_the_schema_that_it_left(shop: Service) -> None:
    release(shop, "v2", "r2", contract=True)
    shop.clock.sleep(60.0)
    good = shop.settings
    shop.settings = good._replace(smoke=(SmokeCheck("/", contains="nothing like it"),))
    with pytest.raises(SmokeFailed):
        release(shop, "v3", "r2")
    assert forecast(shop.process(), "v3").schema is Verdict.SAME
