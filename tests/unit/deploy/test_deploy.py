"""What a deploy does, in a small world where every second is scripted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import App
from hitless.adapters.memory.machine import Connection
from hitless.deploy.blue_green import DEPLOY
from hitless.deploy.deploy import deploy, make_plan
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.container import Network
from hitless.domain.errors import (
    AddressesTaken,
    CommandFailed,
    ComposeUnresolved,
    DeployFailed,
    DiskFull,
    EdgeRefused,
    EngineFailed,
    EngineUnreachable,
    HitlessError,
    HumanNeeded,
    ImageMissing,
    Interrupted,
    Locked,
    MigrationFailed,
    NotHealthy,
    PortTaken,
    SmokeFailed,
    StackUnsuitable,
    TrafficBad,
    WorkersNotReady,
)
from hitless.domain.journal import Outcome, Status
from hitless.domain.settings import Handover, Timing, Worker
from hitless.domain.slot import Slot
from testing.faults import Fault, sabotage
from testing.legal import assert_legal
from testing.service import PORT, SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

API_BLUE, API_GREEN = "10.150.7.16", "10.150.7.112"


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which nothing was released."""
    return Service(tmp_path / "shop")


@pytest.fixture
def serving(shop: Service) -> Service:
    """A machine on which v1 serves from blue."""
    deploy(shop.process(), shop.settings, version="v1")
    return shop


def next_release(service: Service, app: App | None = None, **others: App) -> Any:
    """Deploy what the source makes now."""
    service.make("two", app, **others)
    return deploy(service.process(), service.settings, version="v2")


def refused(
    service: Service, error: type[HitlessError], app: App | None = None, **others: App
) -> HitlessError:
    """The error of a deploy after which the previous release serves as if nothing was."""
    with pytest.raises(error) as caught:
        next_release(service, app, **others)
    assert_legal(service)
    assert service.ask().body == b"hello one api"
    return caught.value


def test_the_first_deploy_opens_the_edge_only_for_a_release_that_passed(shop: Service) -> None:
    answers = []
    shop.machine.on_change.append(lambda _what, _done: answers.append(shop.ask().status))
    done = deploy(shop.process(), shop.settings, version="v1")
    assert_legal(shop)
    assert set(answers) == {0, 503, 200}
    assert answers == sorted(answers, key=[0, 503, 200].index)
    assert done.deploy
    assert (done.deploy.outcome, done.deploy.slot) == (Outcome.LIVE, Slot.BLUE)


def test_the_second_deploy_takes_the_other_slot_and_loses_no_request(serving: Service) -> None:
    done = next_release(serving)
    assert_legal(serving)
    assert serving.edge.active() is Slot.GREEN
    assert serving.ask().body == b"hello two api"
    assert done.evidence.sent > 0
    assert done.evidence.failed == 0
    assert set(done.evidence.by_slot) == {"blue", "green"}
    assert serving.store.evidence("d2") == done.evidence


def test_the_previous_release_stays_hot_as_an_approved_backup(serving: Service) -> None:
    next_release(serving)
    assert {"shop-blue-api", "shop-blue-site"} <= serving.names()
    assert "shop-blue-worker" not in serving.names()
    assert serving.edge.fallback()
    serving.engine.stop("shop-green-api", 1.0)
    assert serving.ask().body == b"hello one api"


def test_a_first_release_has_no_backup(serving: Service) -> None:
    assert not serving.edge.fallback()


def test_without_keep_hot_the_previous_release_is_drained_and_stopped(serving: Service) -> None:
    serving.settings = SETTINGS._replace(keep_hot=False)
    until = serving.clock.monotonic() + 3.0
    serving.machine.connections.append(Connection(API_BLUE, until))
    next_release(serving)
    assert serving.clock.monotonic() >= until
    assert not {"shop-blue-api", "shop-blue-site"} & serving.names()
    assert not serving.edge.fallback()
    assert_legal(serving)


def test_the_very_same_release_is_not_deployed_again_unless_forced(serving: Service) -> None:
    again = deploy(serving.process(), serving.settings, version="v1")
    assert (again.deploy, len(serving.store.deploys(9))) == (None, 1)
    forced = deploy(serving.process(), serving.settings, version="v1", force=True)
    assert forced.deploy
    assert serving.edge.active() is Slot.GREEN


def test_the_edge_is_not_reloaded_when_no_address_changes(serving: Service) -> None:
    with sabotage(serving) as watched:
        next_release(serving)
    assert "HUP shop-edge" not in watched.seen
    facts = {e.step: e.detail for e in serving.store.entries("d2") if e.status is Status.DONE}
    assert facts["edge"]["reloaded"] is False


def test_the_edge_is_reloaded_when_routes_change(serving: Service) -> None:
    routes = (*SETTINGS.proxy.routes, SETTINGS.proxy.routes[1]._replace(path="/v2/"))
    serving.settings = SETTINGS._replace(proxy=SETTINGS.proxy._replace(routes=routes))
    with sabotage(serving) as watched:
        next_release(serving)
    assert watched.seen.count("HUP shop-edge") == 1
    facts = {e.step: e.detail for e in serving.store.entries("d2") if e.status is Status.DONE}
    assert facts["edge"]["reloaded"] is True


def test_a_stopped_edge_is_started_again(serving: Service) -> None:
    serving.engine.stop("shop-edge", 1.0)
    next_release(serving)
    assert_legal(serving)


def test_stopped_accessories_are_started_and_running_ones_left_alone(serving: Service) -> None:
    with sabotage(serving) as watched:
        next_release(serving)
    assert not [what for what in watched.seen if re.search(r"\bdb\b", what)]
    serving.engine.stop("shop-shared-db-1", 1.0)
    serving.make("three")
    deploy(serving.process(), serving.settings, version="v3")
    assert "shop-shared-db-1" in serving.names()


def test_workers_change_hands_before_requests_do(serving: Service) -> None:
    with sabotage(serving) as watched:
        next_release(serving)
    assert watched.seen.index("start shop-green-worker") < watched.seen.index("activate green")
    assert watched.seen.index("stop shop-blue-worker") < watched.seen.index("activate green")


@pytest.mark.parametrize(
    ("handover", "order"),
    [
        (Handover.OVERLAP, ["start shop-green-worker", "stop shop-blue-worker"]),
        (Handover.STOP_FIRST, ["stop shop-blue-worker", "start shop-green-worker"]),
    ],
)
def test_a_worker_overlaps_or_stops_first_as_it_was_told(
    serving: Service, handover: Handover, order: list[str]
) -> None:
    serving.settings = SETTINGS._replace(workers={"worker": Worker(handover)})
    with sabotage(serving) as watched:
        next_release(serving)
    assert [what for what in watched.seen if what in order] == order


def test_a_worker_that_is_gone_from_the_release_is_stopped(serving: Service) -> None:
    serving.settings = SETTINGS._replace(workers={}, ignore=("worker",))
    next_release(serving)
    assert "shop-blue-worker" not in serving.names()
    assert_legal(serving)


@pytest.mark.parametrize(
    ("app", "why"),
    [
        (App(starts_in=1e6), "not ready after 20 s, last answer: 503"),
        (App(crashes_after=1.0, starts_in=9.0, exit_code=3), "restarted"),
        (App(crashes_after=0.03, exit_code=1), "restarted"),
        (App(crashes_after=1.0, starts_in=9.0, out_of_memory=True), "want of memory"),
        (App(port=9999), "not ready after 20 s, last answer: 502"),
    ],
)
def test_a_sick_release_never_gets_traffic(serving: Service, app: App, why: str) -> None:
    error = refused(serving, NotHealthy, api=app)
    assert why in error.message
    assert error.exit_status == 20
    assert error.details == ("log of api",)
    assert "hitless show d2" in error.hint
    assert serving.store.deploy("d2").outcome is Outcome.KEPT_PREVIOUS
    assert why in serving.store.deploy("d2").reason


@pytest.mark.parametrize(
    ("app", "why"),
    [
        (App(absent=("/api/version",)), "expected status 200, got 404"),
        (App(content_type="text/html"), "expected content type text/plain"),
    ],
)
def test_a_release_that_fails_its_smoke_checks_never_gets_traffic(
    serving: Service, app: App, why: str
) -> None:
    check = SETTINGS.smoke[0]._replace(content_type="text/plain")
    serving.settings = SETTINGS._replace(smoke=(check,))
    error = refused(serving, SmokeFailed, api=app)
    assert why in error.message
    assert "--slot green" in error.hint


def test_a_failed_migration_keeps_the_previous_release(serving: Service) -> None:
    error = refused(serving, MigrationFailed, migrate=App(exit_code=1))
    assert "ended with 1" in error.message
    assert error.details == ("log of migrate",)


def test_a_migration_of_a_release_that_served_before_is_told_the_way_back(
    serving: Service,
) -> None:
    next_release(serving)
    serving.make("one", migrate=App(exit_code=1))  # it does not know the newer schema
    with pytest.raises(MigrationFailed) as caught:
        deploy(serving.process(), serving.settings, version="v1")
    assert 'go back with "hitless rollback --to v1"' in caught.value.hint


def test_a_migration_that_never_ends_is_stopped(serving: Service) -> None:
    error = refused(serving, CommandFailed, migrate=App(takes=1e6))
    assert "took longer than 600 s" in error.message
    assert error.exit_status == 20


def test_the_schemas_revision_is_recorded_before_and_after(serving: Service) -> None:
    assert SETTINGS.migrations
    current = SETTINGS.migrations._replace(current=("alembic", "current"))
    serving.settings = SETTINGS._replace(migrations=current)
    serving.machine.schema = "r1"
    serving.make("two", migrate=App(migrates_to="r2"))
    deploy(serving.process(), serving.settings, version="v2")
    facts = {e.step: e.detail for e in serving.store.entries("d2") if e.status is Status.DONE}
    assert facts["expand"] == {
        **facts["expand"],
        "before": "r1",
        "after": "r2",
        "printed": ["log of migrate"],
    }


def test_a_service_without_migrations_expands_nothing(shop: Service) -> None:
    shop.settings = SETTINGS._replace(migrations=None, ignore=("migrate",))
    deploy(shop.process(), shop.settings, version="v1")
    assert_legal(shop)


@pytest.mark.parametrize("worker", [App(starts_in=1e6), App(crashes_after=0.1, starts_in=1.0)])
def test_workers_that_are_not_ready_leave_the_old_ones_at_work(
    serving: Service, worker: App
) -> None:
    refused(serving, WorkersNotReady, worker=worker)
    assert "shop-blue-worker" in serving.names()


def test_a_worker_without_a_readiness_path_is_judged_by_its_healthcheck(serving: Service) -> None:
    serving.settings = SETTINGS._replace(workers={"worker": Worker()})
    refused(serving, WorkersNotReady, worker=App(healthy_in=1e6))
    next_release(serving, worker=App(healthy_in=4.0))
    assert_legal(serving)


def test_a_worker_without_any_check_must_keep_running_for_a_while(serving: Service) -> None:
    serving.settings = SETTINGS._replace(workers={"worker": Worker()})
    refused(serving, WorkersNotReady, worker=App(crashes_after=1.0))
    before = serving.clock.monotonic()
    next_release(serving)
    assert serving.clock.monotonic() - before >= 2.0


@pytest.mark.parametrize(
    ("app", "why"),
    [
        (App(breaks_after=0.2), "probes failed"),
        (App(crashes_after=0.4), "restarted"),
        (App(crashes_after=0.4, out_of_memory=True), "want of memory"),
        (App(healthy_in=0.0, sick_after=0.4), "reports itself unhealthy"),
    ],
)
def test_a_release_that_turns_bad_under_traffic_is_rolled_back_by_itself(
    serving: Service, app: App, why: str
) -> None:
    error = refused(serving, TrafficBad, api=app)
    assert why in error.message
    assert error.exit_status == 21
    assert serving.store.deploy("d2").outcome is Outcome.ROLLED_BACK
    assert "shop-blue-worker" in serving.names()


def test_a_cutover_that_shows_another_release_goes_back(serving: Service) -> None:
    serving.machine.on_change.append(
        lambda what, done: _pretend(serving) if what == "activate green" and done else None
    )
    with pytest.raises(DeployFailed, match="the application says it is release 0bad") as caught:
        next_release(serving)
    assert caught.value.exit_status == 21
    assert serving.edge.active() is Slot.BLUE


def _pretend(service: Service) -> None:
    for box in service.machine.boxes.values():
        if box.name == "shop-green-api":
            box.environment = {"HITLESS_RELEASE": "0bad"}


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda s: s.engine.stop("shop-green-api", 1.0), "the answer was 502"),
        (lambda s: s.engine.stop("shop-edge", 1.0), "ConnectionRefused"),
        (lambda s: s.edge.activate(Slot.BLUE), "nginx chose slot blue"),
    ],
)
def test_a_cutover_is_believed_only_when_fresh_answers_prove_it(
    serving: Service, break_it: Any, why: str
) -> None:
    once = [break_it]
    serving.machine.on_change.append(
        lambda what, done: (
            once.pop()(serving) if what == "activate green" and done and once else None
        )
    )
    with pytest.raises(DeployFailed) as caught:
        next_release(serving)
    told = f"{caught.value.message} {caught.value.__cause__}"
    assert why in told


def test_requests_of_the_slot_to_be_emptied_are_waited_for(serving: Service) -> None:
    next_release(serving)
    until = serving.clock.monotonic() + 2.0
    serving.machine.connections.append(Connection(API_BLUE, until))
    serving.machine.connections.append(Connection(API_BLUE, 1e9, websocket=True))
    serving.make("three")
    with sabotage(serving) as watched:
        stopped_at: list[float] = []
        serving.machine.on_change.append(
            lambda what, done: (
                stopped_at.append(serving.clock.monotonic())
                if what == "stop shop-blue-api" and not done
                else None
            )
        )
        deploy(serving.process(), serving.settings, version="v3")
    assert "remove shop-blue-api" in watched.seen
    assert stopped_at[0] >= until
    assert stopped_at[0] < until + 1.0


def test_a_request_that_does_not_end_is_waited_for_only_so_long(serving: Service) -> None:
    next_release(serving)
    serving.machine.connections.append(Connection(API_BLUE, 1e9))
    began = serving.clock.monotonic()
    serving.make("three")
    deploy(serving.process(), serving.settings, version="v3")
    assert SETTINGS.timing.drain <= serving.clock.monotonic() - began < 4 * SETTINGS.timing.drain
    assert ("say", "blue: 1 requests still open, stopping anyway") in serving.reporter.events


def test_a_container_that_had_to_be_killed_is_told(serving: Service) -> None:
    worker = Worker(port=8000, ready="/", stop_timeout=1)
    serving.settings = SETTINGS._replace(workers={"worker": worker})
    next_release(serving, worker=App(stops_in=100.0))
    serving.make("three")
    done = deploy(serving.process(), serving.settings, version="v3")
    told = [text for kind, text in serving.reporter.events if kind == "say"]
    assert "shop-green-worker did not end in time and was killed" in told
    assert done.deploy
    facts = {e.step: e.detail for e in serving.store.entries("d3") if e.status is Status.DONE}
    assert facts["worker handover"]["stopped"] == {"shop-green-worker": 137}


def test_only_as_many_releases_are_kept_as_retention_says(serving: Service) -> None:
    serving.settings = SETTINGS._replace(retain=2)
    for number in range(2, 6):
        serving.make(str(number))
        deploy(serving.process(), serving.settings, version=f"v{number}")
    assert [r.version for r in serving.store.releases()] == ["v5", "v4"]
    tags = serving.engine.images("hitless/shop/api:")
    assert len(tags) == 2
    kept = {path.name for path in (serving.directory / ".hitless/releases").iterdir()}
    assert kept == {r.id for r in serving.store.releases()}


def test_releases_that_never_served_push_none_out_that_did(serving: Service) -> None:
    serving.settings = SETTINGS._replace(retain=2)
    serving.make("two")
    deploy(serving.process(), serving.settings, version="v2")
    for number in range(3, 6):
        serving.make(str(number), App(starts_in=10_000.0))
        with pytest.raises(NotHealthy):
            deploy(serving.process(), serving.settings, version=f"v{number}")
    serving.make("six")
    deploy(serving.process(), serving.settings, version="v6")
    assert [r.version for r in serving.store.releases()] == ["v6", "v2"]
    rollback(serving.process(), wait=True)
    assert serving.ask().body == b"hello two api"


def test_an_image_that_several_services_share_is_built_once(shop: Service) -> None:
    for name in ("worker", "migrate"):
        shop.model["services"][name]["image"] = shop.model["services"]["api"]["image"]
    shop.__post_init__()
    deploy(shop.process(), shop.settings, version="v1")
    assert "building api, site" in [text for kind, text in shop.reporter.events if kind == "say"]
    images = shop.store.releases()[0].images
    assert images["api"] == images["worker"] == images["migrate"]


def test_a_full_disk_a_taken_port_and_taken_addresses_are_found_first(shop: Service) -> None:
    def fails(error: type[HitlessError], why: str) -> None:
        with pytest.raises(error, match=why) as caught:
            deploy(shop.process(), shop.settings, version="v1")
        assert caught.value.hint
        assert caught.value.exit_status == 20
        assert not shop.machine.boxes

    shop.host.free = 999_000_000
    fails(DiskFull, "only 999 MB are free")
    shop.host.free = 10**12
    shop.host.taken = {PORT}
    fails(PortTaken, f"another program listens on 0.0.0.0:{PORT}")
    shop.host.taken = set()
    shop.machine.networks["vpn"] = Network("1", "vpn", ("10.150.0.0/16",))
    fails(AddressesTaken, "overlaps network 'vpn'")
    del shop.machine.networks["vpn"]
    deploy(shop.process(), shop.settings, version="v1")


def test_the_edges_own_port_is_no_obstacle_for_the_next_deploy(serving: Service) -> None:
    serving.host.taken = {PORT}
    next_release(serving)


def test_an_image_that_is_nowhere_is_told(shop: Service) -> None:
    shop.machine.remote.pop("db:1")
    with pytest.raises(ImageMissing, match="cannot be pulled"):
        deploy(shop.process(), shop.settings)
    assert not shop.store.deploys(1)


def test_an_image_that_a_build_did_not_make_is_told(shop: Service) -> None:
    shop.model["services"]["api"].pop("build")
    shop.__post_init__()
    shop.machine.add_image("shop/api:v1", App())
    made = shop.compose.resolve(shop.directory, ("compose.yml",), "v1")
    assert "build" not in made["services"]["api"]
    deploy(shop.process(), shop.settings, version="v1")
    assert "building" in str(shop.reporter.events)
    assert "building api" not in str(shop.reporter.events)


def test_images_are_pulled_again_only_when_asked(serving: Service) -> None:
    serving.reporter.events.clear()
    deploy(serving.process(), serving.settings, version="v2")
    assert not [t for k, t in serving.reporter.events if k == "say" and t.startswith("pulling")]
    deploy(serving.process(), serving.settings, version="v3", pull=True)
    assert ("say", "pulling db, nginx") in serving.reporter.events


def test_a_failed_build_changes_nothing(serving: Service) -> None:
    serving.machine.source.pop("worker")
    with pytest.raises(CommandFailed):
        deploy(serving.process(), serving.settings, version="v2")
    assert len(serving.store.deploys(9)) == 1
    assert_legal(serving)


def test_compose_files_that_do_not_resolve_change_nothing(serving: Service) -> None:
    (serving.directory / "compose.yml").write_text("{")
    with pytest.raises(ComposeUnresolved):
        deploy(serving.process(), serving.settings, version="v2")
    assert_legal(serving)


def test_a_service_without_a_part_changes_nothing(serving: Service) -> None:
    with pytest.raises(StackUnsuitable):
        deploy(serving.process(), SETTINGS._replace(accessories=()), version="v2")
    assert_legal(serving)


def test_the_name_of_a_release_comes_from_git_unless_it_is_given(shop: Service) -> None:
    shop.host.described = "v9-3-gabc"
    assert deploy(shop.process(), shop.settings).release.version == "v9-3-gabc"
    shop.host.described = ""
    assert deploy(shop.process(), shop.settings).release.version == "unversioned"


def test_snippets_of_the_user_are_part_of_the_release(shop: Service) -> None:
    (shop.directory / "gzip.conf").write_text("gzip on;\n")
    shop.settings = SETTINGS._replace(proxy=SETTINGS.proxy._replace(include=("gzip.conf",)))
    done = deploy(shop.process(), shop.settings, version="v1")
    assert done.release.snippets == ("gzip on;\n",)
    assert "gzip on;" in shop.edge.config()


def test_a_snippet_that_nginx_refuses_keeps_the_running_configuration(serving: Service) -> None:
    (serving.directory / "bad.conf").write_text("this is no directive")
    proxy = SETTINGS.proxy._replace(include=("bad.conf",))
    serving.settings = SETTINGS._replace(proxy=proxy)
    before = serving.edge.config()
    error = refused(serving, EdgeRefused)
    assert "unexpected end" in error.details[0]
    assert "proxy.include" in error.hint
    assert serving.edge.config() == before


def test_an_edge_that_does_not_show_its_configuration_is_told(shop: Service) -> None:
    (shop.directory / "bad.conf").write_text("this is no directive")
    shop.settings = SETTINGS._replace(proxy=SETTINGS.proxy._replace(include=("bad.conf",)))
    with pytest.raises(EdgeRefused, match="does not show the configuration of generation"):
        deploy(shop.process(), shop.settings, version="v1")
    assert_legal(shop)


def test_an_accessory_that_is_sick_stops_the_first_deploy(shop: Service) -> None:
    shop.machine.remote["db:1"] = App(healthy_in=1e6, prints="no space\n")
    with pytest.raises(NotHealthy, match="accessory 'db' is starting") as caught:
        deploy(shop.process(), shop.settings, version="v1")
    assert caught.value.details == ("no space",)
    assert_legal(shop)
    assert set(shop.machine.volumes) == {"shop_data"}


def test_two_deploys_at_once_are_refused(serving: Service) -> None:
    with serving.lock.hold("deploy v2"), pytest.raises(Locked):
        next_release(serving)
    assert_legal(serving)


def test_an_engine_that_does_not_answer_is_told(serving: Service) -> None:
    serving.engine.broken = EngineUnreachable("no engine")
    with pytest.raises(EngineUnreachable):
        next_release(serving)
    serving.engine.broken = None
    assert_legal(serving)


@pytest.mark.parametrize("step", DEPLOY.names[:-2])
def test_a_signal_at_any_step_undoes_everything_begun(serving: Service, step: str) -> None:
    serving.machine.on_change.append(
        lambda what, done: (
            serving.interrupts.strike() if what == f"write intent of {step}" and done else None
        )
    )
    error = refused(serving, Interrupted)
    assert error.exit_status == 130


def test_a_keyboard_interrupt_is_an_interrupt_too(serving: Service) -> None:
    serving.machine.on_change.append(
        lambda what, done: _raise(KeyboardInterrupt()) if what == "open" and done else None
    )
    error = refused(serving, Interrupted)
    assert error.exit_status == 130


def test_a_bug_in_a_step_undoes_everything_and_stays_a_bug(serving: Service) -> None:
    serving.machine.on_change.append(
        lambda what, done: _raise(ZeroDivisionError("bug")) if what == "open" and done else None
    )
    serving.make("two")
    with pytest.raises(ZeroDivisionError):
        deploy(serving.process(), serving.settings, version="v2")
    assert_legal(serving)
    assert serving.store.deploy("d2").reason == "ZeroDivisionError: bug"


def test_after_the_commit_point_an_error_does_not_take_the_release_back(serving: Service) -> None:
    serving.machine.on_change.append(
        lambda what, done: (
            serving.interrupts.strike() if what == "write done of promote" and done else None
        )
    )
    next_release(serving)
    assert_legal(serving)
    assert serving.ask().body == b"hello two api"
    told = [text for kind, text in serving.reporter.events if kind == "say"]
    assert "the release is live; cut short: stopped by SIGINT" in " ".join(told)


def test_a_release_that_crashed_after_its_gates_never_gets_traffic(serving: Service) -> None:
    error = refused(serving, NotHealthy, App(crashes_after=0.5), worker=App(starts_in=2.0))
    assert error.exit_status == 20
    assert serving.ask().body == b"hello one api"


def test_signals_while_undoing_are_answered_and_not_obeyed(serving: Service) -> None:
    serving.machine.on_change.append(
        lambda what, done: serving.interrupts.strike() if "undone" in what and done else None
    )
    refused(serving, NotHealthy, App(starts_in=1e6))
    assert serving.interrupts.answered > 0


def test_when_undoing_fails_too_a_human_is_asked_and_recover_finishes(serving: Service) -> None:
    stuck = [True]
    serving.machine.on_change.append(
        lambda what, done: (
            _raise(EngineFailed("stuck", "", ("why",)))
            if what == "remove shop-green-api" and stuck and not done
            else None
        )
    )
    serving.make("two", App(starts_in=1e6))
    with pytest.raises(HumanNeeded, match="could not be brought to an end: stuck") as caught:
        deploy(serving.process(), serving.settings, version="v2")
    assert (caught.value.exit_status, caught.value.details) == (22, ("why",))
    assert "hitless recover" in caught.value.hint
    assert serving.store.deploy("d2").outcome is Outcome.NEEDS_HUMAN
    assert serving.ask().body == b"hello one api"
    stuck.clear()
    ended = recover(serving.process())
    assert ended
    assert ended[1] is Outcome.KEPT_PREVIOUS
    assert_legal(serving)


def _raise(error: BaseException) -> None:
    raise error


def test_a_slot_with_users_is_never_emptied(serving: Service) -> None:
    serving.machine.on_change.append(
        lambda what, done: (
            serving.edge.activate(Slot.GREEN) if what == "write intent of start" and done else None
        )
    )
    serving.make("two")
    with pytest.raises(HumanNeeded, match="slot green has users' traffic"):
        deploy(serving.process(), serving.settings, version="v2")


def test_whoever_watches_is_told_every_step_and_every_undo(serving: Service) -> None:
    serving.reporter.events.clear()
    refused(serving, SmokeFailed, api=App(absent=("/api/version",)))
    began = [text.partition(":")[0] for kind, text in serving.reporter.events if kind == "began"]
    undone = [text for kind, text in serving.reporter.events if kind == "undoing"]
    assert began == list(DEPLOY.names[:9])
    assert undone == list(reversed(began))
    assert [k for k, _ in serving.reporter.events].count("failed") == 1


def test_a_prober_that_died_ends_the_deploy_without_false_comfort(serving: Service) -> None:
    world = serving.process()
    serving.make("two")
    serving.machine.on_change.append(
        lambda what, _done: setattr(world.prober, "dead", True) if what == "open" else None
    )
    with pytest.raises(HitlessError, match="prober ended by itself"):
        deploy(world, serving.settings, version="v2")
    assert serving.ask().body == b"hello one api"


def test_a_plan_touches_nothing_and_names_everything(serving: Service) -> None:
    with sabotage(serving) as watched:
        plan = make_plan(serving.process(), serving.settings, "v2")
    assert watched.seen == []
    assert (plan.active, plan.target, plan.version) == (Slot.BLUE, Slot.GREEN, "v2")
    assert plan.projects["shop-green"] == ("api", "site", "worker")
    assert plan.projects["shop-shared"] == ("db",)
    assert plan.addresses["shop-green-api"] == API_GREEN
    assert plan.addresses["shop-edge"] == "10.150.7.2"
    assert tuple(step.name for step in plan.steps) == DEPLOY.names
    assert all(step.promise for step in plan.steps)


def test_a_plan_before_the_first_deploy_starts_with_blue(shop: Service) -> None:
    plan = make_plan(shop.process(), shop.settings)
    assert (plan.active, plan.target) == (None, Slot.BLUE)


def test_a_crashed_fault_is_told_by_name(serving: Service) -> None:
    with sabotage(serving, Fault.FAILED, 40), pytest.raises(EngineFailed, match="sabotage"):
        next_release(serving)
    assert_legal(serving)


def test_times_in_the_settings_are_obeyed(serving: Service) -> None:
    serving.settings = SETTINGS._replace(timing=Timing(ready=2.0, bake=0.1, drain=1.0))
    began = serving.clock.monotonic()
    refused(serving, NotHealthy, App(starts_in=1e6))
    assert 2.0 <= serving.clock.monotonic() - began < 4.0
