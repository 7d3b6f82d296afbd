"""A Kubernetes API server with nothing behind it: enough to judge manifests, not to run them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.kubernetes import program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "only-for-a-test"  # noqa: S105  # listens on the loopback for the time of one test
PATIENCE = 240.0
STRICT = "pod-security.kubernetes.io/warn=restricted"


@dataclass(frozen=True, slots=True)
class ApiServer:
    """One that answers.

    Attributes:
        address: Where.
    """

    address: str
    folder: Path

    def kubectl(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """The real client, without any configuration of the machine's user."""
        login = ("--server", self.address, "--token", TOKEN, "--insecure-skip-tls-verify")
        return subprocess.run(
            (str(program("kubectl")), *login, *words),
            input=text,
            env={"HOME": str(self.folder), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )


@contextlib.contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Start etcd and the API server, and stop both; their logs stay in ``folder``."""
    with contextlib.ExitStack() as stack:
        storage = _etcd(stack, folder)
        port = _free_port()
        server = ApiServer(f"https://127.0.0.1:{port}", folder)
        process = _start(stack, folder, _server_command(folder, port, storage))
        _wait_until_ready(server, process)
        yield server


def _etcd(stack: contextlib.ExitStack, folder: Path) -> str:
    client, peer = (f"http://127.0.0.1:{_free_port()}" for _ in range(2))
    words = {
        "data-dir": folder / "etcd",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
    }
    options = [f"--{name}={value}" for name, value in words.items()]
    _start(stack, folder, [str(program("etcd")), "--unsafe-no-fsync", *options])
    return client


def _server_command(folder: Path, port: int, storage: str) -> list[str]:
    key = folder / "accounts.key"
    subprocess.run(("openssl", "genrsa", "-out", str(key), "2048"), check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f'{TOKEN},test,test,"system:masters"\n')
    words = {
        "etcd-servers": storage,
        "bind-address": "127.0.0.1",
        "secure-port": port,
        "cert-dir": folder / "certificates",
        "token-auth-file": folder / "tokens.csv",
        "authorization-mode": "RBAC",
        "allow-privileged": "true",  # as clusters made by kubeadm have it
        "service-account-issuer": "https://kubernetes.default.svc",
        "service-account-key-file": key,
        "service-account-signing-key-file": key,
        "service-cluster-ip-range": "10.96.0.0/16",
        "endpoint-reconciler-type": "none",
    }
    return [str(program("kube-apiserver")), *(f"--{name}={value}" for name, value in words.items())]


def _start(
    stack: contextlib.ExitStack, folder: Path, command: list[str]
) -> subprocess.Popen[bytes]:
    name = command[0].rpartition("/")[2]
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def _wait_until_ready(server: ApiServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while server.kubectl("get", "namespace", "default").returncode != 0:
        assert process.poll() is None, (server.folder / "kube-apiserver.log").read_text()[-3000:]
        assert time.monotonic() < end, (server.folder / "kube-apiserver.log").read_text()[-3000:]
        time.sleep(0.2)
    made = server.kubectl("label", "namespace", "default", STRICT)
    assert made.returncode == 0, made.stderr


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        number: int = one.getsockname()[1]
        return number
