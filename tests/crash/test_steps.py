"""A deploy and a rollback cut short at every single change that they make."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.blue_green import DEPLOY, shifted
from hitless.deploy.deploy import deploy
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.deploy.turn_back import ROLLBACK
from hitless.domain.errors import HitlessError, HumanNeeded
from hitless.domain.settings import Canary, Route, Strategy
from testing.faults import Died, Fault, changes_of, sabotage
from testing.legal import assert_legal, fingerprint
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Scene = tuple[Callable[[Service], None], Callable[[Service], None]]

FAULTS = tuple(Fault)
IN_SHARES = SETTINGS._replace(
    strategy=Strategy(Canary(steps=(10, 50), interval=0.5, min_samples=25))
)
ASSETS = Route("/assets/", "site", assets=True, asset_path="/usr/share/site/assets")
OTHERS = tuple(route for route in SETTINGS.proxy.routes if not route.assets)
WITH_ASSETS = SETTINGS._replace(proxy=SETTINGS.proxy._replace(routes=(*OTHERS, ASSETS)))
SHIFTS_AND_LATER = shifted(IN_SHARES).names[DEPLOY.names.index("cutover") :]
EVERYBODY = ({"Cookie": "hitless_bucket=00"}, {"Cookie": "hitless_bucket=99"})
LEGAL_EXITS = {20, 21, 130}


def nothing(_: Service) -> None:
    """A machine on which nothing was ever released."""


def first(service: Service) -> None:
    service.make("one")
    deploy(service.process(), service.settings, version="v1")


def second(service: Service) -> None:
    service.make("two")
    deploy(service.process(), service.settings, version="v2")


def third(service: Service) -> None:
    service.make("three")
    deploy(service.process(), service.settings, version="v3")


def in_shares(service: Service) -> None:
    service.make("two")
    deploy(service.process(), IN_SHARES, version="v2")


def first_of_many(service: Service) -> None:
    """The edge already knows the shares when the next release comes."""
    service.make("one")
    deploy(service.process(), IN_SHARES, version="v1")


def with_assets(service: Service) -> None:
    service.make("two", app=App(files=("two.js",)))
    deploy(service.process(), WITH_ASSETS, version="v2")


def two_releases(service: Service) -> None:
    first(service)
    second(service)


def back(service: Service) -> None:
    rollback(service.process(), wait=True)


def back_to_what_its_slot_lost(service: Service) -> None:
    """From the third to the first release, whose slot the third took: a cold rollback."""
    rollback(service.process(), to="v2", wait=True)


SCENES: dict[str, Scene] = {
    "the first deploy": (nothing, first),
    "the second deploy": (first, second),
    "a deploy into a used slot": (two_releases, third),
}


def crashes(
    path: Path, scene: Scene, step: str, fault: Fault
) -> Iterator[tuple[Service, str, BaseException | None]]:
    """The service after each way in which one fault can hit one step."""
    prepare, act = scene
    prepared = Service(path / "shop")
    prepare(prepared)
    rehearsal = with_users(deepcopy(prepared))
    with sabotage(rehearsal) as watched:
        act(rehearsal)
    for at in changes_of(step, watched.seen):
        service = with_users(deepcopy(prepared))
        yield service, watched.seen[at], run_into(service, act, fault, at)


def with_users(service: Service) -> Service:
    if service.ask().ok:
        service.machine.on_change.append(partial(must_serve, service))
    return service


def run_into(
    service: Service, act: Callable[[Service], None], fault: Fault, at: int
) -> BaseException | None:
    with sabotage(service, fault, at):
        try:
            act(service)
        except (HitlessError, Died) as error:
            return error
    return None


def must_serve(service: Service, what: str, done: bool) -> None:  # noqa: FBT001  # see Machine.on_change
    """Whatever changes: a user who comes now is served."""
    when = "after" if done else "before"
    for path, client in product(("/", "/api/version", "/assets/site.js", "/ws"), EVERYBODY):
        answer = service.ask(path, client)
        assert answer.ok, f"{when} {what!r} {client} got {answer} for {path}"


def assert_recovered(service: Service, at: str, error: BaseException | None) -> None:
    if isinstance(error, Died):
        recover(service.process())
    elif error is not None:
        assert isinstance(error, HitlessError)
        assert not isinstance(error, HumanNeeded), f"at {at!r}: {error}"
        assert error.exit_status in LEGAL_EXITS, f"at {at!r}: {error!r}"
    try:
        assert_legal(service)
    except AssertionError as wrong:
        raise AssertionError(f"after {at!r}: {wrong}") from wrong
    before = fingerprint(service)
    assert recover(service.process()) is None
    assert fingerprint(service) == before


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", DEPLOY.names)
@pytest.mark.parametrize("scene", SCENES)
def test_a_deploy_cut_short_ends_legally(
    tmp_path: Path, scene: str, step: str, fault: Fault
) -> None:
    tried = 0
    for service, at, error in crashes(tmp_path, SCENES[scene], step, fault):
        assert_recovered(service, at, error)
        third(service)
        assert_legal(service)
        assert service.ask().body.startswith(b"hello three")
        tried += 1
    assert tried >= 2


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", SHIFTS_AND_LATER)
def test_a_canary_cut_short_ends_legally(tmp_path: Path, step: str, fault: Fault) -> None:
    tried = 0
    for service, at, error in crashes(tmp_path, (first_of_many, in_shares), step, fault):
        assert_recovered(service, at, error)
        third(service)
        assert_legal(service)
        tried += 1
    assert tried >= 2


@pytest.mark.parametrize("fault", FAULTS)
def test_keeping_assets_cut_short_ends_legally(tmp_path: Path, fault: Fault) -> None:
    tried = 0
    for service, at, error in crashes(tmp_path, (first, with_assets), "keep assets", fault):
        assert_recovered(service, at, error)
        with_assets(service)
        assert_legal(service)
        tried += 1
    assert tried >= 2


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", ROLLBACK.names)
def test_a_rollback_cut_short_ends_legally(tmp_path: Path, step: str, fault: Fault) -> None:
    tried = 0
    for service, at, error in crashes(tmp_path, (two_releases, back), step, fault):
        assert_recovered(service, at, error)
        tried += 1
    assert tried >= 2
