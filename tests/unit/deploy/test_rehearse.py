"""A deploy and its way back are tried on a copy, while users' service is only read."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.copied import Wish, plan_rehearsal
from hitless.deploy.copy import NOTE, end_rehearsal, remove
from hitless.deploy.deploy import deploy
from hitless.deploy.forecast import forecast
from hitless.deploy.rehearse import judge, rehearse
from hitless.deploy.rollback import rollback
from hitless.domain.container import HOME, Output
from hitless.domain.errors import (
    CannotRehearse,
    CommandFailed,
    DeployFailed,
    Locked,
    MemoryShort,
    NothingToRehearse,
    PortTaken,
    RehearsalFailed,
    RunElsewhere,
    StackUnsuitable,
)
from hitless.domain.settings import Channel, Migrations, Probe
from testing.copies import Copies
from testing.faults import sabotage
from testing.legal import assert_legal, fingerprint
from testing.service import PORT, SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

    from hitless.domain.rehearsal import Rehearsal


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1 serves, and whose files have moved on."""
    shop = Service(tmp_path / "shop")
    deploy(shop.process(), shop.settings, version="v1")
    shop.make("two")
    return shop


@pytest.fixture
def copies(shop: Service) -> Copies:
    return Copies(shop)


def rehearsed(
    shop: Service, copies: Copies, version: str = "v2", *, keep: bool = False
) -> Rehearsal:
    return rehearse(copies.process(), Wish(shop.settings, version), keep=keep)


def test_every_tier_is_measured_under_load_and_nothing_is_left(
    shop: Service, copies: Copies
) -> None:
    before = fingerprint(shop)
    found = rehearsed(shop, copies)
    assert (found.id, found.before, found.after) == ("r1", "v1", "v2")
    assert {tier: len(times) for tier, times in found.tiers.items()} == {
        "hot": 3, "warm": 1, "cold": 1,
    }  # fmt: skip
    assert all(seconds > 0 for seconds in found.seconds.values())
    assert found.passed
    assert found.sent > 20
    assert found.cutover_ms
    assert found.ended - found.started > found.deploy > 0
    assert copies.left() == []
    assert fingerprint(shop) == before
    assert shop.ask().body == b"hello one api"
    assert_legal(shop)
    judge(found)


def test_it_begins_with_the_very_images_that_users_have(shop: Service, copies: Copies) -> None:
    serving = shop.store.releases()[0]
    for name in ("api", "site"):
        shop.machine.add_image(f"shop/{name}:v1", App(text="moved by hand"))
    rehearsed(shop, copies, keep=True)
    first, *_ = reversed(copies.process().world.store.releases())
    assert (first.version, first.images) == ("v1", serving.images)
    assert first.id != serving.id


def test_all_that_it_makes_has_its_own_name(shop: Service, copies: Copies) -> None:
    before, images = shop.names(), set(shop.machine.images)
    found = rehearsed(shop, copies, keep=True)
    assert {name.partition("-rehearsal")[0] for name in shop.names() - before} == {"shop"}
    assert shop.machine.volumes == {"shop_data": "shop", "shop-rehearsal_data": "shop-rehearsal"}
    assert all("shop-rehearsal/" in name for name in set(shop.machine.images) - images)
    assert found.before == "v1"
    assert shop.ask("/").body == b"hello one site"


def test_what_would_be_made_is_told_without_making_it(shop: Service, copies: Copies) -> None:
    before = fingerprint(shop)
    told = plan_rehearsal(copies.process(), Wish(shop.settings, "v2"))
    assert (told.service, told.before, told.after) == ("shop-rehearsal", "v1", "v2")
    assert told.subnet != SETTINGS.subnet
    assert told.volumes == ("shop-rehearsal_data",)
    assert set(told.ports) == {PORT}
    assert fingerprint(shop) == before
    assert copies.left() == []


def test_ports_that_others_have_are_left_to_them(shop: Service, copies: Copies) -> None:
    (first,) = plan_rehearsal(copies.process(), Wish(shop.settings)).ports.values()
    shop.host.taken.add(first)
    (other,) = plan_rehearsal(copies.process(), Wish(shop.settings)).ports.values()
    assert other != first
    shop.host.taken |= set(range(20_000, 30_100))
    with pytest.raises(PortTaken):
        rehearsed(shop, copies)
    assert copies.left() == []


def test_hooks_do_not_run_and_nobody_is_told(shop: Service, copies: Copies) -> None:
    shop.programs.ends["hook"] = Output(0, "")
    shop.settings = shop.settings._replace(
        hooks={"pre-deploy": "hook", "post-deploy": "hook"},
        notify=(Channel(url="https://example.com"),),
    )
    deploy(shop.process(), shop.settings, version="v1-loud")
    ran, told = len(shop.programs.ran), len(shop.notifier.told)
    assert ran
    assert told
    rehearsed(shop, copies)
    assert (len(shop.programs.ran), len(shop.notifier.told)) == (ran, told)


def test_files_that_did_not_change_are_rehearsed_all_the_same(
    shop: Service, copies: Copies
) -> None:
    shop.make("one")
    assert set(rehearsed(shop, copies, "v1").tiers) == {"hot", "warm", "cold"}


def test_users_lock_is_never_taken(shop: Service, copies: Copies) -> None:
    with shop.lock.hold("a deploy that takes its time"):
        assert rehearsed(shop, copies).passed


def test_where_nothing_serves_the_next_command_is_named(tmp_path: Path) -> None:
    empty = Service(tmp_path / "shop")
    with pytest.raises(NothingToRehearse) as caught:
        rehearsed(empty, Copies(empty))
    assert "hitless rehearse --from" in caught.value.hint
    assert Copies(empty).left() == []


def test_what_both_would_write_to_stops_it_before_anything_is_made(
    shop: Service, copies: Copies, tmp_path: Path
) -> None:
    mount = {"type": "bind", "source": str(tmp_path), "target": "/data"}
    shop.model["services"]["db"]["volumes"] = [mount]
    (shop.directory / "compose.yml").write_text(json.dumps(shop.model))
    with sabotage(shop) as watched, pytest.raises(CannotRehearse) as caught:
        rehearsed(shop, copies)
    assert str(tmp_path) in caught.value.details[0]
    assert set(watched.seen) <= {"remove edge files"}
    assert copies.left() == []


def test_a_sick_release_fails_as_its_deploy_would_and_users_never_meet_it(
    shop: Service, copies: Copies
) -> None:
    shop.make("sick", api=App(starts_in=1e6))
    with pytest.raises(DeployFailed) as caught:
        rehearsed(shop, copies, "sick")
    assert caught.value.exit_status == 20
    assert copies.left() == []
    assert shop.ask().body == b"hello one api"
    (kept,) = shop.store.rehearsals(5)
    assert kept.reason == caught.value.message
    assert not kept.passed


def test_one_that_breaks_under_load_is_rolled_back_in_the_copy(
    shop: Service, copies: Copies
) -> None:
    shop.make("sick", api=App(breaks_after=0.3))
    with pytest.raises(DeployFailed) as caught:
        rehearsed(shop, copies, "sick")
    assert caught.value.exit_status == 21
    (kept,) = shop.store.rehearsals(5)
    assert kept.failed
    assert kept.failures


def test_requests_that_failed_are_an_error_with_what_they_got(tmp_path: Path) -> None:
    """v1 was released with a page that its rehearsals ask for, and that is gone by now."""
    asked = SETTINGS._replace(probe=Probe(pages=("/", "/gone")))
    shop = Service(tmp_path / "shop", asked)
    deploy(shop.process(), shop.settings, version="v1")
    shop.settings = SETTINGS
    shop.make("two", site=App(absent=("/gone",)))
    copies = Copies(shop)
    found = rehearsed(shop, copies)
    with pytest.raises(RehearsalFailed, match=r"of \d+ requests failed in rehearsal r1") as caught:
        judge(found)
    assert "new /gone: 404" in caught.value.details[0]
    assert caught.value.exit_status == 1
    assert shop.store.rehearsals(1) == (found,)


def test_behind_a_contract_migration_no_way_back_is_measured(shop: Service, copies: Copies) -> None:
    contract = Migrations("migrate", current=("alembic", "current"), contract=True)
    shop.settings = shop.settings._replace(migrations=contract)
    shop.make("two", migrate=App(migrates_to="r2"))
    found = rehearsed(shop, copies)
    assert found.passed
    assert found.tiers == {}
    assert any("no way back is rehearsed" in text for _, text in shop.reporter.events)


def test_without_memory_for_a_second_stack_nothing_is_made(shop: Service, copies: Copies) -> None:
    shop.host.memory = 1
    with pytest.raises(MemoryShort, match="'shop' takes"):
        rehearsed(shop, copies)
    assert copies.left() == []


def test_two_at_a_time_are_one_too_many(shop: Service, copies: Copies) -> None:
    with copies.lock.hold("rehearse v2"), pytest.raises(Locked) as caught:
        rehearsed(shop, copies)
    assert "locked by rehearse v2" in caught.value.message
    assert "hitless -e rehearsal abort" in caught.value.hint


def test_a_copy_that_was_kept_stays_until_the_next_rehearsal(shop: Service, copies: Copies) -> None:
    rehearsed(shop, copies, keep=True)
    assert copies.left()
    assert not end_rehearsal(copies.process())
    assert copies.left()
    rehearsed(shop, copies)
    assert copies.left() == []


def test_a_kept_copy_is_removed_when_that_is_asked_for(shop: Service, copies: Copies) -> None:
    rehearsed(shop, copies, keep=True)
    removed = remove(copies.process(), "shop-rehearsal")
    assert {"shop-rehearsal-edge", "shop-rehearsal-net", "shop-rehearsal_data"} <= set(removed)
    assert copies.left() == []
    assert remove(copies.process(), "shop-rehearsal") == ()


def test_the_copy_of_another_checkout_is_left_alone_while_that_exists(
    shop: Service, copies: Copies, tmp_path: Path
) -> None:
    rehearsed(shop, copies, keep=True)
    edge = shop.machine.find("shop-rehearsal-edge")
    edge.labels = {**edge.labels, HOME: str(tmp_path)}
    with pytest.raises(RunElsewhere, match="is rehearsed from"):
        rehearsed(shop, copies)
    edge.labels = {**edge.labels, HOME: str(tmp_path / "gone")}
    rehearsed(shop, copies)
    assert copies.left() == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"service": "x"}', "\x00"])
def test_a_damaged_note_hides_nothing_from_the_next_rehearsal(
    shop: Service, copies: Copies, text: str
) -> None:
    copies.home.mkdir(parents=True)
    (copies.home / NOTE).write_text(text)
    shop.engine.ensure_volume("shop-rehearsal_data", "shop-rehearsal")
    assert not end_rehearsal(copies.process())
    assert remove(copies.process(), "shop-rehearsal") == ("shop-rehearsal_data",)
    assert copies.left() == []


def test_a_build_that_fails_leaves_nothing(shop: Service, copies: Copies) -> None:
    del shop.machine.source["site"]
    with pytest.raises(CommandFailed):
        rehearsed(shop, copies)
    assert copies.left() == []


def test_a_rollback_is_told_by_the_rehearsal_until_a_later_one_is_measured(
    shop: Service, copies: Copies
) -> None:
    found = rehearsed(shop, copies)
    deploy(shop.process(), shop.settings, version="v2")
    told = forecast(shop.process())
    assert (told.tier, told.seconds) == ("hot", found.seconds["hot"])
    assert (told.measured, told.source) == (3, "rehearsal r1 of v1 → v2")
    shop.clock.sleep(60.0)
    rollback(shop.process(), wait=True)
    assert forecast(shop.process(), "v2").source == "rollbacks"
    newer = replace(found, started=shop.clock.now(), after="v3")
    shop.store.add_rehearsal(newer)
    assert forecast(shop.process(), "v2").source == "rehearsal r2 of v1 → v3"


def test_a_cold_rollback_is_told_by_the_rehearsal_before_its_own_deploy(
    shop: Service, copies: Copies
) -> None:
    for version in ("v2", "v3"):
        shop.make(version)
        deploy(shop.process(), shop.settings, version=version)
    assert forecast(shop.process(), "v1").source == "its deploy"
    found = rehearsed(shop, copies)
    told = forecast(shop.process(), "v1")
    assert (told.tier, told.seconds) == ("cold", found.seconds["cold"])
    assert told.source == str(found)


def test_one_in_which_something_failed_is_not_quoted(shop: Service, copies: Copies) -> None:
    found = rehearsed(shop, copies)
    shop.store.add_rehearsal(replace(found, failed=1))
    deploy(shop.process(), shop.settings, version="v2")
    assert forecast(shop.process()).source == str(found)


def test_in_ci_it_begins_with_a_revision_and_leaves_no_trace_of_it(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop")
    git(shop.directory, "init", "-q")
    git(shop.directory, "add", "compose.yml")
    git(shop.directory, "commit", "-q", "-m", "first")
    (shop.directory / ".env").write_text("PORT=1\n")
    read: list[tuple[Path, bool]] = []
    copies = Copies(shop, lambda place: read.append((place, (place / ".env").is_file())))
    found = rehearse(copies.process(), Wish(shop.settings, "v2", "HEAD"))
    assert (found.passed, found.before, found.after) == (True, "HEAD", "v2")
    assert set(found.tiers) == {"hot", "warm", "cold"}
    ((place, had_variables),) = read
    assert had_variables
    assert not place.exists()
    assert len(git(shop.directory, "worktree", "list").splitlines()) == 1
    assert copies.left() == []
    assert shop.names() == set()


def test_a_revision_that_publishes_other_ports_is_refused(shop: Service, copies: Copies) -> None:
    git(shop.directory, "init", "-q")
    git(shop.directory, "add", "compose.yml")
    git(shop.directory, "commit", "-q", "-m", "first")
    shop.model["services"]["nginx"]["ports"][0]["published"] = "18081"
    (shop.directory / "compose.yml").write_text(json.dumps(shop.model))
    with pytest.raises(StackUnsuitable, match="no deploy re-creates it"):
        rehearse(copies.process(), Wish(shop.settings, "v2", "HEAD"))
    assert copies.left() == []


def git(directory: Path, *words: str) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@b")
    command = ("git", "-C", str(directory), *names, *words)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
