"""What a release costs users of Docker Swarm: ``docker stack deploy`` with start-first.

A Swarm is made of an engine of its own, as it would change the machine's for everybody.
Its services are found by their names' addresses (``dnsrr``), not by virtual ones, which
need IPVS in the kernel; the stack's nginx looks them up again every second.

Run by ``peers``; the part below ``main`` runs inside that engine's network namespace.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from second_engine import second_engine
from stage import NEW, OLD, ROOT
from switch import measured

from hitless.adapters.http_client import LocalHttp
from hitless.config.load import load

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK = "tracker"
PORT = 18999
CHANGING = ("api", "dashboard", "worker")
PLAIN = (
    *("image", "command", "environment", "healthcheck", "init", "read_only", "cap_drop"),
    *("cap_add", "stop_grace_period", "stop_signal", "logging"),
)
MOUNT = ("type", "source", "target", "read_only")
READY_WITHIN = 120.0


def swarm_rows(name: str, directory: Path) -> list[tuple[object, ...]]:
    """The change and the way back.

    Args:
        name: For the engine.
        directory: The stack under plain Compose, its images made.
    """
    models = {version: _resolved(directory, version) for version in (OLD, NEW)}
    images = {one["image"] for model in models.values() for one in model["services"].values()}
    with second_engine(name, ROOT / ".cache" / "bench" / "engine") as engine:
        engine.load(sorted(images))
        engine.docker("swarm", "init", "--advertise-addr", "127.0.0.1")
        try:
            inside = engine.inside(sys.executable, __file__, str(directory))
            ran = subprocess.run(
                inside, input=json.dumps(models), text=True, check=True, stdout=subprocess.PIPE,
                env={**os.environ, "DOCKER_HOST": engine.host},
            )  # fmt: skip
        finally:
            engine.docker("swarm", "leave", "--force")
    return [tuple(row) for row in json.loads(ran.stdout)]


def _resolved(directory: Path, version: str) -> dict[str, Any]:
    command = ("docker", "compose", "config", "--format", "json")
    names = {"HITLESS_VERSION": version, "HITLESS_RELEASE": version, "HTTP_PORT": str(PORT)}
    environment = {**os.environ, **names}
    ran = subprocess.run(command, cwd=directory, env=environment, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def main() -> None:
    """Inside: bring the older release up, change it twice, print the rows."""
    directory, models = Path(sys.argv[1]), json.load(sys.stdin)
    probe = load(directory / "hitless.yaml").probe
    files = {version: _written(directory, version, model) for version, model in models.items()}
    _deploy(files[OLD], "--detach=true")  # nobody is well before the schema is there
    _migrate(models[OLD])
    _wait_ready()
    rows = [
        measured("docker stack deploy, start-first: forward", probe, PORT, partial(
            _forward, files[NEW], models[NEW])),
        measured("docker service rollback, start-first: back", probe, PORT, _back),
    ]  # fmt: skip
    json.dump(rows, sys.stdout)


def _forward(file: Path, model: Mapping[str, Any]) -> None:
    """What a user of Swarm does: the migration by hand, then the new stack."""
    _migrate(model)
    _deploy(file, "--detach=false")


def _back() -> None:
    """One after the other, the api first."""
    for service in CHANGING:
        _docker("service", "rollback", "--detach=false", "--quiet", f"{STACK}_{service}")


def _deploy(file: Path, wait: str) -> None:
    # The images are here, and no registry is to be asked for them.
    words = ("--resolve-image", "never", wait, "--compose-file", str(file))
    _docker("stack", "deploy", *words, STACK)


def _migrate(model: Mapping[str, Any]) -> None:
    service, give_up = model["services"]["migrate"], time.monotonic() + READY_WITHIN
    url = f"DATABASE_URL={service['environment']['DATABASE_URL']}"
    run = ("run", "--rm", "--network", f"{STACK}_back", "--env", url, service["image"])
    while True:  # at first the database is not there yet
        try:
            return _docker(*run, *service["command"])
        except subprocess.CalledProcessError:
            if time.monotonic() > give_up:
                raise
            time.sleep(1)


def _wait_ready() -> None:
    give_up = time.monotonic() + READY_WITHIN
    for path in ("/api/ready", "/"):
        while not LocalHttp().get(PORT, path, {}).ok:
            if time.monotonic() > give_up:
                raise RuntimeError(f"the stack does not answer on {path}")
            time.sleep(0.5)


def _written(directory: Path, version: str, model: Mapping[str, Any]) -> Path:
    file = directory / f"stack-{version}.json"
    file.write_text(json.dumps(stack(model)))
    return file


def stack(model: Mapping[str, Any]) -> dict[str, Any]:
    """The stack file of a Compose model, as a user would write it by hand."""
    services = {n: one for n, one in model["services"].items() if n != "migrate"}
    return {
        "version": "3.13",
        "services": {name: _service(name, one) for name, one in services.items()},
        "networks": {n: {"driver": "overlay", "attachable": True} for n in model["networks"]},
        "volumes": {name: {} for name in model["volumes"]},
    }


def _service(name: str, service: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: service[key] for key in PLAIN if service.get(key) is not None}
    memory = {"limits": {"memory": str(service["mem_limit"])}}
    rolling = {"order": "start-first", "parallelism": 1}
    change = {"update_config": rolling, "rollback_config": rolling} if name in CHANGING else {}
    return kept | {
        "networks": list(service["networks"]),
        "volumes": _mounts(service),
        "ports": [
            {"target": one["target"], "published": int(one["published"]), "mode": "host"}
            for one in service.get("ports", ())
        ],
        "deploy": {"endpoint_mode": "dnsrr", "resources": memory, **change},
    }


def _mounts(service: Mapping[str, Any]) -> list[dict[str, Any]]:
    volumes = [{key: one[key] for key in MOUNT if key in one} for one in service.get("volumes", ())]
    return volumes + [{"type": "tmpfs", "target": one} for one in service.get("tmpfs", ())]


def _docker(*words: str) -> None:
    subprocess.run(("docker", *words), check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
