"""The addresses at which users reach an application on its own server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import long_running
from hitless.audit.health import check_of
from hitless.audit.images import kind
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

HTTPS = ("443", "8443")
OF_USERS = ("", "proxy")  # kinds of images: the project's own, and what stands before them


def pages(repository: Repository) -> list[str]:
    """One for each port that is published for users, with the path of its healthcheck."""
    found = [
        f"http://127.0.0.1:{port.published}{_path(repository, service)}"
        for service in long_running(repository)
        if kind(service) in OF_USERS
        for port in service.ports()
        if port.published.isdigit() and not _is_second(service, port.target)
    ]
    return list(dict.fromkeys(found))


def _is_second(service: Service, target: str) -> bool:
    """HTTPS beside HTTP: its certificate is for another name than this address."""
    return target in HTTPS and len(service.ports()) > 1


def _path(repository: Repository, service: Service) -> str:
    words = " ".join(check_of(repository, service))
    found = re.search(r"https?://[\w.-]+(?::\d+)?(/[^\s\"'|;)&]*)", words)
    return found[1] if found and is_plain(found[1]) else "/"
