"""An environment is a Compose project of its own, as Compose itself sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hitless.app import App
from hitless.cli.render.plain import PlainReporter
from hitless.deploy.prepare import read
from hitless.domain.errors import StackUnsuitable

if TYPE_CHECKING:
    from pathlib import Path

HITLESS = """\
service: shop
proxy: {service: nginx, routes: [{path: /, service: api}]}
web: {api: {port: 8000, ready: /ready}}
environments:
  staging: {}
"""
COMPOSE = """\
name: my-project
services:
  nginx: {image: nginx, ports: ["8080:8080"]}
  api: {image: api, volumes: ["data:/data"], environment: ["WHERE=${HITLESS_ENVIRONMENT:-none}"]}
volumes:
  data:
"""


def model(directory: Path, environment: str, compose: str = COMPOSE) -> dict[str, Any]:
    (directory / "hitless.yaml").write_text(HITLESS)
    (directory / "compose.yml").write_text(compose)
    app = App(directory / "hitless.yaml", PlainReporter(quiet=True), environment)
    return read(app.world, app.settings(), "v1").model


@pytest.mark.parametrize(
    ("environment", "project", "where"),
    [("", "my-project", "none"), ("staging", "shop-staging", "staging")],
)
def test_its_project_volumes_and_variables_are_its_own(
    tmp_path: Path, environment: str, project: str, where: str
) -> None:
    found = model(tmp_path, environment)
    assert found["name"] == project
    assert found["volumes"]["data"]["name"] == f"{project}_data"
    assert found["services"]["api"]["environment"] == {"WHERE": where}


def test_a_volume_with_a_fixed_name_is_refused_in_an_environment(tmp_path: Path) -> None:
    fixed = COMPOSE.replace("  data:\n", "  data: {name: the-data}\n")
    assert model(tmp_path, "", fixed)["volumes"]["data"]["name"] == "the-data"
    with pytest.raises(StackUnsuitable) as caught:
        model(tmp_path, "staging", fixed)
    assert "volume 'the-data' would be shared" in caught.value.details[0]
