"""Where services keep what must not be lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.images import LOSABLE, known, short

if TYPE_CHECKING:
    from hitless.documents.service import Mount, Service

NATS_DEFAULT = "/tmp/nats/jetstream"  # noqa: S108  # where the server writes unless it is told
FILES = (".conf", ".cnf", ".ini", ".sql", ".sh", ".yml", ".yaml", ".json", ".toml", ".crt", ".pem")


def keeps(service: Service) -> bool:
    """Its data is lost with its folder; NATS keeps something only with JetStream."""
    found = known(service)
    if found is None or found.kind not in LOSABLE or not found.data:
        return False
    return short(service.image) != "nats" or bool(_jetstream(service))


def data_folders(service: Service) -> tuple[str, ...]:
    """Where the process of a known image writes its data."""
    if short(service.image) == "nats":
        stored = re.search(r"(?:--store_dir|-sd)[ =](\S+)", _command(service))
        return (stored[1] if stored else NATS_DEFAULT,)
    moved = service.environment().get("PGDATA")
    if moved is not None and moved.text:
        return (moved.text,)
    found = known(service)
    return found.data if found is not None else ()


def durable(service: Service) -> list[Mount]:
    """Volumes and folders of the host that hold more than a file of configuration."""
    mounts = [one for one in service.mounts() if one.kind in ("volume", "bind")]
    return [one for one in mounts if not one.target.endswith(FILES) and not _is_for_start(one)]


def covers(target: str, folder: str) -> bool:
    """What is written to ``folder`` ends up in ``target``."""
    return (
        folder == target
        or folder.startswith(f"{target.rstrip('/')}/")
        or target.startswith(f"{folder}/")
    )


def _is_for_start(mount: Mount) -> bool:
    return (
        "initdb" in mount.target
        or mount.target.startswith("/etc/")
        or mount.node.text.endswith(":ro")
    )


def _command(service: Service) -> str:
    return " ".join([*service.words("entrypoint"), *service.words("command")])


def _jetstream(service: Service) -> bool:
    return bool(re.search(r"(^|\s)(-js|--jetstream|-sd|--store_dir)\b", _command(service)))
