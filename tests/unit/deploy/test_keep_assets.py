"""Hashed files of the last releases, for tabs that are older than both slots."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.app import App
from hitless.deploy.deploy import deploy
from hitless.deploy.steps import keep_assets
from hitless.deploy.steps.keep_assets import unpacked
from hitless.domain.errors import AssetsRefused
from hitless.domain.settings import Route
from testing.legal import assert_legal
from testing.service import SETTINGS, Service

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = Route("/assets/", "site", assets=True, asset_path="/usr/share/site/assets")
WITH_ASSETS = SETTINGS._replace(
    proxy=SETTINGS.proxy._replace(routes=(Route("/", "site"), Route("/api/", "api"), ROUTE)),
    retain=3,
)
NAMES = ("one", "two", "three", "four", "five", "six")


def release(service: Service, name: str) -> None:
    """A dashboard of which each release has a file of its own, and none of the others."""
    absent = tuple(f"/assets/{other}.js" for other in NAMES if other != name)
    service.make(name, site=App(files=(f"{name}.js", "logo.svg"), absent=absent))
    deploy(service.process(), WITH_ASSETS, version=name)


def test_a_tab_that_is_two_releases_old_still_gets_its_files(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop", WITH_ASSETS)
    for name in NAMES[:3]:
        release(shop, name)
    assert shop.ask("/assets/three.js").body == b"hello three site"
    assert shop.ask("/assets/two.js").body == b"hello two site", "the other slot"
    assert shop.ask("/assets/one.js").body == b"content of one.js", "neither slot"
    assert shop.ask("/assets/zero.js").body == b"hello three site"
    assert_legal(shop)


def test_files_go_with_their_release(tmp_path: Path) -> None:
    shop = Service(tmp_path / "shop", WITH_ASSETS)
    for name in NAMES:
        release(shop, name)
    release(shop, "one")  # what a deploy forgets at its end loses its files with the next one
    assert set(shop.edge.kept()) <= {one.id for one in shop.store.releases()} | {third(shop)}
    assert shop.ask("/assets/two.js").status == 404
    assert shop.ask("/assets/five.js").ok


def third(service: Service) -> str:
    """The release that the last deploy has just forgotten."""
    return service.store.deploys(9)[3].release


def test_a_directory_that_is_not_there_ends_the_deploy_before_any_user_sees_it(
    tmp_path: Path,
) -> None:
    shop = Service(tmp_path / "shop", WITH_ASSETS)
    release(shop, "one")
    shop.make("two")
    with pytest.raises(AssetsRefused, match="not there: Could not find the file") as caught:
        deploy(shop.process(), WITH_ASSETS, version="two")
    assert caught.value.exit_status == 20
    assert shop.ask("/assets/one.js").body == b"hello one site"
    assert_legal(shop)


def tar(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def test_files_are_found_by_the_paths_that_users_ask_for() -> None:
    found = unpacked(ROUTE, tar(("assets/a.js", b"a"), ("assets/deep/b.js", b"b")))
    assert found == {"/assets/a.js": b"a", "/assets/deep/b.js": b"b"}


@pytest.mark.parametrize(
    "name", ["../state/green", "assets/../../green", "/etc/passwd", "assets/a\nb.js"]
)
def test_a_file_that_would_lie_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(AssetsRefused, match="not to be trusted"):
        unpacked(ROUTE, tar(("assets/a.js", b"a"), (name, b"x")))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_what_is_no_file_is_left_out(kind: bytes) -> None:
    with pytest.raises(AssetsRefused, match="are empty"):
        unpacked(ROUTE, tar(("assets/link.js", b""), kind=kind))


def test_too_many_and_too_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = tar(("assets/a.js", b"a"), ("assets/b.js", b"b"), ("assets/c.js", b"c"))
    monkeypatch.setattr(keep_assets, "MOST_FILES", 2)
    with pytest.raises(AssetsRefused, match="more than 2 files"):
        unpacked(ROUTE, many)
    monkeypatch.setattr(keep_assets, "MOST_BYTES", 1000)
    with pytest.raises(AssetsRefused, match="larger than"):
        unpacked(ROUTE, many)
