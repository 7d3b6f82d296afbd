"""What a healthcheck proves."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.images import known

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

CONSTANT = frozenset(("true", ":", "echo", "exit", "ls", "pwd", "sleep", "date"))
PROCESS = frozenset(("pgrep", "pidof", "ps", "kill", "killall"))
VERSION = frozenset(("--version", "-V", "-version", "version"))
TOUCHING = (
    "http",
    "url",
    "socket",
    "connect",
    "request",
    "open(",
    "ping",
    "Path(",
    "stat(",
    "import app",
    "probe",
)


def why_void(words: list[str]) -> str:
    """Why a healthcheck passes whatever its service does; empty when it may fail."""
    if not words:
        return ""
    text = " ".join(words)
    if re.search(r"(\|\||;)\s*(true|exit 0|:)\s*$", text):
        return "it ends with success whatever happened before"
    program = posixpath.basename(words[0])
    if program in ("sh", "bash", "ash") and words[1:2] == ["-c"]:
        return why_void(" ".join(words[2:]).split())
    return _why_program(program, words, text)


def _why_program(program: str, words: list[str], text: str) -> str:
    if program in CONSTANT:
        return f"{program!r} always succeeds"
    if program in PROCESS or re.search(r"\bps\b.*\|\s*grep", text):
        return f"{program!r} sees that a process exists, not that it works"
    if VERSION & set(words):
        return "it asks a program for its version and never reaches the service"
    runs_code = program.startswith(("python", "node")) and bool({"-c", "-e"} & set(words[1:2]))
    if runs_code and not any(one in text for one in TOUCHING):
        return "its code never reaches the service"
    return ""


def check_of(repository: Repository, service: Service) -> list[str]:
    """The words of the healthcheck in force: Compose's, or the image's."""
    words = service.healthcheck()
    if words or service.is_unchecked:
        return words
    image = repository.image_of(service)
    if image is None:
        return []
    found = image[0].inherited(image[1], "HEALTHCHECK")
    text = found[-1].text if found else ""
    command = re.sub(r"^(--\S+\s+)*CMD\s+", "", text)
    if command.startswith("["):
        return re.findall(r'"((?:\\.|[^"\\])*)"', command)
    return [] if command.upper() == "NONE" else command.split()


def may_have_own(repository: Repository, service: Service) -> bool:
    """Its image comes from elsewhere and may bring a healthcheck that cannot be seen here."""
    if service.is_built:
        return repository.image_of(service) is None
    found = known(service)
    return found is None or found.healthcheck
