"""Who may change a service: one process, in its turn, and not in a freeze."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.access import access, freeze, thaw
from hitless.deploy.deploy import deploy
from hitless.deploy.hold import CHANGES, hold
from hitless.deploy.rollback import rollback
from hitless.domain import ports
from hitless.domain.errors import Frozen, Locked, Overtaken, Superseded, UsageError
from hitless.domain.lock import Claim, Ticket
from testing.legal import assert_legal, fingerprint
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path

# Every method of a fenced port that is not told to change something only looks.
LOOKS = {
    "engine": {"version", "containers", "inspect", "logs", "image_id", "images", "networks"}
    | {"volumes", "memory", "attached", "project", "anonymous_volumes", "archive"},
    "compose": {"version", "resolve"},
    "edge": {"active", "closed", "fallback", "maintenance", "share", "kept"}
    | {"config", "key", "check"},
}
PORTS = {"engine": ports.Engine, "compose": ports.Compose, "edge": ports.EdgeFiles}


@pytest.fixture
def serving(tmp_path: Path) -> Service:
    service = Service(tmp_path / "shop")
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    return service


@pytest.mark.parametrize("name", PORTS)
def test_every_method_of_a_fenced_port_is_known_to_look_or_to_change(name: str) -> None:
    methods = {n for n, m in vars(PORTS[name]).items() if inspect.isfunction(m) and n[0] != "_"}
    assert methods == LOOKS[name] | CHANGES[name]


def test_who_holds_the_lock_and_why_is_recorded(serving: Service) -> None:
    serving.host.job = "https://ci.example/7"
    with hold(serving.process(), "deploy v2", Claim("a hotfix")):
        found = access(serving.process())
        assert found.held
        assert found.holder
        assert (found.holder.command, found.holder.reason) == ("deploy v2", "a hotfix")
        assert (found.holder.actor, found.holder.process.pid) == ("somebody@memory", 1)
        with pytest.raises(Locked, match=r'deploy v2, "a hotfix", https://ci.example/7'):
            rollback(serving.process())
    assert access(serving.process()).holder is None


def test_a_process_whose_lock_was_taken_changes_nothing(serving: Service) -> None:
    with hold(serving.process(), "deploy v2") as stale:
        serving.store.another().take(serving.store._lock[-1]._replace(actor="you@there"))
        before = fingerprint(serving)
        with pytest.raises(Superseded, match="taken over by you@there: deploy v2"):
            stale.edge.activate(stale.edge.active().other)
        with pytest.raises(Superseded):
            stale.engine.remove("shop-blue-api")
        with pytest.raises(Superseded):
            stale.compose.up("shop-blue", serving.directory)
        assert stale.engine.containers("shop")
    assert fingerprint(serving) == before


def test_a_freeze_refuses_deploys_and_lets_rollbacks_through(serving: Service) -> None:
    deploy(serving.process(), serving.settings, version="v2")
    serving.make("three")
    world = serving.process()
    freeze(world, world.clock.now() + 60, "holiday")
    before = fingerprint(serving)
    with pytest.raises(Frozen, match=r"somebody@memory froze deploys until .*: holiday"):
        deploy(serving.process(), serving.settings, version="v3")
    assert fingerprint(serving) == before
    rollback(serving.process(), wait=True)
    assert_legal(serving)
    assert serving.ask().body == b"hello one api"


def test_a_freeze_ends_by_itself_or_by_hand(serving: Service) -> None:
    world = serving.process()
    freeze(world, world.clock.now() + 60, "")
    serving.clock.sleep(60)
    assert access(world).freeze is None
    deploy(serving.process(), serving.settings, version="v2")
    serving.make("three")
    freeze(world, world.clock.now() + 60, "")
    thaw(world)
    deploy(serving.process(), serving.settings, version="v3")
    with pytest.raises(UsageError, match="must end in the future"):
        freeze(world, world.clock.now(), "")


def test_a_deploy_is_frozen_that_was_waiting_when_the_freeze_came(serving: Service) -> None:
    def freeze_and_go() -> None:
        freeze(serving.process(), 2e9, "")
        serving.lock.holder = ""

    with serving.lock.hold("rollback"):
        serving.clock.on_tick.append(freeze_and_go)
        with pytest.raises(Frozen):
            deploy(serving.process(), serving.settings, version="v2")
    serving.clock.on_tick.clear()
    assert serving.store.waiting() == ()


def test_of_those_who_wait_only_the_newest_is_deployed(serving: Service) -> None:
    newer = Ticket("v3", "you@there", serving.host.process()._replace(pid=2, started=2))
    before = fingerprint(serving)

    def ask_for_a_newer_one() -> None:
        serving.clock.on_tick.clear()
        serving.store.queue(newer)
        serving.lock.holder = ""

    with serving.lock.hold("rollback"):
        serving.clock.on_tick.append(ask_for_a_newer_one)
        with pytest.raises(Overtaken, match="deploy v3 by you@there was asked for"):
            deploy(serving.process(), serving.settings, version="v2")
    assert fingerprint(serving) == before
    assert [one.version for one in access(serving.process()).waiting] == ["v3"]
    serving.host.dead.add(2)
    deploy(serving.process(), serving.settings, version="v2")
    assert_legal(serving)


def test_a_deploy_that_a_newer_one_overtook_is_skipped(serving: Service) -> None:
    def let_a_newer_one_through() -> None:
        serving.clock.on_tick.clear()
        serving.lock.holder = ""
        serving.make("three")
        deploy(serving.process(), serving.settings, version="v3")

    with serving.lock.hold("rollback"):
        serving.clock.on_tick.append(let_a_newer_one_through)
        with pytest.raises(Overtaken, match="a newer deploy was asked for"):
            deploy(serving.process(), serving.settings, version="v2")
    assert serving.ask().body == b"hello three api"


def test_patience_is_the_users(serving: Service) -> None:
    began = serving.clock.monotonic()
    with serving.lock.hold("rollback"), pytest.raises(Locked):
        deploy(serving.process(), serving.settings, version="v2", claim=Claim(patience=900))
    assert serving.clock.monotonic() - began >= 900
