"""A machine that can lose its power: an engine of its own, in which everything dies at once.

It has its own process numbers, network, mounts, data and socket, so that neither the engine
that the other tests use nor anything in it is touched. Killing its first process is what a
power failure is to all others: none of them is asked, and none outlives it.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from hitless.adapters.docker_engine import DockerEngine
from hitless.domain.container import Role
from hitless.domain.errors import HostError
from tests.e2e.support.project import PATIENCE, until_stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.domain.slot import Slot
    from tests.e2e.support.project import Project, Strike

IMAGES = ("python:3.13-slim-trixie", "nginxinc/nginx-unprivileged:1.27-alpine", "nats:2.10-alpine")
BOOTS_WITHIN = SERVES_WITHIN = 60.0
NET = 0x40000000  # CLONE_NEWNET
CGROUPS = Path("/sys/fs/cgroup")
# As the first process: it waits for the engine, and for whatever loses its parent.
BOOT = 'ip link set lo up && dockerd "$@" & wait'
ALONE = ("--net", "--pid", "--mount", "--ipc", "--mount-proc", "--fork", "--kill-child")


class Machine:
    """A second machine on this one; only root can make one.

    Attributes:
        place: Its disk: what is there outlives a power failure.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self._group = f"/hitless-{place.name}"
        self._power: subprocess.Popen[bytes] | None = None

    @property
    def _run(self) -> Path:
        return self.place / "run"

    @property
    def docker_host(self) -> str:
        """For ``DOCKER_HOST``."""
        return f"unix://{self._run}/docker.sock"

    def boot(self) -> None:
        """Start it; returns when its engine answers."""
        shutil.rmtree(self._run, ignore_errors=True)  # in memory, on any machine
        self._run.mkdir()
        with (self.place / "log").open("ab") as log:
            self._power = subprocess.Popen(
                ("unshare", *ALONE, "sh", "-c", BOOT, "sh", *self._options()),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + BOOTS_WITHIN
        while not self._answers():
            assert self._power.poll() is None, (self.place / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, "the second engine does not answer"
            time.sleep(0.1)

    def cut_power(self) -> None:
        """End every process of it at the same moment."""
        assert self._power
        os.kill(self._first(), signal.SIGKILL)
        self._power.wait()

    def load(self, images: Sequence[str]) -> None:
        """Give it images of this machine's engine."""
        with subprocess.Popen(("docker", "save", *images), stdout=subprocess.PIPE) as saved:
            into = ("docker", "--host", self.docker_host, "load", "--quiet")
            subprocess.run(into, stdin=saved.stdout, check=True, capture_output=True)
        assert saved.returncode == 0

    @contextmanager
    def network(self) -> Iterator[None]:
        """What this thread and its children do on the network happens on that machine."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self._first()}/ns/net", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(here)
            os.close(here)
            os.close(there)

    def remove(self) -> None:
        """Nothing of it is left."""
        if self._power and self._power.poll() is None:
            self.cut_power()
        for made in CGROUPS.glob(f"**{self._group}"):
            for one in sorted(made.rglob("*/"), reverse=True):
                one.rmdir()
            made.rmdir()
        shutil.rmtree(self.place)

    def _options(self) -> tuple[str, ...]:
        lies = ("--data-root", f"{self.place}/data", "--exec-root", f"{self._run}/exec")
        heard = ("--pidfile", f"{self._run}/pid", "--host", self.docker_host)
        groups = ("--cgroup-parent", self._group, "--exec-opt", "native.cgroupdriver=cgroupfs")
        return (*lies, *heard, *groups)

    def _first(self) -> int:
        """The number, here, of its first process."""
        assert self._power
        children = Path(f"/proc/{self._power.pid}/task/{self._power.pid}/children").read_text()
        return int(children.split()[0])

    def _answers(self) -> bool:
        with suppress(HostError):
            DockerEngine(self.docker_host.removeprefix("unix://")).version()
            return True
        return False


@contextmanager
def second_machine(images: Sequence[str]) -> Iterator[Machine]:
    """One that runs and has these images."""
    assert os.geteuid() == 0, "only root can start a second engine: run this test as root"
    machine = Machine(Path(mkdtemp(prefix="hitless-machine-")))  # a socket's path must be short
    try:
        machine.boot()
        machine.load(images)
        yield machine
    finally:
        machine.remove()


def cut_in_a_deploy(machine: Machine, project: Project, cut: Strike) -> None:
    """Begin a deploy there, and end it with everything else when it has come so far."""
    with machine.network():
        project.behave(text=f"cut at {cut}")
        deploy = project.begin_struck(cut, "deploy", "cut")
        until_stopped(deploy.pid)
        deploy.kill()
    machine.cut_power()
    deploy.communicate(timeout=PATIENCE)


def until_it_serves(project: Project, slot: Slot) -> None:
    """Nobody helps: the engine starts what ran before, and the flag on the disk chooses.

    As long as only the backup is up again, pages are there and writes are not.
    """
    found = [c for c in project.containers().values() if (c.slot, c.role) == (slot, Role.WEB)]
    release = found[0].release
    deadline = time.monotonic() + SERVES_WITHIN
    while not ((answer := project.ask("/version")).ok and answer.release == release):
        assert time.monotonic() < deadline, f"{release} does not serve after the boot: {answer}"
        time.sleep(0.1)
    assert answer.slot == slot


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, NET):
        raise OSError(ctypes.get_errno(), "cannot enter the network of the second machine")
