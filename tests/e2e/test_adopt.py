"""A project that runs under plain Compose is taken over with its data, once and for all."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.e2e.support.legal import assert_legal
from tests.e2e.support.load import users
from tests.e2e.support.project import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.support.project import Project


def compose(project: Project, *words: str) -> str:
    """Plain Compose, as the project's users know it."""
    return subprocess.run(
        ("docker", "compose", *words),
        cwd=project.directory,
        env=project.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout


@pytest.fixture
def plain(fresh: Project) -> Iterator[Project]:
    """It serves under plain Compose, without a proxy in front."""
    # Its program asks for a variable that only Hitless gives.
    services = {key: {"environment": {"HITLESS_RELEASE": "plain"}} for key in ("web", "worker")}
    file = fresh.directory / "compose.override.yml"
    file.write_text(json.dumps({"services": services}))
    try:
        compose(fresh, "up", "--detach", "--build", "--wait", "web", "worker", "queue")
        wait_until_it_answers(fresh)
        yield fresh
    finally:
        compose(fresh, "down", "--volumes")


def wait_until_it_answers(project: Project) -> None:
    deadline = time.monotonic() + PATIENCE / 4
    while not project.ask("/ready").ok:
        assert time.monotonic() < deadline, compose(project, "logs", "web")
        time.sleep(0.1)


def write(project: Project, text: str) -> str:
    """A note, by its id."""
    with closing(http.client.HTTPConnection("127.0.0.1", project.port, timeout=20)) as made:
        made.request("POST", "/notes", json.dumps({"text": text}), {"Content-Type": "x/json"})
        return str(json.loads(made.getresponse().read())["id"])


def test_a_running_stack_is_taken_over_with_its_data_and_released_without_a_gap(
    plain: Project,
) -> None:
    note = write(plain, "from before")
    before = compose(plain, "ps", "--quiet")

    told = plain.done("adopt", "--dry-run").out
    assert f"stop, then remove    {plain.service}-web" in told
    assert f"keep, with its data  {plain.service}_notes" in told
    assert "Users get no answer" in told

    plain.edit("hitless.yaml", "ready: 20s", "ready: 4s")
    plain.behave(ready=False)
    failed = plain.hitless("adopt", "bad")
    assert failed.code == 20, failed
    wait_until_it_answers(plain)
    assert compose(plain, "ps", "--quiet") == before
    assert "from before" in plain.ask(f"/notes/{note}").body.decode()

    plain.edit("hitless.yaml", "ready: 4s", "ready: 20s")
    plain.behave(text="adopted")
    gap = plain.done("adopt", "v1", "--json").document["gap"]
    assert gap["gap_ms"] > 0
    assert gap["failed"] > 0
    print(f"gap {gap}")
    assert_legal(plain)
    assert compose(plain, "ps", "--all", "--quiet") == ""
    assert "from before" in plain.ask(f"/notes/{note}").body.decode()

    plain.behave(text="released")
    with users(plain) as load:
        plain.done("deploy", "v2")
    load.assert_nothing_lost()
    assert_legal(plain)
    assert "from before" in plain.ask(f"/notes/{note}").body.decode()

    plain.done("maintenance", "on")
    assert plain.ask().status == 503
    assert plain.status()["maintenance"]["actor"]
    plain.done("maintenance", "off")
    assert plain.ask().ok
