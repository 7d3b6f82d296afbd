"""What the domain expects of a container engine and of Compose."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from hitless.domain.container import COMPOSE_ONE_OFF, COMPOSE_SERVICE, SERVICE
from hitless.domain.errors import (
    CommandFailed,
    ComposeUnresolved,
    EngineFailed,
    ImageMissing,
)
from testing.ground import model, until

if TYPE_CHECKING:
    from testing.ground import Ground


def up(ground: Ground, **programs: str) -> None:
    ground.compose.up(ground.service, model(ground, **programs))


def test_the_engine_and_compose_tell_their_versions(ground: Ground) -> None:
    assert ground.engine.version()
    assert ground.compose.version()


def test_what_compose_starts_is_found_by_its_label(ground: Ground) -> None:
    assert ground.engine.containers(ground.service) == ()
    up(ground, api="serves", web="serves")
    found = {c.name: c for c in ground.engine.containers(ground.service)}
    assert set(found) == {f"{ground.service}-api", f"{ground.service}-web"}
    api = found[f"{ground.service}-api"]
    assert (api.state, api.running, api.health) == ("running", True, "")
    assert api.service_name == "api"
    assert api.labels[SERVICE] == ground.service
    assert api.image.startswith("sha256:")
    assert set(api.ports) == {8000}
    assert ground.engine.inspect(api.id).name == api.name
    assert ground.engine.inspect(api.name).ports == api.ports


def test_a_started_container_answers_on_its_published_port(ground: Ground) -> None:
    up(ground, api="serves")
    name = f"{ground.service}-api"
    port = ground.engine.inspect(name).ports[8000]
    until(ground, name, lambda _: ground.http.get(port, "/", {}).status == 200)
    answer = ground.http.get(port, "/", {})
    assert (answer.status, answer.body) == (200, b"hello")
    ground.engine.stop(name, 5.0)
    gone = ground.http.get(port, "/", {})
    assert (gone.status, gone.ok) == (0, False)
    assert "Connection" in gone.error


def test_what_is_posted_is_got_again_and_a_websocket_speaks_first(ground: Ground) -> None:
    up(ground, api="keeps notes")
    name = f"{ground.service}-api"
    port = ground.engine.inspect(name).ports[8000]
    until(ground, name, lambda _: ground.http.get(port, "/", {}).status == 200)
    made = ground.http.post(port, "/notes", {"Content-Type": "text/plain"}, b"a note")
    assert (made.status, json.loads(made.body)) == (201, {"id": 1})
    assert ground.http.get(port, "/notes/1", {}).body == b"a note"
    said = ground.http.first_message(port, "/ws", {})
    assert (said.status, said.body, said.error) == (101, b"hello", "")
    ground.engine.stop(name, 5.0)
    for gone in (ground.http.post(port, "/", {}, b""), ground.http.first_message(port, "/", {})):
        assert gone.status == 0
        assert "Connection" in gone.error


def test_a_container_holds_memory_while_it_runs(ground: Ground) -> None:
    up(ground, api="serves")
    name = f"{ground.service}-api"
    port = ground.engine.inspect(name).ports[8000]
    until(ground, name, lambda _: ground.http.get(port, "/", {}).status == 200)
    assert 1_000_000 < ground.engine.memory(name) < 1_000_000_000
    ground.engine.stop(name, 5.0)
    assert ground.engine.memory(name) == 0


def test_a_directory_of_a_container_comes_as_a_tar(ground: Ground) -> None:
    up(ground, api="serves")
    name = f"{ground.service}-api"
    whole = ground.engine.archive(name, "/etc", 50_000_000)
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        assert "etc/passwd" in tar.getnames()
    assert ground.engine.archive(name, "/etc", 100) == whole[:100]


def test_a_directory_that_a_container_has_not_is_an_error(ground: Ground) -> None:
    up(ground, api="migrates")
    with pytest.raises(EngineFailed, match="Could not find the file /nowhere"):
        ground.engine.archive(f"{ground.service}-api", "/nowhere", 100)


def test_a_stopped_container_is_kept_and_started_again(ground: Ground) -> None:
    up(ground, api="serves")
    name = f"{ground.service}-api"
    ground.pause(1.0)  # until it has its handler for SIGTERM
    assert ground.engine.stop(name, 10.0) == 0
    stopped = ground.engine.inspect(name)
    assert (stopped.state, stopped.running, stopped.exit_code) == ("exited", False, 0)
    assert ground.engine.stop(name, 10.0) == 0
    ground.engine.start(name)
    assert ground.engine.inspect(name).running
    ground.engine.start(name)
    assert ground.engine.inspect(name).restarts == 0


def test_to_stop_what_is_gone_is_no_error(ground: Ground) -> None:
    up(ground, api="serves")
    name = f"{ground.service}-api"
    ground.engine.remove(name)
    assert ground.engine.stop(name, 1.0) is None
    assert ground.engine.stop(name, None) is None


def test_what_does_not_end_in_time_is_killed(ground: Ground) -> None:
    up(ground, api="stubborn")
    ground.pause(1.0)
    assert ground.engine.stop(f"{ground.service}-api", 1.0) == 137


def test_a_container_has_the_time_to_end_that_its_compose_file_gives_it(ground: Ground) -> None:
    up(ground, api="takes four seconds to end")
    name = f"{ground.service}-api"
    ground.pause(1.0)
    assert ground.engine.stop(name, None) == 137
    ground.engine.start(name)
    ground.pause(1.0)
    assert ground.engine.stop(name, 10.0) == 0


def test_a_program_that_ends_by_itself_leaves_its_exit_code(ground: Ground) -> None:
    up(ground, api="fails")
    ended = until(ground, f"{ground.service}-api", lambda c: not c.running)
    assert (ended.state, ended.exit_code) == ("exited", 3)


def test_a_healthcheck_goes_from_starting_to_healthy(ground: Ground) -> None:
    up(ground, api="healthy")
    assert ground.engine.inspect(f"{ground.service}-api").health in {"starting", "healthy"}
    found = until(ground, f"{ground.service}-api", lambda c: c.health == "healthy")
    assert found.health == "healthy"
    assert ground.engine.containers(ground.service)[0].health == "healthy"


def test_removing_is_forceful_and_may_be_repeated(ground: Ground) -> None:
    up(ground, api="serves")
    for _ in range(2):
        ground.engine.remove(f"{ground.service}-api")
    assert ground.engine.containers(ground.service) == ()


def test_a_container_that_does_not_exist_is_an_error(ground: Ground) -> None:
    for act in (ground.engine.inspect, ground.engine.start):
        with pytest.raises(EngineFailed, match="No such container"):
            act("nobody")


def test_the_last_lines_of_a_log_come_in_order(ground: Ground) -> None:
    up(ground, api="prints")
    name = f"{ground.service}-api"
    until(ground, name, lambda _: "line 8" in ground.engine.logs(name, 50))
    assert ground.engine.logs(name, 2).splitlines() == ["line 7", "line 8"]
    assert len(ground.engine.logs(name, 50).splitlines()) == 9


def test_a_program_runs_inside_a_container(ground: Ground) -> None:
    up(ground, api="serves")
    table = ground.engine.run_in(f"{ground.service}-api", ("cat", "/proc/net/tcp"))
    assert table.code == 0
    assert "local_address" in table.text
    missing = ground.engine.run_in(f"{ground.service}-api", ("no-such-program",))
    assert missing.code != 0


def test_images_are_tagged_found_and_untagged(ground: Ground) -> None:
    image = ground.engine.image_id(ground.image("serves"))
    assert image
    assert image.startswith("sha256:")
    name = f"hitless/{ground.service}/api:41f9c2d0"
    assert ground.engine.image_id(name) is None
    for _ in range(2):
        ground.engine.tag(image, name)
    assert ground.engine.image_id(name) == image
    assert ground.engine.image_id(image) == image
    assert ground.engine.images(f"hitless/{ground.service}/") == (name,)
    for _ in range(2):
        ground.engine.untag(name)
    assert ground.engine.images(f"hitless/{ground.service}/") == ()
    assert ground.engine.image_id(ground.image("serves")) == image
    with pytest.raises(EngineFailed):
        ground.engine.tag(f"{ground.service}/absent:1", name)


def test_a_network_has_its_subnet_and_label_and_goes_when_it_is_empty(ground: Ground) -> None:
    name = f"{ground.service}-net"
    found = next(n for n in ground.engine.networks() if n.name == name)
    assert found.subnets == (ground.subnet,)
    assert found.labels[SERVICE] == ground.service
    up(ground, api="serves")
    with pytest.raises(EngineFailed, match="active endpoints"):
        ground.engine.remove_network(name)
    ground.engine.remove(f"{ground.service}-api")
    for _ in range(2):
        ground.engine.remove_network(name)
    assert name not in {n.name for n in ground.engine.networks()}


def test_a_taken_subnet_is_refused(ground: Ground) -> None:
    dynamic = ground.subnet.replace(".0/24", ".208/28")
    with pytest.raises(EngineFailed, match="overlaps"):
        ground.engine.create_network(f"{ground.service}-2", ground.subnet, dynamic, "x")


def test_volumes_are_made_once_and_found_by_their_label(ground: Ground) -> None:
    name = f"{ground.service}-data"
    for _ in range(2):
        ground.engine.ensure_volume(name, ground.service)
    assert ground.engine.volumes(ground.service) == (name,)
    for _ in range(2):
        ground.engine.remove_volume(name)
    assert ground.engine.volumes(ground.service) == ()


def test_containers_are_found_by_their_compose_project_with_volumes_that_have_no_name(
    ground: Ground,
) -> None:
    up(ground, api="serves", db="keeps")
    found = {c.labels[COMPOSE_SERVICE]: c for c in ground.engine.project(ground.service)}
    assert set(found) == {"api", "db"}
    assert found["db"].labels[COMPOSE_ONE_OFF] == "False"
    assert ground.engine.project(f"{ground.service}-2") == ()
    assert ground.engine.anonymous_volumes(found["api"].id) == ()
    assert ground.engine.anonymous_volumes(found["db"].id) == ("/kept",)
    listed = ground.engine.run_in(found["db"].id, ("ls", "-A", "/kept"))
    assert (listed.code, listed.text) == (0, "")


def test_up_leaves_a_container_that_is_as_the_model_says(ground: Ground) -> None:
    up(ground, api="serves")
    before = ground.engine.inspect(f"{ground.service}-api").id
    up(ground, api="serves")
    assert ground.engine.inspect(f"{ground.service}-api").id == before
    up(ground, api="prints")
    assert ground.engine.inspect(f"{ground.service}-api").id != before


def test_up_starts_only_the_services_that_are_named(ground: Ground) -> None:
    path = model(ground, api="serves", web="serves")
    ground.compose.up(ground.service, path, ("web",))
    assert [c.service_name for c in ground.engine.containers(ground.service)] == ["web"]


def test_up_needs_the_external_network(ground: Ground) -> None:
    path = model(ground, api="serves")
    ground.engine.remove_network(f"{ground.service}-net")
    with pytest.raises(CommandFailed):
        ground.compose.up(ground.service, path)


def test_up_never_pulls(ground: Ground) -> None:
    path = model(ground, api="serves")
    text = path.read_text().replace(ground.image("serves"), f"{ground.service}/absent:1")
    path.write_text(text)
    with pytest.raises(CommandFailed):
        ground.compose.up(ground.service, path)


@pytest.mark.parametrize(
    ("program", "code", "text"), [("migrates", 0, "done"), ("migrates badly", 4, "no table")]
)
def test_a_one_shot_runs_to_its_end_and_is_removed(
    ground: Ground, program: str, code: int, text: str
) -> None:
    output = ground.compose.run(ground.service, model(ground, job=program), "job", 60.0)
    assert output.code == code
    assert text in output.text
    assert ground.engine.containers(ground.service) == ()


def test_a_one_shot_that_takes_too_long_is_told_and_left_to_whoever_asked(ground: Ground) -> None:
    with pytest.raises(CommandFailed, match=r"took longer than 3 s"):
        ground.compose.run(ground.service, model(ground, job="never ends"), "job", 3.0)
    assert [c.running for c in ground.engine.containers(ground.service)] == [True]


def compose_file(ground: Ground, text: str) -> None:
    (ground.directory / "compose.yml").write_text(text)


def test_compose_files_are_resolved_with_the_version_filled_in(ground: Ground) -> None:
    services = {"api": {"image": "shop/api:${HITLESS_VERSION:-dev}"}}
    compose_file(ground, json.dumps({"services": services}))
    found = ground.compose.resolve(ground.directory, ("compose.yml",), "v7")
    assert found["services"]["api"]["image"] == "shop/api:v7"
    assert found["name"]


def test_compose_files_that_are_wrong_are_told(ground: Ground) -> None:
    compose_file(ground, "{")
    with pytest.raises(ComposeUnresolved) as caught:
        ground.compose.resolve(ground.directory, ("compose.yml",), "v7")
    assert caught.value.details


def test_an_image_that_cannot_be_pulled_is_told(ground: Ground) -> None:
    image = "127.0.0.1:9/absent:1"
    compose_file(ground, json.dumps({"services": {"api": {"image": image}}}))
    with pytest.raises(ImageMissing, match="api"):
        ground.compose.pull(ground.directory, ("compose.yml",), "v7", ("api",))


def test_an_image_of_no_compose_file_that_cannot_be_pulled_is_told(ground: Ground) -> None:
    with pytest.raises(ImageMissing, match=r"127.0.0.1:9/absent:1"):
        ground.compose.pull_image("127.0.0.1:9/absent:1")


def test_a_build_that_fails_is_told(ground: Ground) -> None:
    build = {"absent": {"build": {"context": "./absent"}}}
    compose_file(ground, json.dumps({"services": build}))
    with pytest.raises(CommandFailed):
        ground.compose.build(ground.directory, ("compose.yml",), "v7", ("absent",))


def test_who_is_on_a_network_is_told_by_address(ground: Ground) -> None:
    network = f"{ground.service}-net"
    assert ground.engine.attached(network) == {}
    ground.compose.up(ground.service, model(ground, api="serves"))
    (address, name), *others = ground.engine.attached(network).items()
    assert (name, others) == (f"{ground.service}-api", [])
    assert address.startswith(ground.subnet.removesuffix("0/24"))
    ground.engine.stop(name, 1.0)
    assert ground.engine.attached(network) == {}
    assert ground.engine.attached(f"{ground.service}-absent") == {}
