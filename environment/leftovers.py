"""What ``clean`` may remove: objects that this checkout, its demo and its tests have made.

Somebody may use Hitless for real on the same machine. So a container is ours only when its
Compose project lives in this checkout, or when Hitless made it from a temporary folder, as
tests and the demo do. Networks, volumes and images are then found through those containers.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from environment import apt, facts, images
from environment.shell import output

PROJECT = "com.docker.compose.project"
FOLDER = "com.docker.compose.project.working_dir"
SERVICE = "io.hitless.service"
STACK = "task-tracker"


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Everything of ours that ``clean`` finds."""

    containers: tuple[str, ...]
    networks: tuple[str, ...]
    volumes: tuple[str, ...]
    images: tuple[str, ...]
    files: tuple[str, ...]  # of the system
    folders: tuple[str, ...]  # of the checkout
    engine_pid: int  # of the engine we started; 0 when there is none
    engine_answers: bool


@dataclass(frozen=True, slots=True)
class Container:
    """A container's name and labels."""

    name: str
    labels: Mapping[str, str]


def leftovers() -> Leftovers:
    """Observe what is there to remove."""
    ours = own(containers(), root=facts.ROOT, scratch=Path(tempfile.gettempdir()))
    labels = filters(ours)
    return Leftovers(
        containers=tuple(container.name for container in ours),
        networks=_each("network", "ls", "--quiet", filters=labels),
        volumes=_each("volume", "ls", "--quiet", filters=labels),
        images=(*_stack_images(ours), *_standins(), *_nameless()),
        files=tuple(
            name for name in (apt.SOURCE_FILE, apt.PREFERENCES_FILE) if Path(name).exists()
        ),
        folders=tuple(
            str(path) for path in (facts.VENV, facts.WORK, facts.ROOT / ".cache") if path.exists()
        ),
        engine_pid=facts.our_engine(),
        engine_answers=facts.engine()[0] is facts.Engine.RUNNING,
    )


def own(seen: Iterable[Container], *, root: Path, scratch: Path) -> tuple[Container, ...]:
    """The containers among those seen that this checkout has made."""
    return tuple(container for container in seen if _is_own(container.labels, root, scratch))


def filters(ours: Iterable[Container]) -> tuple[str, ...]:
    """What else belongs to these containers, as the engine's label filters."""
    return tuple(
        dict.fromkeys(
            f"label={label}={container.labels[label]}"
            for container in ours
            for label in (PROJECT, SERVICE)
            if label in container.labels
        )
    )


def containers() -> tuple[Container, ...]:
    """All containers of the engine with their labels."""
    names = (output("docker", "container", "ls", "--all", "--quiet") or "").split()
    inspected = (
        json.loads(output("docker", "container", "inspect", *names) or "[]") if names else []
    )
    return tuple(
        Container(row["Name"].lstrip("/"), row["Config"]["Labels"] or {}) for row in inspected
    )


def _is_own(labels: Mapping[str, str], root: Path, scratch: Path) -> bool:
    if FOLDER not in labels:
        return False
    folder = Path(labels[FOLDER])
    return folder.is_relative_to(root) or (SERVICE in labels and folder.is_relative_to(scratch))


def _stack_images(ours: Iterable[Container]) -> tuple[str, ...]:
    services = {container.labels[SERVICE] for container in ours if SERVICE in container.labels}
    names = (f"{STACK}/*", images.BARE, *(f"hitless/{service}/*" for service in sorted(services)))
    listed = ("image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
    return _each(*listed, filters=tuple(f"reference={name}" for name in names))


def _standins() -> tuple[str, ...]:
    seen = facts.base_images()
    ours = (images.Presence.STANDIN, images.Presence.OUTDATED)
    names = tuple(name for name, presence in seen.present.items() if presence in ours)
    return (*names, images.DEBIAN) if seen.debian else names


def _nameless() -> tuple[str, ...]:
    """Stand-ins, and images on them, whose name went to a newer one."""
    label = f"label={images.STANDIN_LABEL}=true"
    return _lines("image", "ls", "--quiet", "--filter", "dangling=true", "--filter", label)


def _each(*listed: str, filters: tuple[str, ...]) -> tuple[str, ...]:
    found = (name for one in filters for name in _lines(*listed, "--filter", one))
    return tuple(dict.fromkeys(found))


def _lines(*arguments: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((output("docker", *arguments) or "").split()))
