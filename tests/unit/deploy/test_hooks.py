"""The user's own programs run in their place, and only the first of them decides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy, make_plan
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.container import Output
from hitless.domain.errors import CommandFailed, HitlessError, HookFailed
from hitless.domain.journal import Outcome
from testing.faults import Died, sabotage
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = {"pre-deploy": "pre", "post-deploy": "post", "on-failure": "fail"}


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1 serves, and a release with hooks is to come."""
    made = Service(tmp_path / "shop")
    deploy(made.process(), made.settings, version="v1")
    made.settings = SETTINGS._replace(hooks=HOOKS)
    made.programs.ends = {name: Output(0, f"{name} says hello\n") for name in HOOKS.values()}
    made.make("two")
    return made


def ran(service: Service) -> list[tuple[str, str]]:
    return [(name, env["HITLESS_OUTCOME"]) for name, env in service.programs.ran]


def test_hooks_run_before_and_after_a_release_that_went_live(shop: Service) -> None:
    done = deploy(shop.process(), shop.settings, version="v2")
    assert ran(shop) == [("pre", "running"), ("post", "live")]
    assert done.deploy
    assert shop.programs.ran[0][1] == {
        "HITLESS_SERVICE": "shop",
        "HITLESS_ENVIRONMENT": "",
        "HITLESS_RELEASE": done.release.id,
        "HITLESS_VERSION": "v2",
        "HITLESS_PREVIOUS": "v1",
        "HITLESS_DEPLOY": "d2",
        "HITLESS_SLOT": "green",
        "HITLESS_OUTCOME": "running",
    }
    last = shop.store.entries("d2")[-1]
    assert (last.step, last.status.value) == ("post-deploy hook", "done")
    assert last.detail == {"printed": ["post says hello"]}


def test_a_pre_deploy_hook_that_fails_stops_the_deploy_before_anything_changed(
    shop: Service,
) -> None:
    shop.programs.ends["pre"] = Output(3, "not today\n")
    boxes, images = dict(shop.machine.boxes), set(shop.machine.images)
    with pytest.raises(HookFailed, match="pre-deploy hook pre ended with 3") as caught:
        deploy(shop.process(), shop.settings, version="v2")
    assert caught.value.details == ("not today",)
    assert caught.value.exit_status == 20
    assert dict(shop.machine.boxes) == boxes
    assert not any(name.startswith("hitless/") for name in set(shop.machine.images) - images)
    assert ran(shop) == [("pre", "running"), ("fail", "kept-previous")]
    assert_legal(shop)


def test_a_hook_that_takes_too_long_is_ended(shop: Service) -> None:
    shop.programs.takes["pre"] = SETTINGS.timing.hook + 1
    with pytest.raises(CommandFailed, match="took longer than 60 s"):
        deploy(shop.process(), shop.settings, version="v2")
    assert shop.ask().body == b"hello one api"


@pytest.mark.parametrize("ends", [Output(1, "no\n"), None])
def test_a_post_deploy_hook_that_fails_is_recorded_and_the_release_stays(
    shop: Service, ends: Output | None
) -> None:
    if ends:
        shop.programs.ends["post"] = ends
    else:
        del shop.programs.ends["post"]
    done = deploy(shop.process(), shop.settings, version="v2")
    assert done.deploy
    assert done.deploy.outcome is Outcome.LIVE
    assert shop.ask().body == b"hello two api"
    last = shop.store.entries("d2")[-1]
    assert (last.step, last.status.value) == ("post-deploy hook", "failed")
    assert any(kind == "failed" and "post" in text for kind, text in shop.reporter.events)


def test_the_hook_for_failures_learns_that_users_met_the_release(shop: Service) -> None:
    shop.make("two", App(breaks_after=0.2))
    with pytest.raises(HitlessError):
        deploy(shop.process(), shop.settings, version="v2")
    assert ran(shop)[-1] == ("fail", "rolled-back")


def test_a_rollback_runs_no_hooks(shop: Service) -> None:
    deploy(shop.process(), shop.settings, version="v2")
    before = ran(shop)
    rollback(shop.process(), wait=True)
    assert ran(shop) == before


def test_the_plan_names_the_hook_that_may_stop_it(shop: Service) -> None:
    names = [step.name for step in make_plan(shop.process(), shop.settings).steps]
    assert names[:3] == ["preflight", "pre-deploy hook", "snapshot"]
    names = [step.name for step in make_plan(shop.process(), SETTINGS).steps]
    assert "pre-deploy hook" not in names


def test_a_hook_that_was_killed_is_told_so(shop: Service) -> None:
    shop.programs.ends["pre"] = Output(-9, "")
    with pytest.raises(HookFailed, match=r"pre-deploy hook pre was killed \(9\)"):
        deploy(shop.process(), shop.settings, version="v2")


def test_what_a_hook_prints_is_recorded_without_the_secrets_of_the_services(shop: Service) -> None:
    shop.model["services"]["api"]["environment"] = {"API_TOKEN": "hunter2-hunter2"}
    (shop.directory / "compose.yml").write_text(json.dumps(shop.model))
    shop.programs.ends["post"] = Output(0, "with hunter2-hunter2\n" + "x" * 10_000)
    deploy(shop.process(), shop.settings, version="v2")
    printed = shop.store.entries("d2")[-1].detail["printed"]
    assert printed == ["with ***", "x" * 500]


def test_a_deploy_killed_in_its_first_hook_is_undone_without_another_one(
    shop: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sabotage(shop) as saboteur:

        def die(*_: object) -> None:
            saboteur.dead = True
            raise Died

        monkeypatch.setattr(shop.programs, "run", die)
        with pytest.raises(Died):
            deploy(shop.process(), shop.settings, version="v2")
    monkeypatch.undo()
    recover(shop.process())
    assert ran(shop) == []
    assert_legal(shop)
    assert shop.ask().body == b"hello one api"
