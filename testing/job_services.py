"""The database beside a job of a generated workflow: its service container, run here."""

from __future__ import annotations

import re
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hitless.documents.workflow import Job
    from hitless.documents.yaml_tree import Node

PORT = 5432
PATIENCE = 60.0
# A tag that is here, for one that is not: no registry can be reached.
STANDS_FOR = {"postgres:17.6": "pgvector/pgvector:pg17"}


@contextmanager
def database(job: Job, label: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The job's Postgres while the block lasts: its container, and the job's variables.

    They name the port that it really has, as 5432 may be taken.
    """
    service = _postgres(job)
    env = (f"--env={name}={node.text}" for name, node in service.fields["env"].fields.items())
    labels = (f"--label=hitless.test={label}", f"--publish=127.0.0.1::{PORT}")
    image = service.say("image")
    name = docker("run", "--detach", "--rm", *labels, *env, STANDS_FOR.get(image, image))
    try:
        _wait_ready(name, service.say("options"))
        yield name, _told(job, docker("port", name, str(PORT)).rpartition(":")[2])
    finally:
        docker("rm", "--force", "--volumes", name)


def docker(*words: str) -> str:
    """What the engine's client prints."""
    return subprocess.run(
        ("docker", *words), capture_output=True, text=True, check=True
    ).stdout.strip()


def _postgres(job: Job) -> Node:
    services = job.node.fields["services"].fields.values()
    return next(one for one in services if f":{PORT}" in one.texts("ports")[0])


def _wait_ready(name: str, options: str) -> None:
    """As the workflow asks it."""
    asked = re.search(r'--health-cmd "([^"]+)"', options)
    assert asked, options
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(
        ("docker", "exec", name, "sh", "-c", asked[1]), capture_output=True, check=False
    ).returncode:
        assert time.monotonic() < deadline, docker("logs", name)
        time.sleep(0.2)


def _told(job: Job, port: str) -> Mapping[str, str]:
    """Addresses of the job's variables may leave Postgres' usual port out."""
    env = {name: node.text for name, node in job.node.fields["env"].fields.items()}
    usual = re.compile(rf"(postgres(?:ql)?(?:\+\w+)?://[^/]*?127\.0\.0\.1)(:{PORT})?/")
    return {name: usual.sub(rf"\1:{port}/", value) for name, value in env.items()}
