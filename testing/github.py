"""A job of a generated workflow, run in a container as bare as GitHub's machine.

GitHub itself cannot be had here. The actions' part is played by the image (``setup-python`` by
Python's, ``setup-node`` by Node's) and by copying the folder (``checkout``).
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from environment.build_inputs import build_variables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hitless.documents.workflow import Job

# Compose's images that are here; legacy-stack's own Python is 3.12, which nothing else needs.
IMAGES = {"setup-python": "python:3.13-slim-trixie", "setup-node": "node:22-slim"}
WHERE = {
    "BUILD_CA": "/host/ca.pem",
    "BUILD_PIP_CONF": "/host/pip.conf",
    "BUILD_NPMRC": "/host/npmrc",
}
SETTINGS = {
    "PIP_CERT": "/host/ca.pem",
    "NODE_EXTRA_CA_CERTS": "/host/ca.pem",
    "PIP_CONFIG_FILE": "/host/pip.conf",
    "NPM_CONFIG_USERCONFIG": "/host/npmrc",
    "PIP_ROOT_USER_ACTION": "ignore",
    "GITHUB_WORKSPACE": "/checkout",
    "GITHUB_STEP_SUMMARY": "/tmp/summary",  # noqa: S108  # inside the container
    "CI": "true",
}
# setup-python's interpreter has no packages of the system's beside it.
CLEAN = (
    "if command -v python >/dev/null; then python -m venv /tmp/venv; PATH=/tmp/venv/bin:$PATH; fi"
)
NOTHING: Mapping[str, str] = {}


def in_container(
    job: Job, given: Path, label: str, env: Mapping[str, str] = NOTHING
) -> subprocess.CompletedProcess[str]:
    """Run all steps of a job that are commands, on this machine's network.

    Args:
        job: Of the workflow.
        given: The checkout; it is copied and stays as it is.
        label: Marks the container.
        env: The job's variables.
    """
    known = build_variables(os.environ)
    mounts = [f"--volume={known[name]}:{path}:ro" for name, path in WHERE.items() if name in known]
    there = {path for name, path in WHERE.items() if name in known}
    told = {k: v for k, v in SETTINGS.items() if not v.startswith("/host") or v in there}
    told.update(env)
    return subprocess.run(
        (
            *("docker", "run", "--rm", "--network=host", "--workdir=/checkout"),
            *(f"--label=hitless.test={label}", f"--volume={given}:/given:ro", *mounts),
            *(f"--env={name}={value}" for name, value in told.items()),
            *(_image(job), "bash", "-c", _script(job)),
        ),
        capture_output=True,
        text=True,
        check=False,
    )


def _script(job: Job) -> str:
    """Its steps as GitHub's bash runs them: each in its own folder, the first failure ends it."""
    lines = ["set -e", "cp -r /given/. /checkout", CLEAN]
    for step in job.steps:
        if step.run:
            folder = f"/checkout/{step.directory}"
            lines.append(f"(cd {folder}; echo '>>> {job.name}: running'; {step.run.strip()}\n)")
    return "\n".join([*lines, "cat /tmp/summary 2>/dev/null || true"])


def _image(job: Job) -> str:
    used = [step.uses.partition("@")[0].rpartition("/")[2] for step in job.steps if step.uses]
    return next(IMAGES[one] for one in used if one in IMAGES)
