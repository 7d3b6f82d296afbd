"""A user's repository of the Task Tracker, with a tag for each release."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from hitless.adapters.lock import FileLock
from hitless.adapters.sqlite_store import SqliteStore
from hitless.config.load import load
from hitless.deploy.record import Record, record
from hitless.domain.errors import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.domain.settings import Settings

STACK = Path(__file__).resolve().parent.parent
# Of this checkout: two of them on one machine must not remove each other's containers.
SERVICE = f"task-tracker-demo-{sha256(str(STACK).encode()).hexdigest()[:4]}"
USUAL_PORT = 8080
TIMEOUT = 10.0
AUTHOR = ("-c", "user.name=Demo", "-c", "user.email=demo@example.invalid")


class Workspace:
    """The repository, the port, and the commands a user would type.

    Args:
        directory: Where it is made; what an earlier run left there is removed first.
        port: For the users; 0 chooses 8080, or a free one when that is taken.

    Raises:
        Locked: when another process works in ``directory``.
    """

    def __init__(self, directory: Path, port: int) -> None:
        self._alone = ExitStack()
        self._alone.enter_context(FileLock(directory / "lock", "").hold("demo", patience=0))
        self.app = directory.resolve() / "app"
        self.program = Path(sys.executable).with_name("hitless")
        self.port = port or _free_port()
        self.rollback_seconds: list[float] = []

    @property
    def url(self) -> str:
        """Where a browser finds the dashboard."""
        return f"http://127.0.0.1:{self.port}/"

    def materialise(self, versions: Sequence[str]) -> None:
        """Make the repository, one commit and one tag for each version."""
        self.remove()
        self.app.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")
        for version in versions:
            self._write(version)
            self._git("add", "--all")
            self._git("commit", "--quiet", "--message", f"Release {version}")
            self._git("tag", version)

    def release(self, version: str, *, force: bool = False) -> None:
        """What a user types to release: check the tag out, deploy."""
        words = ("deploy", "--force") if force else ("deploy",)
        print(f"$ git checkout {version} && hitless {' '.join(words)}", flush=True)
        self._git("checkout", "--quiet", version)
        self._hitless(*words)

    def roll_back(self) -> None:
        """What a user types to go back, timed from the outside; then its workers follow."""
        print("$ hitless rollback", flush=True)
        began = time.monotonic()
        self._hitless("rollback")
        self.rollback_seconds.append(time.monotonic() - began)
        self.wait_quiet()

    def feed(self, count: int) -> None:
        """Let sample messages arrive, so that the dashboard is worth looking at."""
        feeder = STACK / "api" / "app" / "feed.py"
        command = (sys.executable, feeder, "--url", self.url, "--rate", "20")
        subprocess.run((*command, "--count", str(count)), check=True, stdout=subprocess.DEVNULL)

    def wait_quiet(self) -> None:
        """Until nothing goes on behind a command that has returned."""
        store = SqliteStore(self.app / ".hitless" / "state.db")
        while store.unfinished():
            time.sleep(0.1)

    def stats(self) -> dict[str, Any]:
        """What the application counts, once its queue is empty."""
        while True:
            with urlopen(f"{self.url}api/stats", timeout=TIMEOUT) as answer:  # noqa: S310  # http
                found: dict[str, Any] = json.load(answer)
            if found["processed"] == found["messages"]:
                return found
            time.sleep(0.2)

    def settings(self) -> Settings:
        """The hitless.yaml of the repository."""
        return load(self.app / "hitless.yaml")

    def records(self) -> tuple[Record, ...]:
        """Every deploy and rollback of this run, oldest first."""
        store = SqliteStore(self.app / ".hitless" / "state.db")
        return tuple(record(store, one.id) for one in reversed(store.deploys(100)))

    def remove(self) -> None:
        """Containers, networks, data, images and files; nothing that others made."""
        if (self.app / ".hitless" / "state.db").exists():
            self._hitless("down", "--volumes", "--images", "--yes", quiet=True)
        shutil.rmtree(self.app, ignore_errors=True)

    def _write(self, version: str) -> None:
        subprocess.run(
            (sys.executable, STACK / "releases" / "materialise.py", version, self.app), check=True
        )
        file = self.app / "hitless.yaml"
        text = re.sub(r"^service: .*$", f"service: {SERVICE}", file.read_text(), flags=re.MULTILINE)
        file.write_text(text)
        (self.app / ".gitignore").write_text(".hitless/\n")

    def _hitless(self, *words: str, quiet: bool = False) -> None:
        done = subprocess.run(
            (self.program, *words),
            cwd=self.app,
            env=self._environment(),
            capture_output=quiet,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or b"").decode(errors="replace").splitlines()
            what = f"hitless {' '.join(words)} ended with {done.returncode}"
            raise CommandFailed(what, details=tuple(said))

    def _environment(self) -> dict[str, str]:
        # The volumes get the demonstration's name, never those of a stack in use.
        ours = {"COMPOSE_PROJECT_NAME": SERVICE, "HTTP_PORT": str(self.port)}
        return {**os.environ, **ours}

    def _git(self, *words: str) -> None:
        subprocess.run(("git", *AUTHOR, *words), cwd=self.app, check=True)


def _free_port() -> int:
    for wish in (USUAL_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wish))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CommandFailed("no port is free on 127.0.0.1")
