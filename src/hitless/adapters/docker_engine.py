"""The Docker Engine over its unix socket, without a client library.

A rollback asks it a handful of questions and must be over in a fifth of a second;
importing a client library alone would take longer. The calls are those of the
Docker Engine API, version 1.41 (engine 20.10) and later.
"""

from __future__ import annotations

import json
import os
import re
import socket
import struct
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from hitless.adapters.http1 import exchange
from hitless.domain import container as label
from hitless.domain.container import Container, Network, Output
from hitless.domain.errors import EngineFailed, EngineForbidden, EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence

API = "/v1.41"
SOCKET = "/var/run/docker.sock"
TIMEOUT = 30.0
STOP_SECONDS = 10.0  # the engine's default
NOT_MODIFIED, CREATED, NOT_FOUND, CONFLICT, ERROR = 304, 201, 404, 409, 400
ANONYMOUS = re.compile("[0-9a-f]{64}")  # the name that the engine makes up
FRAME = struct.Struct(">BxxxL")  # stream number and length before each part of an output


def socket_path() -> str:
    """The engine's socket: what ``DOCKER_HOST`` names, else Docker's default.

    Raises:
        EngineUnreachable: when ``DOCKER_HOST`` names another machine: flags and
            configuration are files that must lie where the engine is.
    """
    host = os.environ.get("DOCKER_HOST") or f"unix://{SOCKET}"
    if not host.startswith("unix://"):
        raise EngineUnreachable(
            f"DOCKER_HOST is {host}, but only an engine on this machine can be used",
            'run Hitless on that machine: "ssh SERVER hitless deploy"',
        )
    return host.removeprefix("unix://")


class DockerEngine:
    """Implements :class:`hitless.domain.ports.Engine`."""

    def __init__(self, path: str) -> None:
        self._path = path

    def version(self) -> str:
        """The engine's version; the cheapest proof that it answers."""
        return str(self._get("/version")["Version"])

    def containers(self, service: str) -> tuple[Container, ...]:
        """All containers with our label for ``service``, stopped ones included."""
        return self._labelled(f"{label.SERVICE}={service}")

    def project(self, name: str) -> tuple[Container, ...]:
        """All containers of a Compose project, whoever made them, stopped ones included."""
        return self._labelled(f"{label.COMPOSE_PROJECT}={name}")

    def anonymous_volumes(self, container: str) -> tuple[str, ...]:
        """Where in a container volumes are that have no name of their own."""
        mounts = self._get(f"/containers/{container}/json")["Mounts"]
        volumes = (one for one in mounts if one["Type"] == "volume")
        found = (one["Destination"] for one in volumes if ANONYMOUS.fullmatch(one["Name"]))
        return tuple(sorted(found))

    def inspect(self, container: str) -> Container:
        """One container with exit code, restarts, health and the OOM flag."""
        return _inspected(self._get(f"/containers/{container}/json"))

    def memory(self, container: str) -> int:
        """Bytes that a container holds, without files that the kernel can let go of."""
        # Without "one-shot" the engine would wait a second to measure the processor, too.
        path = f"/containers/{container}/stats?stream=false&one-shot=true"
        found = self._get(path).get("memory_stats") or {}
        files = found.get("stats") or {}
        cached = files.get("inactive_file", files.get("total_inactive_file", 0))  # cgroup 2, 1
        return max(0, int(found.get("usage", 0)) - int(cached))

    def start(self, container: str) -> None:
        """Start or unpause; no effect on a running container."""
        if self.inspect(container).state == "paused":
            self._call("POST", f"/containers/{container}/unpause")
        else:
            self._call("POST", f"/containers/{container}/start", expect=(NOT_MODIFIED,))

    def stop(self, container: str, timeout: float | None) -> int | None:
        """SIGTERM, SIGKILL after ``timeout`` seconds; the exit code, None where it is gone."""
        if timeout is None:
            config = self._described(container).get("Config", {})
            timeout = float(config.get("StopTimeout") or STOP_SECONDS)
        path = f"/containers/{container}/stop?t={round(timeout)}"
        self._call("POST", path, expect=(NOT_MODIFIED, NOT_FOUND), timeout=timeout + TIMEOUT)
        found = self._described(container)
        return _inspected(found).exit_code if found else None

    def remove(self, container: str) -> None:
        """Remove a container, by force; no effect when it is gone."""
        path = f"/containers/{container}?force=true&v=true"
        self._call("DELETE", path, expect=(NOT_FOUND, CONFLICT))

    def signal(self, container: str, name: str) -> None:
        """Send a signal such as ``HUP`` to a container's first process."""
        self._call("POST", f"/containers/{container}/kill?signal={name}")

    def run_in(self, container: str, command: Sequence[str]) -> Output:
        """Run a program inside a running container."""
        wish = {"AttachStdout": True, "AttachStderr": True, "Cmd": list(command)}
        made = self._call("POST", f"/containers/{container}/exec", wish)
        run = json.loads(made)["Id"]
        stream = self._call("POST", f"/exec/{run}/start", {"Detach": False, "Tty": False})
        return Output(int(self._get(f"/exec/{run}/json")["ExitCode"] or 0), _text(stream))

    def logs(self, container: str, lines: int) -> str:
        """The last lines of a container's output."""
        path = f"/containers/{container}/logs?stdout=1&stderr=1&tail={lines}"
        return _text(self._call("GET", path))

    def archive(self, container: str, path: str, most: int) -> bytes:
        """A file or directory of a container as a tar, at most ``most`` bytes of it."""
        wish = f"/containers/{container}/archive?{urlencode({'path': path})}"
        return self._call("GET", wish, most=most)

    def image_id(self, name: str) -> str | None:
        """The id (``sha256:…``) of a local image; None when it is absent."""
        answer = self._call("GET", f"/images/{quote(name)}/json", expect=(NOT_FOUND,))
        found = json.loads(answer).get("Id")
        return None if found is None else str(found)

    def tag(self, image: str, name: str) -> None:
        """Give a local image another name."""
        repository, _, tag = name.rpartition(":")
        query = urlencode({"repo": repository, "tag": tag})
        self._call("POST", f"/images/{quote(image)}/tag?{query}")

    def untag(self, name: str) -> None:
        """Take a name away; the image goes when it was the last one in use."""
        self._call("DELETE", f"/images/{quote(name)}", expect=(NOT_FOUND, CONFLICT))

    def images(self, prefix: str) -> tuple[str, ...]:
        """All local image names that begin with ``prefix``."""
        names = (name for one in self._get("/images/json") for name in one["RepoTags"] or ())
        return tuple(sorted(name for name in names if name.startswith(prefix)))

    def networks(self) -> tuple[Network, ...]:
        """All networks of the engine with their subnets."""
        return tuple(
            Network(
                one["Id"],
                one["Name"],
                tuple(c["Subnet"] for c in one["IPAM"].get("Config") or () if "Subnet" in c),
                one.get("Labels") or {},
            )
            for one in self._get("/networks")
        )

    def attached(self, network: str) -> dict[str, str]:
        """Address → name, of the running containers on a network; empty without it."""
        found = json.loads(self._call("GET", f"/networks/{network}", expect=(NOT_FOUND,)))
        ends = (found.get("Containers") or {}).values()
        return {one["IPv4Address"].partition("/")[0]: one["Name"] for one in ends}

    def create_network(self, name: str, subnet: str, dynamic: str, service: str) -> None:
        """A bridge network; ``dynamic`` is the range the engine may choose from."""
        config = [{"Subnet": subnet, "IPRange": dynamic}]
        wish = {
            "Name": name,
            "CheckDuplicate": True,
            "Driver": "bridge",
            "IPAM": {"Driver": "default", "Config": config},
            "Labels": {label.SERVICE: service},
        }
        self._call("POST", "/networks/create", wish)

    def remove_network(self, name: str) -> None:
        """Remove a network; no effect when it is gone."""
        self._call("DELETE", f"/networks/{name}", expect=(NOT_FOUND,))

    def ensure_volume(self, name: str, service: str) -> None:
        """A named volume with our label, unless one of that name exists."""
        answer = self._call("GET", f"/volumes/{name}", expect=(NOT_FOUND,))
        if json.loads(answer).get("Name") != name:
            wish = {"Name": name, "Labels": {label.SERVICE: service}}
            self._call("POST", "/volumes/create", wish)

    def volumes(self, service: str) -> tuple[str, ...]:
        """The names of the volumes made for ``service``."""
        filters = json.dumps({"label": [f"{label.SERVICE}={service}"]})
        found = self._get("/volumes?" + urlencode({"filters": filters}))
        return tuple(one["Name"] for one in found["Volumes"] or ())

    def remove_volume(self, name: str) -> None:
        """Remove a volume and what is in it."""
        self._call("DELETE", f"/volumes/{name}", expect=(NOT_FOUND,))

    def _labelled(self, label: str) -> tuple[Container, ...]:
        filters = json.dumps({"label": [label]})
        found = self._get("/containers/json?" + urlencode({"all": "true", "filters": filters}))
        return tuple(_listed(one) for one in found)

    def _described(self, container: str) -> dict[str, Any]:
        """What the engine knows of a container; empty when it is gone."""
        answer = self._call("GET", f"/containers/{container}/json", expect=(NOT_FOUND,))
        found: dict[str, Any] = json.loads(answer)
        return found if "Id" in found else {}

    def _get(self, path: str) -> Any:
        return json.loads(self._call("GET", path))

    def _call(
        self,
        method: str,
        path: str,
        wish: dict[str, Any] | None = None,
        *,
        expect: tuple[int, ...] = (),
        timeout: float = TIMEOUT,
        most: int | None = None,
    ) -> bytes:
        """One request; a status of 400 and above is an error unless expected."""
        body = b"" if wish is None else json.dumps(wish).encode()
        headers = {"Host": "docker", "Content-Type": "application/json"}
        try:
            with self._connected(timeout) as connected:
                answer = exchange(connected, method, API + path, headers, body, most=most)
        except PermissionError:
            raise _forbidden(self._path) from None
        except TimeoutError:
            reason = f"the engine did not answer {method} {path} in {timeout:g} s"
            raise EngineFailed(reason) from None
        except OSError as error:
            raise _unreachable(self._path, error) from error
        if answer.status >= ERROR and answer.status not in expect:
            raise EngineFailed(f"{method} {path}: {_message(answer.body)}")
        return answer.body

    def _connected(self, timeout: float) -> socket.socket:
        connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connected.settimeout(timeout)
        try:
            connected.connect(self._path)
        except OSError:
            connected.close()
            raise
        return connected


def _forbidden(path: str) -> EngineForbidden:
    return EngineForbidden(
        f"no permission to use the engine's socket {path}",
        'join the docker group with "sudo usermod -aG docker $USER" and log in again',
    )


def _unreachable(path: str, error: Exception) -> EngineUnreachable:
    return EngineUnreachable(
        f"no container engine answers on {path} ({error})",
        'start it with "sudo systemctl start docker", or set DOCKER_HOST',
    )


def _message(data: bytes) -> str:
    try:
        return str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        return data.decode(errors="replace")


def _text(stream: bytes) -> str:
    """The output inside the engine's multiplexed stream (Engine API, "Stream format")."""
    parts, at = [], 0
    while at + FRAME.size <= len(stream):
        _number, length = FRAME.unpack_from(stream, at)
        at += FRAME.size
        parts.append(stream[at : at + length])
        at += length
    return b"".join(parts).decode(errors="replace")


def _listed(data: dict[str, Any]) -> Container:
    ports = {p["PrivatePort"]: p["PublicPort"] for p in data["Ports"] if "PublicPort" in p}
    return Container(
        id=data["Id"],
        name=data["Names"][0].lstrip("/"),
        labels=data["Labels"] or {},
        state=data["State"],
        health=_health_in(data.get("Status", "")),
        image=data["ImageID"],
        ports=ports,
    )


def _health_in(status: str) -> str:
    """The health that the list shows only inside a text such as ``Up 2 s (healthy)``."""
    for word, health in (("(healthy)", "healthy"), ("(unhealthy)", "unhealthy")):
        if word in status:
            return health
    return "starting" if "(health: starting)" in status else ""


def _inspected(data: dict[str, Any]) -> Container:
    state = data["State"]
    published = (data["NetworkSettings"].get("Ports") or {}).items()
    return Container(
        id=data["Id"],
        name=data["Name"].lstrip("/"),
        labels=data["Config"]["Labels"] or {},
        state=state["Status"],
        health=(state.get("Health") or {}).get("Status", ""),
        image=data["Image"],
        ports={int(p.partition("/")[0]): int(to[0]["HostPort"]) for p, to in published if to},
        exit_code=state["ExitCode"],
        restarts=data["RestartCount"],
        oom_killed=state["OOMKilled"],
    )
