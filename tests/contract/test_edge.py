"""The rendered configuration in real nginx, and the same answers from the fake."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.edge_files import EdgeDirectory
from hitless.domain.container import ROLE, SERVICE
from hitless.domain.settings import Canary, Proxy, Route, Settings, Strategy, Web
from hitless.domain.slot import Share, Slot
from hitless.stack.edge import generation, render
from hitless.stack.layout import Layout, direct_path
from testing.ground import PROGRAMS, MemoryGround, RealGround, name_of, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hitless.domain.ports import EdgeFiles
    from testing.ground import Ground

NGINX = "nginxinc/nginx-unprivileged:1.27-alpine"
SERVER = """
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        gone = self.path in sys.argv[2:]
        self.send_response(404 if gone else 200)
        self.send_header("X-Release", sys.argv[1])
        self.send_header("Content-Type", "text/html"); self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *_): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
OLD, NEW, OLDER = "/assets/old.js", "/assets/new.js", "/assets/deep/older.js"
KEY = {"X-Hitless-Key": "k" * 32}


def settings(service: str) -> Settings:
    routes = (Route("/", "api"), Route("/assets/", "api", assets=True, asset_path="/srv"))
    canary = Canary(steps=(10, 50), allow_header="X-Canary")
    web = {"api": Web(8000, "/")}
    return Settings(service, (), Proxy("nginx", routes), web, strategy=Strategy(canary))


class Stage:
    """An edge in front of one container in each slot."""

    def __init__(self, ground: Ground, edge: EdgeFiles) -> None:
        self.ground, self.edge = ground, edge
        self.layout = Layout(ground.service, ground.subnet)
        one = settings(ground.service)
        self.config = render(self.layout, dict.fromkeys(Slot, one), 8080, KEY["X-Hitless-Key"])

    def up(self) -> None:
        self.edge.stage(self.config)
        self.edge.adopt()
        self.edge.set_closed(closed=False)
        self.ground.compose.up(self.ground.service, self._model())
        for slot in Slot:
            self.wait(lambda s=slot: self.control(self.direct(s))[0] == 200)

    def wait(self, true: object) -> None:
        assert callable(true)
        name = f"{self.ground.service}-edge"
        until(self.ground, name, lambda _: bool(true()))

    def direct(self, slot: Slot) -> str:
        return direct_path(slot, "api") + "/"

    def stop(self, slot: Slot) -> None:
        self.ground.engine.stop(f"{self.ground.service}-{slot}", 5.0)

    def start(self, slot: Slot) -> None:
        self.ground.engine.start(f"{self.ground.service}-{slot}")
        self.wait(lambda: self.control(self.direct(slot))[0] == 200)

    def public(self, path: str = "/", **headers: str) -> tuple[int, str, str]:
        return self._ask(8080, path, KEY | headers)

    def control(self, path: str = "/", **headers: str) -> tuple[int, str, str]:
        return self._ask(8081, path, headers)

    def _ask(self, inside: int, path: str, headers: dict[str, str]) -> tuple[int, str, str]:
        port = self.ground.engine.inspect(f"{self.ground.service}-edge").ports[inside]
        answer = self.ground.http.get(port, path, headers)
        return answer.status, answer.slot, answer.release

    def _model(self) -> Path:
        main = {"name": self.layout.network, "external": True}
        services = {"edge": self._edge(), "blue": self._slot(Slot.BLUE, NEW)}
        services["green"] = self._slot(Slot.GREEN, OLD)
        document = {
            "name": self.ground.service, "services": services, "networks": {"main": main},
        }  # fmt: skip
        path = self.ground.directory / "edge.json"
        path.write_text(json.dumps(document))
        return path

    def _slot(self, slot: Slot, absent: str) -> dict[str, object]:
        return {
            "image": self._image(absent),
            "command": ["python", "-c", SERVER, str(slot), absent, OLDER],
            "container_name": f"{self.ground.service}-{slot}",
            "init": True,
            "environment": {"HITLESS_RELEASE": str(slot)},
            "labels": {SERVICE: self.ground.service},
            "networks": {"main": {"ipv4_address": self.layout.addresses.of(slot, 0)}},
        }

    def _image(self, absent: str) -> str:
        if isinstance(self.ground, MemoryGround):
            name = f"absent{absent}:1"
            app = replace(PROGRAMS["serves"].app, absent=(absent, OLDER), content_type="text/html")
            self.ground.world.machine.add_image(name, app)
            return name
        return self.ground.image("serves")

    def _edge(self) -> dict[str, object]:
        root = self.ground.directory / "edge"
        mounts = ((root / "config", "/etc/hitless"), (root / "state", "/state"))
        memory = isinstance(self.ground, MemoryGround)
        return {
            "image": self.ground.image("serves") if memory else NGINX,
            "entrypoint": ["nginx", "-c", "/etc/hitless/nginx.conf", "-g", "daemon off;"],
            "container_name": f"{self.ground.service}-edge",
            "labels": {SERVICE: self.ground.service, ROLE: "edge"},
            "read_only": True,
            "tmpfs": ["/tmp"],  # noqa: S108  # inside the container
            "networks": {"main": {"ipv4_address": self.layout.addresses.edge()}},
            "ports": [{"target": n, "host_ip": "127.0.0.1"} for n in (8080, 8081)],
            "volumes": [
                {"type": "bind", "source": str(s), "target": t, "read_only": True}
                for s, t in mounts
            ],
        }


@pytest.fixture(scope="module", params=["memory", pytest.param("real", marks=pytest.mark.docker)])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    directory = tmp_path_factory.mktemp("edge")
    directory.chmod(0o755)
    name = name_of(f"edge {request.param}")
    ground: MemoryGround | RealGround = (
        MemoryGround(directory, name) if request.param == "memory" else RealGround(directory, name)
    )
    ground.clear()
    dynamic = ground.subnet.replace(".0/24", ".208/28")
    ground.engine.create_network(f"{name}-net", ground.subnet, dynamic, name)
    edge: EdgeFiles = (
        ground.world.edge if isinstance(ground, MemoryGround) else EdgeDirectory(directory / "edge")
    )
    stage = Stage(ground, edge)
    stage.up()
    yield stage
    ground.clear()


@pytest.fixture
def stage(running: Stage) -> Iterator[Stage]:
    """The running edge, as it was at first."""
    yield running
    running.edge.shift(None)
    running.edge.set_closed(closed=False)
    running.edge.set_fallback(fallback=True)
    for slot in (Slot.GREEN, Slot.BLUE):
        running.start(slot)
        running.edge.activate(slot)
        # What was away is not asked for two seconds, where there is another one to ask.
        running.wait(lambda s=slot: running.public()[2] == s)
    running.edge.set_fallback(fallback=False)


def test_the_flag_chooses_the_slot_of_the_next_request(stage: Stage) -> None:
    for slot in (Slot.BLUE, Slot.GREEN, Slot.BLUE):
        stage.edge.activate(slot)
        assert stage.public() == (200, str(slot), str(slot))


def test_the_preview_is_the_other_slot_unless_one_is_named(stage: Stage) -> None:
    assert stage.control() == (200, "green", "green")
    stage.edge.activate(Slot.GREEN)
    assert stage.control() == (200, "blue", "blue")
    assert stage.control(**{"X-Hitless-Slot": "green"}) == (200, "green", "green")


def test_a_closed_edge_turns_users_away_and_still_shows_the_preview(stage: Stage) -> None:
    stage.edge.set_closed(closed=True)
    assert stage.public()[0] == 503
    assert stage.control() == (200, "green", "green")


def test_a_slot_that_is_gone_fails_unless_the_other_one_is_approved(stage: Stage) -> None:
    stage.stop(Slot.BLUE)
    status, slot, _ = stage.public()
    assert (status in {502, 504}, slot) == (True, "blue")  # refused, or nobody has the address
    stage.edge.set_fallback(fallback=True)
    assert stage.public() == (200, "blue", "green")


def test_a_hashed_file_that_a_slot_lacks_is_asked_of_the_other_slot(stage: Stage) -> None:
    assert stage.public(OLD) == (200, "blue", "blue")
    assert stage.public(NEW) == (200, "blue", "green")
    stage.edge.activate(Slot.GREEN)
    assert stage.public(OLD) == (200, "green", "blue")
    assert stage.public("/assets/none.js")[0] == 200


IN_EVERY_SHARE, IN_NONE = {"Cookie": "a=1; hitless_bucket=00"}, {"Cookie": "hitless_bucket=99"}


def met(stage: Stage, clients: int) -> set[int]:
    """Which of so many clients the canary answers."""
    canary = str(stage.edge.active().other)
    asked = {n: stage.public(**{"User-Agent": f"client {n}"}) for n in range(clients)}
    assert all(answer[0] == 200 and answer[1] == answer[2] for answer in asked.values())
    return {n for n, answer in asked.items() if answer[1] == canary}


@pytest.mark.parametrize("active", Slot)
def test_a_share_of_clients_gets_the_canary_and_each_of_them_stays(
    stage: Stage, active: Slot
) -> None:
    stage.edge.activate(active)
    stage.edge.shift(Share(active.other, 10))
    first = met(stage, 600)
    assert 0.05 < len(first) / 600 < 0.15
    assert met(stage, 600) == first
    stage.edge.shift(Share(active.other, 50))
    later = met(stage, 600)
    assert 0.42 < len(later) / 600 < 0.58
    assert first < later, "who met the canary goes on to meet it"
    stage.edge.shift(None)
    assert met(stage, 100) == set()


def test_the_largest_share_counts_and_the_cutover_overrules_it(stage: Stage) -> None:
    stage.edge.shift(Share(Slot.GREEN, 10))
    stage.edge.shift(Share(Slot.GREEN, 50))
    assert stage.edge.share() == Share(Slot.GREEN, 50)
    stage.edge.activate(Slot.GREEN)
    assert stage.edge.share() is None
    assert stage.public(**IN_EVERY_SHARE) == stage.public(**IN_NONE) == (200, "green", "green")
    stage.edge.shift(None)
    stage.edge.activate(Slot.BLUE)
    assert stage.public(**IN_EVERY_SHARE) == (200, "blue", "blue")


def test_a_cookie_keeps_a_browser_where_it_is(stage: Stage) -> None:
    stage.edge.shift(Share(Slot.GREEN, 10))
    assert stage.public(**IN_EVERY_SHARE) == (200, "green", "green")
    assert stage.public(**IN_NONE) == (200, "blue", "blue")
    port = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports[8080]
    for number in range(30):
        page = stage.ground.http.get(port, "/", {"User-Agent": f"browser {number}"})
        cookie = page.headers["set-cookie"].partition(";")[0]
        moved = stage.ground.http.get(port, "/", {"User-Agent": "moved", "Cookie": cookie})
        assert moved.slot == page.slot
        assert "set-cookie" not in moved.headers
    stage.edge.shift(None)
    assert "set-cookie" not in stage.ground.http.get(port, "/", {}).headers


def test_a_header_chooses_whatever_the_bucket_is(stage: Stage) -> None:
    stage.edge.shift(Share(Slot.GREEN, 10))
    assert stage.public(**IN_NONE, **{"X-Canary": "always"}) == (200, "green", "green")
    assert stage.public(**IN_EVERY_SHARE, **{"X-Canary": "never"}) == (200, "blue", "blue")
    stage.edge.shift(None)
    assert stage.public(**{"X-Canary": "always"}) == (200, "blue", "blue")


def test_each_of_our_own_probes_is_a_client_of_its_own(stage: Stage) -> None:
    stage.edge.shift(Share(Slot.GREEN, 50))
    slots = [stage.public(**{"X-Hitless-Probe": "prober"})[1] for _ in range(200)]
    assert 60 < slots.count("green") < 140


def test_a_canary_gets_nothing_spilled_and_spills_itself(stage: Stage) -> None:
    stage.edge.shift(Share(Slot.GREEN, 10))
    stage.stop(Slot.GREEN)
    assert stage.public(**IN_EVERY_SHARE) == (200, "green", "blue")
    stage.start(Slot.GREEN)
    stage.stop(Slot.BLUE)
    assert stage.public(**IN_NONE)[0] in {502, 504}


def test_a_hashed_file_that_no_slot_has_any_more_is_one_that_was_kept(stage: Stage) -> None:
    port = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports[8080]
    assert stage.public(OLDER)[0] == 404
    stage.edge.keep("r1", {OLDER: b"older", OLD: b"never asked for"})
    kept = stage.ground.http.get(port, OLDER, {})
    assert (kept.status, kept.body) == (200, b"older")
    assert stage.ground.http.get(port, OLD, {}).body == b"hello", "a slot that has it answers"
    assert stage.public("/assets/deep/")[0] == 200
    for path in ("/assets/../kept/assets/deep/older.js", "/kept/assets/deep/older.js"):
        assert stage.ground.http.get(port, path, {}).body == b"hello", "only below its own route"
    stage.edge.forget("r1")
    assert stage.public(OLDER)[0] == 404


def test_a_kept_script_is_one_for_browsers(running: Stage) -> None:
    """They refuse a module of another type."""
    if isinstance(running.ground, MemoryGround):
        return
    running.edge.keep("r1", {OLDER: b"older"})
    port = running.ground.engine.inspect(f"{running.ground.service}-edge").ports[8080]
    kept = running.ground.http.get(port, OLDER, {})
    running.edge.forget("r1")
    assert kept.headers["content-type"] == "text/javascript"


def test_only_who_knows_the_key_learns_which_address_answered(stage: Stage) -> None:
    port = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports[8080]
    blue = stage.layout.addresses.of(Slot.BLUE, 0)
    assert stage.ground.http.get(port, "/", KEY).upstream == blue
    assert stage.ground.http.get(port, "/", {}).upstream == ""
    assert stage.ground.http.get(port, "/", {"X-Hitless-Key": "guess"}).upstream == ""


def test_the_generation_is_shown_on_the_control_port_only(stage: Stage) -> None:
    ports = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports
    shown = stage.ground.http.get(ports[8081], "/.hitless/edge", {})
    assert shown.body.decode().strip() == generation(stage.config)
    assert stage.public("/.hitless/edge")[0] == 404


def test_nginx_accepts_the_candidate_and_refuses_a_broken_one(stage: Stage) -> None:
    command = ("nginx", "-t", "-c", "/etc/hitless/candidate.conf")
    edge = f"{stage.ground.service}-edge"
    stage.edge.stage(stage.config)
    assert stage.ground.engine.run_in(edge, command).code == 0
    stage.edge.stage(stage.config.replace("keepalive_timeout 75s;", "this is no directive"))
    refused = stage.ground.engine.run_in(edge, command)
    assert refused.code != 0
    assert "[emerg]" in refused.text


def test_a_reload_shows_the_new_configuration(stage: Stage) -> None:
    ports = stage.ground.engine.inspect(f"{stage.ground.service}-edge").ports
    one = settings(stage.ground.service)
    more = one._replace(proxy=one.proxy._replace(routes=(*one.proxy.routes, Route("/v2/", "api"))))
    for wanted in (render(stage.layout, dict.fromkeys(Slot, more), 8080, "k" * 32), stage.config):
        stage.edge.stage(wanted)
        stage.edge.adopt()
        stage.ground.engine.signal(f"{stage.ground.service}-edge", "HUP")
        stage.wait(  # several in a row: workers of before answer for a moment beside the new ones
            lambda w=wanted: all(
                stage.ground.http.get(ports[8081], "/.hitless/edge", {}).body.decode().strip()
                == generation(w)
                for _ in range(20)
            )
        )
