"""The edge's configuration is rendered from what both slots hold."""

from __future__ import annotations

import re

from hitless.domain.settings import Proxy, Route, Web
from hitless.domain.slot import Slot
from hitless.stack.edge import generation, render
from hitless.stack.layout import Layout
from testing.service import SETTINGS, SUBNET

LAYOUT = Layout("shop", SUBNET)
BOTH = dict.fromkeys(Slot, SETTINGS)


def test_equal_topologies_give_equal_texts() -> None:
    assert render(LAYOUT, BOTH, 8080, "k") == render(LAYOUT, BOTH, 8080, "k")


def test_another_topology_has_another_generation() -> None:
    more = SETTINGS._replace(web={**SETTINGS.web, "api": Web(8000, "/ready", replicas=2)})
    one, two = (render(LAYOUT, dict.fromkeys(Slot, s), 8080, "k") for s in (SETTINGS, more))
    assert generation(one) != generation(two)
    assert len(generation(one)) == 12
    assert generation("no configuration") == ""


def test_the_generation_is_announced_by_the_answers() -> None:
    config = render(LAYOUT, BOTH, 8080, "k")
    assert f'return 200 "{generation(config)}\\n"' in config
    assert f"add_header X-Generation {generation(config)} always" in config


def test_what_changes_no_address_needs_no_reload() -> None:
    other = SETTINGS._replace(smoke=(), timing=SETTINGS.timing._replace(bake=1.0), retain=9)
    assert render(LAYOUT, dict.fromkeys(Slot, other), 8080, "k") == render(LAYOUT, BOTH, 8080, "k")


def test_each_slot_answers_by_its_own_routes() -> None:
    routes = (Route("/", "site"), Route("/v2/", "api"))
    green = SETTINGS._replace(proxy=SETTINGS.proxy._replace(routes=routes))
    config = render(LAYOUT, {Slot.BLUE: SETTINGS, Slot.GREEN: green}, 8080, "k")
    targets = _targets(config)
    assert targets["/v2/"] == {"blue": "site_blue", "green": "api_green"}
    assert targets["/api/"] == {"blue": "api_blue", "green": "site_green"}
    assert targets["/"] == {"blue": "site_blue", "green": "site_green"}


def test_a_path_that_no_route_of_a_slot_fits_goes_to_its_first_route() -> None:
    narrow = SETTINGS._replace(proxy=Proxy("nginx", (Route("/api/", "api"),)))
    config = render(LAYOUT, {Slot.BLUE: SETTINGS, Slot.GREEN: narrow}, 8080, "k")
    assert _targets(config)["/ws"] == {"blue": "api_blue_ws", "green": "api_green_ws"}


def test_the_users_directives_stand_in_the_public_server_only() -> None:
    config = render(LAYOUT, BOTH, 8080, "k", ("gzip on;\ngzip_types text/css;",))
    public, control = config.split("listen 8081;")
    assert "        gzip on;\n        gzip_types text/css;" in public
    assert "gzip" not in control


def test_only_replicas_of_the_slot_are_asked_and_the_other_slot_is_a_backup() -> None:
    config = render(LAYOUT, BOTH, 8080, "k")
    plain = config.split("upstream api_blue {")[1].split("}")[0]
    spill = config.split("upstream api_blue_spill {")[1].split("}")[0]
    assert "10.150.7.16:8000" in plain
    assert "10.150.7.112" not in plain
    assert "server 10.150.7.112:8000 backup;" in spill


def _targets(config: str) -> dict[str, dict[str, str]]:
    """Path → slot → upstream, without spill."""
    maps = {
        name: dict(re.findall(r"(blue|green) (\w+);", body))
        for name, body in re.findall(r"map \$slot\$spill \$(\w+) \{(.*?)\}", config, re.DOTALL)
    }
    public = config.split("listen 8081;", maxsplit=1)[0]
    found = re.findall(r"location (\S+) \{\s*proxy_pass http://\$(\w+);", public)
    return {path: maps[variable] for path, variable in found}
