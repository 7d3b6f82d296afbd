"""A container engine beside the machine's own, for what would change that one for everybody.

It has its own data, containerd and network namespace: what it publishes can be reached from
inside that namespace alone, not even from this machine. It needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

START_WITHIN = 60.0
STOP_WITHIN = 60.0


@dataclass(frozen=True)
class SecondEngine:
    """A running engine.

    Attributes:
        name: Of its network namespace, and of all else that needs one.
        socket: Where it listens.
    """

    name: str
    socket: Path

    @property
    def host(self) -> str:
        """For DOCKER_HOST."""
        return f"unix://{self.socket}"

    def inside(self, *command: str) -> tuple[str, ...]:
        """A command as it must be run to share the engine's loopback."""
        return ("nsenter", f"--net=/run/netns/{self.name}", "--", *command)

    def docker(self, *words: str, text: str | None = None) -> str:
        """What a command of the client prints."""
        command = ("docker", "--host", self.host, *words)
        ran = subprocess.run(command, input=text, text=True, check=True, capture_output=True)
        return ran.stdout

    def load(self, images: Sequence[str]) -> None:
        """Bring images over from the machine's own engine."""
        save = subprocess.Popen(("docker", "save", *images), stdout=subprocess.PIPE)
        load = ("docker", "--host", self.host, "load", "--quiet")
        subprocess.run(load, stdin=save.stdout, check=True, capture_output=True)
        if save.wait():
            raise subprocess.CalledProcessError(save.returncode, "docker save")


@contextmanager
def second_engine(name: str, directory: Path) -> Iterator[SecondEngine]:
    """An engine for as long as the block lasts; nothing is left of it.

    Args:
        name: No other engine, namespace or directory in /run has it.
        directory: For its data, on a file system that overlays can lie on.
    """
    run = Path("/run", name)  # sockets lie there, and their paths must be short
    engine = SecondEngine(name, run / "docker.sock")
    subprocess.run(("ip", "netns", "add", name), check=True)
    try:
        subprocess.run(engine.inside("ip", "link", "set", "lo", "up"), check=True)
        run.mkdir(mode=0o700)
        process = _started(engine, directory, run)
        try:
            _wait_until_it_answers(engine, process)
            yield engine
        finally:
            _empty(engine)
            process.terminate()
            process.wait(STOP_WITHIN)
    finally:
        subprocess.run(("ip", "netns", "delete", name), check=True)
        shutil.rmtree(run, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)


def _started(engine: SecondEngine, data: Path, run: Path) -> subprocess.Popen[bytes]:
    data.mkdir(parents=True)
    # Where the machine has a containerd of its own, both engines use it: not each other's part.
    command = engine.inside(
        *("dockerd", "--data-root", str(data), "--exec-root", str(run / "exec")),
        *("--pidfile", str(run / "pid"), "--host", engine.host),
        *("--containerd-namespace", engine.name),
        *("--containerd-plugins-namespace", f"{engine.name}-plugins"),
    )
    with (run / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)


def _wait_until_it_answers(engine: SecondEngine, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_WITHIN
    while subprocess.run(
        ("docker", "--host", engine.host, "info"), capture_output=True, check=False
    ).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((engine.socket.parent / "log").read_text()[-2000:])
        time.sleep(0.1)


def _empty(engine: SecondEngine) -> None:
    """Remove the containers, so that the engine has nobody to wait for when it ends."""
    left = engine.docker("ps", "--all", "--quiet").split()
    if left:
        engine.docker("rm", "--force", "--volumes", *left)


def is_possible() -> bool:
    """This process may make one, and what it takes is there."""
    return os.geteuid() == 0 and all(map(shutil.which, ("dockerd", "ip", "nsenter")))
