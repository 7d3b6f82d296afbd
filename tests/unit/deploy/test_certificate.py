"""A certificate says what was proved, and its page is made from the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hitless.adapters.memory.app import App
from hitless.cli.render.page import certificate_page
from hitless.cli.render.report import html
from hitless.deploy.certificate import certificate, certify_missed, check, path_of
from hitless.deploy.deploy import deploy
from hitless.deploy.record import record
from hitless.deploy.recover import recover
from hitless.deploy.rollback import rollback
from hitless.domain.errors import HitlessError, JournalBroken, RequestFailed
from hitless.domain.journal import Outcome
from hitless.domain.settings import Verify
from testing.faults import Died, Fault, sabotage
from testing.legal import assert_legal
from testing.service import PORT, Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v2 has replaced v1."""
    made = Service(tmp_path / "shop")
    deploy(made.process(), made.settings, version="v1")
    made.make("two")
    deploy(made.process(), made.settings, version="v2")
    return made


def written(service: Service, deploy_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path_of(service.process(), deploy_id).read_text())
    return found


def test_a_deploy_leaves_a_certificate_that_only_its_owner_can_read(shop: Service) -> None:
    path = path_of(shop.process(), "d2")
    assert path.stat().st_mode & 0o777 == 0o600
    assert written(shop, "d2") == certificate(shop.store, "d2")


def test_it_names_images_gates_times_traffic_and_the_row_of_the_journal(shop: Service) -> None:
    told = written(shop, "d2")
    assert told["certificate"] == 1
    assert (told["release"]["version"], told["previous"]["version"]) == ("v2", "v1")
    assert told["release"]["images"] == shop.store.find_release("v2").images  # type: ignore[union-attr]
    assert [step["name"] for step in told["plan"]] == [step["name"] for step in told["steps"]]
    gates = {gate["name"]: gate for gate in told["gates"]}
    assert set(gates) == {"health gate", "smoke gate", "cutover", "traffic gate"}
    assert all(gate["passed"] for gate in gates.values())
    assert gates["health gate"]["limits"] == {"answers_in_a_row": 3, "seconds": 20.0}
    assert gates["traffic gate"]["limits"]["failures_in_a_row"] == 10
    assert gates["traffic gate"]["limits"]["error_rate"] == 0.03
    assert "0 errors in" in gates["traffic gate"]["found"]["evidence"]
    assert told["requests"]["failed"] == 0
    assert told["requests"]["sent"] > 0
    assert told["migration"] == {"before": "", "after": ""}
    assert told["zero_failed"] == {"required": False, "failed": 0}
    last = shop.store.links()[-1]
    assert told["journal"] == {"row": last.seq, "hash": last.hash}


def test_a_deploy_that_failed_is_certified_with_the_gate_that_stopped_it(shop: Service) -> None:
    shop.make("three", replace(App(), starts_in=1000.0))
    with pytest.raises(HitlessError):
        deploy(shop.process(), shop.settings, version="v3")
    told = written(shop, "d3")
    assert told["deploy"]["outcome"] == "kept-previous"
    (gate,) = told["gates"]
    assert (gate["name"], gate["passed"], gate["status"]) == ("health gate", False, "undone")
    assert "not ready after 20 s" in gate["found"]["reason"]
    assert told["cutover_at"] is None


def test_a_deploy_whose_process_died_is_certified_by_who_recovers_it(shop: Service) -> None:
    shop.make("three")
    with sabotage(shop, Fault.KILLED, 20), pytest.raises(Died):
        deploy(shop.process(), shop.settings, version="v3")
    assert not path_of(shop.process(), "d3").exists()
    recover(shop.process())
    assert written(shop, "d3")["deploy"]["reason"] == "its process died"


def test_a_rollback_is_certified_behind_the_command(shop: Service) -> None:
    shop.child = True
    with pytest.raises(SystemExit):
        rollback(shop.process())
    told = written(shop, "d3")
    assert (told["deploy"]["kind"], told["requests"]) == ("rollback", None)
    assert [gate["name"] for gate in told["gates"]] == ["health gate", "cutover"]
    assert told["gates"][0]["limits"]["answers_in_a_row"] == 1


def test_what_was_left_out_is_written_later_and_says_the_same(shop: Service) -> None:
    rollback(shop.process(), wait=True)
    path_of(shop.process(), "d2").unlink()
    certify_missed(shop.process())
    assert written(shop, "d3")["deploy"]["outcome"] == "live"
    assert written(shop, "d2") == certificate(shop.store, "d2")


def test_a_certificate_outlives_its_release(shop: Service) -> None:
    before = written(shop, "d1")
    small = shop.settings._replace(retain=1)
    for name in ("three", "four", "five"):
        shop.make(name)
        deploy(shop.process(), small, version=name)
    assert shop.store.find_release("v1") is None
    assert written(shop, "d1") == before
    path_of(shop.process(), "d1").unlink()
    certify_missed(shop.process())
    assert written(shop, "d1")["release"] is None
    assert written(shop, "d1")["journal"] == before["journal"]


def test_a_certificate_cannot_be_written_and_the_release_is_live_all_the_same(
    shop: Service,
) -> None:
    path = path_of(shop.process(), "d3")
    path.mkdir()  # nothing can take its place
    shop.make("three")
    done = deploy(shop.process(), shop.settings, version="v3")
    assert done.deploy
    assert done.deploy.outcome is Outcome.LIVE
    said = [text for kind, text in shop.reporter.events if kind == "say"]
    assert any("the certificate of d3 could not be written" in text for text in said)


def test_a_certificate_is_refused_when_its_row_of_the_journal_is_another_one(
    shop: Service,
) -> None:
    told = written(shop, "d1")
    check(shop.store, told)
    told["journal"]["hash"] = "0" * 64
    with pytest.raises(JournalBroken, match="names row"):
        check(shop.store, told)


def one_failure(service: Service) -> None:
    """The previous release gives one bad answer once the new slot is being started."""
    asked = service.http.look

    def look(port: int, path: str, headers: Any) -> Any:
        answer = asked(port, path, headers)
        if failing and port == PORT and service.names() >= {"shop-blue-api", "shop-green-api"}:
            failing.pop()
            return answer._replace(status=500)
        return answer

    failing = [True]
    service.http.look = look  # type: ignore[method-assign]


def test_one_failed_request_is_too_many_where_none_may_fail(tmp_path: Path) -> None:
    service = Service(tmp_path / "shop")
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    one_failure(service)
    with pytest.raises(RequestFailed, match=r"1 of \d+ requests failed and none may") as caught:
        deploy(service.process(), service.settings, version="v2", zero_failed=True)
    assert caught.value.exit_status == 21
    assert_legal(service)
    assert service.ask().body == b"hello one api"
    told = written(service, "d2")
    assert told["deploy"]["outcome"] == "rolled-back"
    assert told["zero_failed"] == {"required": True, "failed": 1}
    gate = told["gates"][-1]
    assert (gate["name"], gate["passed"]) == ("traffic gate", False)
    assert gate["limits"]["require_zero_failed"] is True


def test_hitless_yaml_may_demand_it_for_every_deploy(tmp_path: Path) -> None:
    service = Service(tmp_path / "shop")
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    one_failure(service)
    strict = service.settings._replace(verify=Verify(require_zero_failed=True))
    with pytest.raises(RequestFailed):
        deploy(service.process(), strict, version="v2")
    assert written(service, "d2")["zero_failed"] == {"required": True, "failed": 1}


def test_one_failed_request_is_borne_where_nobody_asked_for_none(tmp_path: Path) -> None:
    service = Service(tmp_path / "shop")
    deploy(service.process(), service.settings, version="v1")
    service.make("two")
    one_failure(service)
    deploy(service.process(), service.settings, version="v2")
    assert written(service, "d2")["zero_failed"] == {"required": False, "failed": 1}


def test_its_page_tells_gates_limits_and_digests(shop: Service) -> None:
    told = written(shop, "d2")
    report = certificate_page(record(shop.store, "d2"), 0.0, told)
    gates = {gate.name: gate for gate in report.gates}
    assert gates["health gate"].passed
    assert dict(gates["health gate"].limits) == {"answers in a row": "3", "seconds": "20"}
    assert dict(gates["traffic gate"].limits)["require zero failed"] == "no"
    certified = dict(report.certified)
    assert certified["Image of api"] == told["release"]["images"]["api"]
    assert certified["Image of api before"] == told["previous"]["images"]["api"]
    assert certified["Failed requests allowed"].endswith("0 failed before the promote")
    text = html(report)
    assert told["journal"]["hash"] in text
    assert "What had to be passed" in text
