"""What the copy of a service consists of: two releases, free ports, and nothing shared."""

from __future__ import annotations

import json
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitless.deploy.prepare import Source, make_release, read
from hitless.deploy.recover import layout
from hitless.deploy.standing import observe
from hitless.domain.errors import CannotRehearse, MemoryShort, NothingToRehearse, PortTaken
from hitless.domain.release import release_id
from hitless.domain.settings import Settings
from hitless.stack.projects import volume_names
from hitless.stack.rehearsal import (
    LOOPBACK,
    Place,
    copied,
    obstacles,
    published,
    with_own_images,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hitless.deploy.copy import Copy, Note
    from hitless.domain.release import Release

MODEL = "source.json"
FIRST_PORT, PORTS = 20_000, 10_000  # below those that systems give away by themselves
SPARE = 20

Stack = tuple[dict[str, Any], Settings]
"""A resolved Compose model, and the settings that go with it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be rehearsed.

    Attributes:
        settings: From hitless.yaml.
        version: The user's name for what the files describe; by default from git.
        revision: Where to begin instead of the release that serves; empty for that one.
        outside: Hosts outside the stack that the copy may use.
    """

    settings: Settings
    version: str = ""
    revision: str = ""
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a rehearsal would make.

    Attributes:
        before: The version, or revision, that it would begin with.
        ports: Published port → the copy's port on the loopback address.
    """

    service: str
    before: str
    after: str
    home: str
    subnet: str
    ports: dict[int, int]
    volumes: tuple[str, ...]


def plan_rehearsal(copy: Copy, wish: Wish) -> CopyPlan:
    """What a rehearsal would make; nothing is built, checked out or changed.

    Raises:
        NothingToRehearse: when nothing serves and no revision is named.
        CannotRehearse: when a copy would touch what the real service uses.
    """
    source = read(copy.real, wish.settings, wish.version)
    serving = None if wish.revision else _serving(copy, wish.settings)
    stacks = [_stack(source), *([_stack(serving)] if serving else [])]
    _refuse_obstacles(wish, stacks)
    ports = _ports(copy, wish, stacks)
    model, settings = copied(*_stack(source), ports)
    return CopyPlan(
        service=settings.service,
        before=serving.version if serving else wish.revision,
        after=source.version,
        home=str(copy.world.home),
        subnet=layout(copy.world, settings).subnet,
        ports=ports,
        volumes=volume_names(model, settings),
    )


def releases(copy: Copy, wish: Wish, note: Note) -> tuple[Release, Release]:
    """The release to begin with and the one to deploy, as the copy is to run them.

    Raises:
        NothingToRehearse: when nothing serves and no revision is named.
        CannotRehearse: when a copy would touch what the real service uses.
        MemoryShort: when there is not enough for a second stack.
    """
    source = read(copy.real, wish.settings, wish.version)
    if wish.revision:
        before, after = _from_revision(copy, wish, source, Path(note.checkout))
    else:
        before, after = _from_serving(copy, wish, source)
    # With the very same content both would be one release, and nothing to go back to.
    told = (before.images, before.compose, before.settings, before.snippets)
    return before._replace(id=release_id(f"{before.version} before", *told)), after


def _from_serving(copy: Copy, wish: Wish, source: Source) -> tuple[Release, Release]:
    """It begins with what users have now, exactly as it was recorded."""
    serving = _serving(copy, wish.settings)
    stacks = [_stack(source), _stack(serving)]
    _refuse_obstacles(wish, stacks)
    _refuse_without_room(copy, wish.settings)
    ports = _ports(copy, wish, stacks)
    model, settings = copied(*_stack(serving), ports)
    before = serving._replace(compose=model, settings=settings)
    return before, _made(copy, source, ports, copy.real.directory, "after")


def _from_revision(
    copy: Copy, wish: Wish, source: Source, checkout: Path
) -> tuple[Release, Release]:
    """It begins with what the files of an earlier revision describe."""
    place = copy.checkouts.add(copy.real.directory, wish.revision, checkout)
    variables = copy.real.directory / ".env"
    if variables.is_file() and not (place / ".env").exists():
        shutil.copy(variables, place)  # what git does not keep, and Compose reads by itself
    earlier = read(copy.real._replace(directory=place), copy.load(place), wish.revision)
    stacks = [_stack(source), _stack(earlier)]
    _refuse_obstacles(wish, stacks, place)
    ports = _ports(copy, wish, stacks)
    before = _made(copy, earlier, ports, place, "before")
    return before, _made(copy, source, ports, copy.real.directory, "after")


def _serving(copy: Copy, settings: Settings) -> Release:
    active = observe(copy.real, settings.service).active_release
    if active is None:
        raise NothingToRehearse(
            f"no release of {settings.service!r} serves, so there is none to begin with",
            'name a revision of git, as in CI, with "hitless rehearse --from REVISION"',
        )
    return copy.real.store.release(active)


def _stack(of: Source | Release) -> Stack:
    return (of.model if isinstance(of, Source) else of.compose), of.settings


def _made(
    copy: Copy, source: Source, ports: Mapping[int, int], directory: Path, tag: str
) -> Release:
    """A release from files; what is built for it gets names of the copy."""
    model, settings = copied(source.model, source.settings, ports)
    model = with_own_images(model, settings, tag)
    copy.world.reporter.say(f"getting the images of {source.version}")
    path = copy.world.home / MODEL
    path.touch(0o600)
    path.write_text(json.dumps(model))
    settings = settings._replace(compose=(str(path),))
    world = copy.world._replace(directory=directory)
    return make_release(world, Source(settings, source.version, model), pull=False)


def _refuse_obstacles(wish: Wish, stacks: Sequence[Stack], private: Path | None = None) -> None:
    """``private`` is a directory that goes with the rehearsal: what is written there is."""

    def kind(path: str) -> Place:
        own = private is not None and Path(path).is_relative_to(private)
        return Place.FILE if own else _kind(Path(path))

    found = [text for stack in stacks for text in obstacles(*stack, kind, wish.outside)]
    if found:
        raise CannotRehearse(
            f"a copy of {wish.settings.service!r} would touch what the real one uses",
            'change what is listed, then see what would be made with "hitless rehearse --dry-run"',
            tuple(dict.fromkeys(found)),
        )


def _kind(path: Path) -> Place:
    if path.is_file():
        return Place.FILE
    if path.is_dir():
        return Place.DIRECTORY
    return Place.SPECIAL if path.exists() else Place.ABSENT


def _refuse_without_room(copy: Copy, settings: Settings) -> None:
    """The copy takes what the real service takes now; its deploy then looks for the rest."""
    engine = copy.real.engine
    running = (c for c in engine.containers(settings.service) if c.running)
    needed, free = sum(engine.memory(c.id) for c in running), copy.real.host.free_memory()
    if free < needed:
        raise MemoryShort(
            f"{settings.service!r} takes {needed / 1e6:.0f} MB, and only {free / 1e6:.0f} MB are "
            "available for a copy of it",
            'see what takes memory with "docker stats --no-stream", or rehearse elsewhere',
        )


def _ports(copy: Copy, wish: Wish, stacks: Sequence[Stack]) -> dict[int, int]:
    """Free ports for all that either release publishes; ascending, as their order counts."""
    wanted = sorted({port for stack in stacks for port in published(*stack)})
    start = zlib.crc32(wish.settings.service.encode())
    numbers = sorted(FIRST_PORT + (start + n) % PORTS for n in range(len(wanted) + SPARE))
    host = copy.world.host
    free = (n for n in numbers if n not in wanted and host.port_free(LOOPBACK, n))
    found = dict(zip(wanted, free, strict=False))
    if len(found) < len(wanted):
        raise PortTaken(
            f"too few ports are free on {LOOPBACK} from {numbers[0]} to {numbers[-1]}",
            f'see who listens with "ss -ltn src {LOOPBACK}"',
        )
    return found
