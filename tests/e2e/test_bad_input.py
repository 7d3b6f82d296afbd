"""A machine or files that do not allow a release: told clearly, and nothing is touched."""

from __future__ import annotations

import shutil
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from testing.disk import mounted
from tests.e2e.support.legal import assert_legal, assert_nothing_left
from tests.e2e.support.load import users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support.project import Project, Ran

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def refused(ran: Ran, code: str, *told: str) -> None:
    """An expected error: not a bug, not a trace, with the next command."""
    assert f"error[{code}]: " in ran.err, ran
    assert "\nhint: " in ran.err, ran
    assert "Traceback" not in ran.err
    for text in told:
        assert text in ran.err


def test_an_image_that_nobody_has(tiny: Project) -> None:
    before = assert_legal(tiny)
    image = "hitless.invalid/absent:1"
    tiny.edit("compose.yml", "nats:2.10-alpine", image)
    with users(tiny) as load:
        ran = tiny.hitless("deploy", "absent")
    load.assert_nothing_lost()
    refused(ran, "E304", "queue", "docker compose")
    assert ran.code == 1
    assert assert_legal(tiny) == before


def test_a_port_that_somebody_else_has(fresh: Project) -> None:
    with socket.create_server(("127.0.0.1", fresh.port)):
        ran = fresh.hitless("deploy", "v1")
    refused(ran, "E305", f"127.0.0.1:{fresh.port}", "ss -ltnp")
    assert_nothing_left(fresh)


def test_addresses_that_another_network_has(fresh: Project) -> None:
    taken = "10.191.250.0/24"
    with network(f"{fresh.service}x", taken):
        fresh.edit("hitless.yaml", "compose: [", f"subnet: {taken}\ncompose: [")
        ran = fresh.hitless("deploy", "v1")
        refused(ran, "E306", taken, f"{fresh.service}x")
        assert_nothing_left(fresh)


def test_an_engine_that_is_not_there(tiny: Project) -> None:
    for words in (("deploy", "v9"), ("rollback",), ("status",), ("plan",)):
        ran = tiny.hitless(*words, environ={"DOCKER_HOST": "unix:///nonexistent.sock"})
        refused(ran, "E301", "/nonexistent.sock")
        assert ran.code == 1
    assert_legal(tiny)


def test_an_engine_on_another_machine(tiny: Project) -> None:
    ran = tiny.hitless("deploy", "v9", environ={"DOCKER_HOST": "tcp://192.0.2.1:2375"})
    refused(ran, "E301", "tcp://192.0.2.1:2375", "ssh")
    assert_legal(tiny)


@pytest.mark.parametrize("words", [("deploy", "v1"), ("doctor",)])
def test_a_user_who_may_not_use_the_engine(fresh: Project, words: tuple[str, ...]) -> None:
    with readable_by_all(fresh) as project:
        ran = project.hitless(*words, prefix=NOBODY, environ={"HOME": str(project.directory)})
    assert ran.code == 1, ran
    told = ran.err + ran.out
    assert "no permission to use the engine's socket" in told
    assert "usermod -aG docker" in told
    assert "Traceback" not in told


def test_a_disk_that_is_nearly_full(fresh: Project) -> None:
    with small_disk(fresh) as project:
        ran = project.hitless("deploy", "v1")
        refused(ran, "E307", "a release needs 1 GB", "docker image prune")
        assert_nothing_left(project)


def test_compose_files_that_do_not_resolve(tiny: Project) -> None:
    before = assert_legal(tiny)
    tiny.edit("compose.yml", "volumes:\n  notes:\n", "volumes:\n  others:\n")
    ran = tiny.hitless("deploy", "v9")
    refused(ran, "E103", "compose.yml", "notes")
    assert ran.code == 2
    assert assert_legal(tiny) == before


def test_own_container_names_and_ports_are_no_obstacle(tiny: Project) -> None:
    """The tiny project has both on every service; the plan says what becomes of them."""
    plan = tiny.done("plan", "v9").out
    assert f"container_name '{tiny.service}-web' is dropped" in plan
    assert f"published port {tiny.port} is dropped" in plan
    assert f"{tiny.service}-web" not in tiny.containers()
    assert_legal(tiny)


@contextmanager
def network(name: str, subnet: str) -> Iterator[None]:
    """Somebody else's network."""
    subprocess.run(
        ("docker", "network", "create", "--subnet", subnet, name), check=True, capture_output=True
    )
    try:
        yield
    finally:
        subprocess.run(("docker", "network", "rm", name), check=True, capture_output=True)


@contextmanager
def readable_by_all(project: Project) -> Iterator[Project]:
    """The project where every user may read and write; pytest's own directories are private."""
    place = Path(mkdtemp(prefix="hitless-e2e-"))
    shutil.copytree(project.directory, place, dirs_exist_ok=True)
    for path in (place, *place.rglob("*")):
        path.chmod(0o777)
    try:
        yield replace(project, directory=place)
    finally:
        shutil.rmtree(place)


@contextmanager
def small_disk(project: Project) -> Iterator[Project]:
    """The project on a file system of 64 MB."""
    place = project.directory.with_name("small")
    place.mkdir()
    with mounted(place):
        shutil.copytree(project.directory, place, dirs_exist_ok=True)
        yield replace(project, directory=place)
