"""A project that Hitless releases for a test, with everything of it under one name."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environment.build_inputs import build_variables
from environment.suite import scrubbed
from hitless.adapters.docker_engine import DockerEngine, socket_path
from hitless.adapters.edge_files import EdgeDirectory
from hitless.adapters.http_client import LocalHttp
from hitless.adapters.sqlite_store import SqliteStore
from hitless.config.load import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.domain.answer import Answer
    from hitless.domain.container import Container
    from hitless.domain.journal import Deploy, Entry
    from hitless.domain.settings import Settings

ROOT = Path(__file__).parents[3]
PROJECTS = ROOT / "tests" / "e2e" / "projects"
HITLESS = Path(sys.executable).with_name("hitless")
STRUCK = Path(__file__).with_name("struck.py")
PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n{self.out}\n{self.err}"

    @property
    def document(self) -> dict[str, Any]:
        """What ``--json`` printed; of a command that tells its progress, the result."""
        one = self.out if self.out.startswith("{\n") else self.out.splitlines()[-1]
        found: dict[str, Any] = json.loads(one)
        return found


@dataclass(frozen=True, slots=True)
class Strike:
    """A signal and the moment of a deploy at which it comes."""

    signal: str
    step: str
    status: str
    delay: float = 0.0

    def __str__(self) -> str:
        return f"{self.status} of {self.step}" + (f" + {self.delay:g} s" if self.delay else "")

    @property
    def arguments(self) -> tuple[str, ...]:
        """For struck.py."""
        return (self.signal, self.step, self.status, str(self.delay))


@dataclass(frozen=True)
class Project:
    """One service of its own: directory, names, port.

    Attributes:
        service: Part of the name of everything that is made; nothing else has it.
        port: Where users arrive, on 127.0.0.1.
        others: Further environment variables of its commands.
    """

    directory: Path
    service: str
    port: int
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """This host's variables without those that would make hosts differ."""
        names = {"COMPOSE_PROJECT_NAME": self.service, "HTTP_PORT": str(self.port)}
        return {**scrubbed(os.environ), **build_variables(os.environ), **names, **self.others}

    @property
    def home(self) -> Path:
        """The state that Hitless keeps."""
        return self.directory / ".hitless"

    @property
    def edge(self) -> EdgeDirectory:
        """The flags."""
        return EdgeDirectory(self.home / "edge")

    def deploys(self) -> tuple[Deploy, ...]:
        """What is recorded, newest first, read without starting a program."""
        with closing(SqliteStore(self.home / "state.db")) as store:
            return store.deploys(1000)

    def entries(self, deploy: str) -> tuple[Entry, ...]:
        """The journal of a deploy."""
        with closing(SqliteStore(self.home / "state.db")) as store:
            return store.entries(deploy)

    @property
    def settings(self) -> Settings:
        """Its hitless.yaml."""
        return load(self.directory / "hitless.yaml")

    def hitless(
        self,
        *words: str,
        environ: Mapping[str, str] | None = None,
        prefix: tuple[str, ...] = (),
    ) -> Ran:
        """Run a command to its end, whatever that is."""
        return self._run((*prefix, str(HITLESS), *words), environ or {})

    def done(self, *words: str) -> Ran:
        """Run a command that must succeed."""
        ran = self.hitless(*words)
        assert ran.code == 0, f"hitless {' '.join(words)}: {ran}"
        return ran

    def struck(self, strike: Strike, *words: str) -> Ran:
        """Run a command that a signal strikes."""
        return self._run((sys.executable, str(STRUCK), *strike.arguments, *words), {})

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command; the caller waits for it."""
        return self._begin((str(HITLESS), *words))

    def begin_struck(self, strike: Strike, *words: str) -> subprocess.Popen[str]:
        """Start a command that a signal strikes; the caller waits for it."""
        return self._begin((sys.executable, str(STRUCK), *strike.arguments, *words))

    def _begin(self, command: tuple[str, ...]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self) -> dict[str, Any]:
        """``hitless status --json``."""
        return self.done("status", "--json").document

    def history(self) -> list[dict[str, Any]]:
        """``hitless history --json``, newest first."""
        deploys: list[dict[str, Any]] = self.done("history", "--json").document["deploys"]
        return deploys

    def shown(self, deploy: str = "") -> dict[str, Any]:
        """``hitless show --json``."""
        return self.done("show", *([deploy] if deploy else []), "--json").document

    def ask(self, path: str = "/", headers: Mapping[str, str] | None = None) -> Answer:
        """What a user gets now, on a connection of its own."""
        return LocalHttp().get(self.port, path, headers or {})

    def containers(self) -> dict[str, Container]:
        """All containers of the service by name, as the engine knows them."""
        return {c.name: engine().inspect(c.id) for c in engine().containers(self.service)}

    def networks(self) -> set[str]:
        """The networks whose name is of this service."""
        found = engine().networks()
        return {one.name for one in found if one.name.startswith(f"{self.service}-")}

    def lock_is_free(self) -> bool:
        """Nobody holds the lock at this moment."""
        with (self.home / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def wait_for_the_lock(self) -> None:
        """Return when whoever holds the lock has ended; the kernel wakes this up."""
        with (self.home / "lock").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be in a file of the project."""
        file = self.directory / name
        text = file.read_text()
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new))

    def behave(self, **behaviour: object) -> None:
        """What the next image of a tiny project does.

        Each is an image of its own: an earlier test's release that behaves alike may serve
        already, and then there would be nothing to deploy.
        """
        file = self.directory / "app" / "behaviour.json"
        file.write_text(json.dumps({**behaviour, "made": time.time_ns()}))

    def remove(self) -> None:
        """Containers, networks, data, images and files; nothing that others made."""
        if (self.home / "state.db").exists():
            self.done("down", "--volumes", "--images", "--yes")
        self.clear()
        shutil.rmtree(self.directory)

    def clear(self) -> None:
        """Remove everything of the name, also what a run that was cut short left."""
        for container in engine().containers(self.service):
            engine().remove(container.id)
        for network in self.networks():
            engine().remove_network(network)
        for volume in engine().volumes(self.service):
            engine().remove_volume(volume)
        for prefix in (f"{self.service}/", f"{self.service}-", f"hitless/{self.service}/"):
            for image in engine().images(prefix):
                engine().untag(image)

    def _run(self, command: tuple[str, ...], environ: Mapping[str, str]) -> Ran:
        ran = subprocess.run(
            command,
            cwd=self.directory,
            env=self.environ | dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)


def engine() -> DockerEngine:
    """The engine that Hitless uses, too."""
    return DockerEngine(socket_path())


def killed(ran: Ran) -> bool:
    """The process was ended by SIGKILL."""
    return ran.code == -signal.SIGKILL


def until_stopped(pid: int) -> None:
    """Wait until a process sleeps by SIGSTOP."""
    deadline = time.monotonic() + PATIENCE
    while "\nState:\tT" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < deadline, "it never came that far"
        time.sleep(0.05)


def unique(test: str) -> str:
    """A name of this checkout and test, so that two runs never meet."""
    return "e2e-" + hashlib.sha256(f"{ROOT} {test}".encode()).hexdigest()[:8]


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def tiny(directory: Path, test: str) -> Project:
    """A new project of one small program, not deployed yet."""
    shutil.copytree(PROJECTS / "tiny", directory)
    project = Project(directory, unique(test), free_port())
    project.clear()
    name_it(project)
    return project


def name_it(project: Project) -> None:
    """Give hitless.yaml the project's own name."""
    project.edit("hitless.yaml", "service: tiny", f"service: {project.service}")


def restore(project: Project) -> None:
    """Take back what a test changed in the files of a tiny project."""
    shutil.copytree(PROJECTS / "tiny", project.directory, dirs_exist_ok=True)
    name_it(project)
