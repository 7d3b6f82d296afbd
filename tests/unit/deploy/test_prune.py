"""Nothing goes that somebody may go back to, and nothing that others made."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.deploy.certificate import path_of
from hitless.deploy.deploy import deploy
from hitless.deploy.prune import Keep, prune
from hitless.deploy.rollback import rollback
from hitless.domain.errors import NothingDeployed, UsageError
from testing.faults import Died, Fault, sabotage
from testing.legal import assert_legal, fingerprint
from testing.service import Service

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A machine on which v1, v2, v3 and v4 served, the last one now."""
    made = Service(tmp_path / "shop")
    for number in range(1, 5):
        made.make(f"text {number}")
        deploy(made.process(), made.settings, version=f"v{number}")
    return made


def versions(service: Service) -> set[str]:
    return {release.version for release in service.store.releases()}


def test_a_dry_run_tells_all_and_removes_nothing(shop: Service) -> None:
    before = fingerprint(shop)
    told = prune(shop.process(), Keep(releases=2), dry_run=True)
    assert [name.split()[0] for name in told.releases] == ["v2", "v1"]
    assert fingerprint(shop) == before
    assert versions(shop) == {"v1", "v2", "v3", "v4"}
    assert prune(shop.process(), Keep(releases=2)) == told


def test_what_retention_keeps_can_still_be_brought_back(shop: Service) -> None:
    prune(shop.process(), Keep(releases=2))
    assert versions(shop) == {"v3", "v4"}
    assert_legal(shop)
    rollback(shop.process(), wait=True)
    assert shop.ask().body == b"hello text 3 api"
    assert prune(shop.process(), Keep(releases=2)).releases == ()


def test_one_release_still_leaves_what_is_in_a_slot(shop: Service) -> None:
    prune(shop.process(), Keep(releases=1))
    assert versions(shop) == {"v3", "v4"}
    rollback(shop.process(), wait=True)
    assert_legal(shop)


def test_what_a_plain_rollback_would_bring_back_stays_after_a_jump(shop: Service) -> None:
    rollback(shop.process(), to="v1", wait=True)
    prune(shop.process(), Keep(releases=1))
    assert {"v1", "v4"} <= versions(shop)


def test_images_and_files_of_no_known_release_go_and_those_of_others_stay(shop: Service) -> None:
    shop.engine.tag(next(iter(shop.store.releases())).images["api"], "hitless/shop/api:0123abcd")
    shop.engine.tag(next(iter(shop.store.releases())).images["api"], "hitless/shop2/api:0123abcd")
    stray = shop.process().home / "releases" / "0123abcd"
    stray.mkdir()
    told = prune(shop.process(), Keep())
    assert told.images == ("hitless/shop/api:0123abcd",)
    assert told.files == ("releases/0123abcd",)
    assert not stray.exists()
    assert shop.engine.image_id("hitless/shop2/api:0123abcd")
    assert shop.engine.image_id("shop/api:v1"), "what Compose named is its user's"


def test_old_logs_and_certificates_go_and_other_files_stay(shop: Service) -> None:
    logs = shop.process().home / "logs"
    logs.mkdir(exist_ok=True)
    for number in range(4):
        for end in ("jsonl", "log"):
            path = logs / f"deploy-{number}.{end}"
            path.write_text("{}")
            os.utime(path, (number, number))
    (logs / "mine.txt").write_text("mine")
    for number in range(60):
        path = path_of(shop.process(), f"x{number}")
        path.write_text("{}")
        path.with_suffix(".html").write_text("page")
        for one in (path, path.with_suffix(".html")):
            os.utime(one, (number, number))
    told = prune(shop.process(), Keep(logs=2, certificates=50))
    assert {p.name for p in logs.iterdir()} == {
        "deploy-2.jsonl", "deploy-2.log", "deploy-3.jsonl", "deploy-3.log", "mine.txt",
    }  # fmt: skip
    left = {p.name for p in path_of(shop.process(), "d1").parent.iterdir()}
    assert "d4.json" in left
    assert "x13.json" not in left
    assert "x13.html" not in left
    assert "x14.html" in left
    assert "certificates/x0.html" in told.files


@pytest.mark.parametrize("keep", [Keep(releases=0), Keep(logs=0), Keep(certificates=49)])
def test_less_than_that_cannot_be_kept(shop: Service, keep: Keep) -> None:
    with pytest.raises(UsageError, match="at least"):
        prune(shop.process(), keep)


def test_where_nothing_was_deployed_there_is_nothing_to_prune(tmp_path: Path) -> None:
    with pytest.raises(NothingDeployed):
        prune(Service(tmp_path / "empty").process(), Keep())


def test_where_nothing_serves_every_release_stays(shop: Service) -> None:
    shop.edge.set_closed(closed=True)
    assert prune(shop.process(), replace(Keep(), releases=1)).releases == ()


@pytest.mark.parametrize("at", range(0, 12, 3))
def test_a_prune_that_was_killed_is_finished_by_the_next_one(shop: Service, at: int) -> None:
    wish = Keep(releases=1)
    with sabotage(shop, Fault.KILLED, at), pytest.raises(Died):
        prune(shop.process(), wish)
    shop.lock.holder = ""
    prune(shop.process(), wish)
    assert not prune(shop.process(), wish)
    assert_legal(shop)
