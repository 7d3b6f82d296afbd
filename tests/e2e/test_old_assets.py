"""A tab that was opened two releases ago asks for a file that no slot has any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import readers

if TYPE_CHECKING:
    from tests.e2e.support.project import Project

ROUTE = "- {path: /, service: web}"
ASSETS = "- {path: /assets/, service: web, assets: true, asset_path: /app/assets}"


def release(project: Project, name: str) -> None:
    """A build with a file of its own."""
    assets = project.directory / "app" / "assets"
    for old in assets.glob("chunk-*.js"):
        old.unlink()
    (assets / f"chunk-{name}.js").write_text(f'"{name}"\n')
    project.behave(text=name)
    project.done("deploy", name)


def test_a_tab_that_is_two_releases_old_gets_its_chunk(tiny: Project) -> None:
    tiny.edit("hitless.yaml", ROUTE, f"{ROUTE}\n    {ASSETS}")
    with readers(tiny) as load:
        for name in ("older", "old", "new"):
            release(tiny, name)
    load.assert_nothing_lost()
    for name in ("older", "old", "new"):
        answer = tiny.ask(f"/assets/chunk-{name}.js")
        assert (answer.status, answer.body) == (200, f'"{name}"\n'.encode())
        assert answer.headers["content-type"] == "text/javascript"
    assert tiny.ask("/assets/chunk-never.js").status == 404
    assert_legal(tiny)
