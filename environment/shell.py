"""Runs command lines that pure code composed: the only place that changes the machine."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from environment.problem import Problem

POLL_SECONDS = 0.2
TAIL_LINES = 15

UNREACHABLE = (
    r"Could not resolve '([^']+)'",
    r"Failed to fetch (\S+)",
    r"Could not connect to (\S+?):?\s",
    r"HTTPS?ConnectionPool\(host='([^']+)'",
    r"Failed to establish a new connection: .*host='([^']+)'",
    r"dial tcp: lookup (\S+)",
)
DISK_FULL = "No space left on device"


@dataclass(frozen=True, slots=True)
class Command:
    """One command line; ``root`` needs rights, ``stdin`` is its whole input.

    With ``within`` seconds above 0 it is repeated until it succeeds or the time is over.
    """

    argv: tuple[str, ...]
    root: bool = False
    stdin: str = ""
    within: float = 0.0

    def __str__(self) -> str:
        """As a person would type it."""
        words = (
            word if re.fullmatch(r"[\w@%+=:,./-]+", word) else repr(word) for word in self.argv
        )
        return " ".join(words)


def output(*argv: str, seconds: float = 20.0) -> str | None:
    """Standard output of a command that only looks, or None when it failed in any way."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=seconds, check=True, env=_environ()
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def complaint(*argv: str, seconds: float = 20.0) -> str | None:
    """Standard error of a command that only looks; None when it is not there or succeeded."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=seconds, check=False, env=_environ()
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stderr if done.returncode else None


def run_all(name: str, commands: tuple[Command, ...], *, log: Path, sudo: tuple[str, ...]) -> None:
    """Run the commands in order, their output in ``log``.

    Raises:
        Problem: one failed; the message says what could not be reached or shows the log's tail.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as sink:
        for command in commands:
            if not _succeeds(command, sink.fileno(), sudo):
                raise _problem(name, command, log)


def unreachable(text: str) -> str | None:
    """What a package manager's output says it could not reach, or None."""
    for pattern in UNREACHABLE:
        if found := re.search(pattern, text):
            return found.group(1)
    return None


def _succeeds(command: Command, sink: int, sudo: tuple[str, ...]) -> bool:
    argv = (*sudo, *command.argv) if command.root else command.argv
    deadline = time.monotonic() + command.within

    def once() -> bool:
        os.write(sink, f"$ {command}\n".encode())
        try:
            done = subprocess.run(
                argv,
                input=command.stdin,
                text=True,
                stdout=sink,
                stderr=subprocess.STDOUT,
                check=False,
                env=_environ(),
            )
        except OSError as error:
            os.write(sink, f"{error}\n".encode())
            return False
        return done.returncode == 0

    return _until(once, deadline)


def _until(attempt: Callable[[], bool], deadline: float) -> bool:
    while not attempt():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _problem(name: str, command: Command, log: Path) -> Problem:
    text = log.read_text(encoding="utf-8", errors="replace")
    if DISK_FULL in text:
        return Problem(f"{name}: the disk is full", "free some space, then run it again")
    if address := unreachable(text):
        return Problem(
            f"{name}: {address} cannot be reached",
            "check the network and the proxy settings of this machine, then run it again",
        )
    tail = "\n".join(f"    {line}" for line in text.splitlines()[-TAIL_LINES:])
    return Problem(f"{name}: command failed: {command}\n{tail}", f"the whole output is in {log}")


def _environ() -> dict[str, str]:
    """The user's environment, with Debian's system tools found and English answers."""
    return {
        **os.environ,
        "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/local/sbin:/usr/sbin:/sbin",
        "LC_ALL": "C.UTF-8",
    }
