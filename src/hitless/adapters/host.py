"""Facts of this machine and of the repository that is released."""

from __future__ import annotations

import os
import pwd
import signal
import socket
from pathlib import Path

from hitless.domain.errors import ProcessForbidden
from hitless.domain.lock import Process

GIT_SECONDS = 10.0
# Of Hitless itself (for a command that runs here for another machine), GitLab, Jenkins,
# Buildkite and CircleCI; GitHub gives the parts of its address one by one.
RUN_URLS = ("HITLESS_RUN_URL", "CI_JOB_URL", "BUILD_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL")


class LocalHost:
    """Implements :class:`hitless.domain.ports.Host`."""

    def free_bytes(self, path: Path) -> int:
        """Free space on the file system that holds ``path``."""
        while not path.exists():
            path = path.parent
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

    def free_memory(self) -> int:
        """Bytes that new processes can have without swapping."""
        lines = Path("/proc/meminfo").read_text().splitlines()
        found = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(found.split()[1]) * 1024

    def port_free(self, address: str, port: int) -> bool:
        """Nobody listens there."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
        return True

    def actor(self) -> str:
        """Who acts, as ``user@machine``."""
        return f"{os.environ.get('SUDO_USER') or _user()}@{socket.gethostname()}"

    def run_url(self) -> str:
        """The page of the CI job that this process is a part of; empty outside CI."""
        given = os.environ.get
        if given("GITHUB_RUN_ID"):
            place = f"{given('GITHUB_SERVER_URL', '')}/{given('GITHUB_REPOSITORY', '')}"
            return f"{place}/actions/runs/{given('GITHUB_RUN_ID')}"
        return next((url for url in map(given, RUN_URLS) if url), "")

    def process(self) -> Process:
        """This process."""
        return Process(socket.gethostname(), os.getpid(), _started(os.getpid()) or 0, _boot())

    def lives(self, process: Process) -> bool:
        """A process of this machine runs, and is not a later one with its number."""
        return process.boot == _boot() and process.started == _started(process.pid)

    def ask_to_stop(self, process: Process) -> bool:
        """Ask a process of this machine to end safely; false when it has ended."""
        try:
            # A handle on the process, taken before the look at what it is: its number
            # may be given to another one at any time.
            handle = os.pidfd_open(process.pid)
        except ProcessLookupError:
            return False
        try:
            if not self.lives(process):
                return False
            signal.pidfd_send_signal(handle, signal.SIGTERM)
        except ProcessLookupError:
            return False
        except PermissionError:
            raise ProcessForbidden(
                f"process {process.pid} is another user's", 'abort it with "sudo hitless abort"'
            ) from None
        finally:
            os.close(handle)
        return True

    def commit(self, directory: Path) -> str:
        """The git commit checked out; empty outside a repository."""
        return _git(directory, "rev-parse", "HEAD")

    def version(self, directory: Path) -> str:
        """``git describe``, or empty outside a repository."""
        return _git(directory, "describe", "--tags", "--always", "--dirty")


def _boot() -> str:
    """The kernel's id of this boot: process numbers begin anew with each."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _started(pid: int) -> int | None:
    """When a process began, in ticks since the boot; None when it has ended."""
    try:
        # The name in brackets may hold blanks and brackets: fields count from its end.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user id without a name, as in many containers
        return str(os.getuid())


def _git(directory: Path, *words: str) -> str:
    import subprocess  # noqa: PLC0415  # a rollback asks git for nothing

    try:
        found = subprocess.run(
            ("git", *words),
            cwd=directory,
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
