"""Facts of this machine and of the repository that is released."""

from __future__ import annotations

import os
import pwd
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GIT_SECONDS = 10.0


class LocalHost:
    """Implements :class:`hitless.domain.ports.Host`."""

    def free_bytes(self, path: Path) -> int:
        """Free space on the file system that holds ``path``."""
        while not path.exists():
            path = path.parent
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize

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

    def commit(self, directory: Path) -> str:
        """The git commit checked out; empty outside a repository."""
        return _git(directory, "rev-parse", "HEAD")

    def version(self, directory: Path) -> str:
        """``git describe``, or empty outside a repository."""
        return _git(directory, "describe", "--tags", "--always", "--dirty")


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
