"""The disposable copy of a service: what it consists of, and removing all of it.

A note in its state directory is there before anything else of it is, so that whoever comes
after a killed rehearsal knows what to look for.
"""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hitless.domain.container import Role
from hitless.domain.errors import Locked, RunElsewhere
from hitless.domain.slot import Slot
from hitless.stack.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.deploy.context import World
    from hitless.domain.ports import Checkouts, Lock, Prober
    from hitless.domain.settings import Settings

NOTE = "copy.json"
REMOVING = "remove a copy"
AT_ONCE = 0.0  # somebody who rehearses does so for minutes


@dataclass(frozen=True, slots=True)
class Copy:
    """A service, and the ports for a copy of it.

    Attributes:
        name: That of its environment, for ``-e``.
        real: The service itself; of it a rehearsal only reads, and records its result.
        world: The copy's own ports, with a state directory of its own.
        lock: Held by whoever makes or removes a copy: there is one at a time.
        checkouts: Where an earlier revision comes from.
        prober: Makes a new one; each serves once.
        load: Reads the hitless.yaml of a directory.
    """

    name: str
    real: World
    world: World
    lock: Lock
    checkouts: Checkouts
    prober: Callable[[], Prober]
    load: Callable[[Path], Settings]


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a copy.

    Attributes:
        service: The name of all that belongs to it.
        checkout: The directory of another revision; empty without one.
        kept: It was left up on purpose.
    """

    service: str
    checkout: str = ""
    kept: bool = False


@contextmanager
def alone(copy: Copy, why: str) -> Iterator[None]:
    """A block in which nobody else makes or removes the copy.

    Raises:
        Locked: when somebody does.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(copy.lock.hold(why, AT_ONCE))
        except Locked as error:
            hint = f'wait for its end, or stop it with "hitless -e {copy.name} abort"'
            raise Locked(error.message, hint) from error
        yield


def read_note(copy: Copy) -> Note | None:
    """The note of the copy that is there; None when there is none, or nobody can read it."""
    try:
        found = json.loads((copy.world.home / NOTE).read_text())
        return Note(str(found["service"]), str(found["checkout"]), bool(found["kept"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_note(copy: Copy, note: Note) -> None:
    """Whole or not at all."""
    home = copy.world.home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = home / f"{NOTE}.tmp"
    beside.write_text(json.dumps(asdict(note)))
    beside.replace(home / NOTE)


def end_rehearsal(copy: Copy) -> bool:
    """Remove what a rehearsal left whose process died; true when there was something.

    No effect on one that runs, and on a copy that was left up on purpose.
    """
    if read_note(copy) is None:
        return False
    try:
        with alone(copy, REMOVING):
            note = read_note(copy)  # another one may have been made and ended meanwhile
            if note and not note.kept:
                remove(copy, note.service)
            return bool(note and not note.kept)
    except Locked:
        return False


def remove(copy: Copy, service: str) -> tuple[str, ...]:
    """Remove everything of a copy, data and images too; returns the names.

    Nothing of it is worth an orderly end, so nothing is waited for. The caller holds the lock.

    Raises:
        RunElsewhere: when it is the copy of another directory on this machine.
    """
    note = read_note(copy)
    _refuse_another(copy, service)
    removed: list[str] = []
    while found := list(_remove_round(copy.world, service)):
        removed += found  # a program that outlived its rehearsal may still make something
    if note and note.checkout:
        copy.checkouts.remove(copy.real.directory, Path(note.checkout))
    if copy.world.home.exists():
        copy.world.edge.remove()
    copy.world.store.close()
    shutil.rmtree(copy.world.home, ignore_errors=True)
    return tuple(removed)


def _remove_round(world: World, service: str) -> Iterator[str]:
    engine, layout = world.engine, Layout(service, "")
    for container in engine.containers(service):
        engine.remove(container.id)
        yield container.name
    ours = {layout.network, *(layout.project(slot) for slot in Slot)}
    for name in [network.name for network in engine.networks() if network.name in ours]:
        engine.remove_network(name)
        yield name
    for name in engine.volumes(service):
        engine.remove_volume(name)
        yield name
    for name in (*engine.images(f"hitless/{service}/"), *engine.images(f"{service}/")):
        engine.untag(name)
        yield name


def _refuse_another(copy: Copy, service: str) -> None:
    """Two checkouts on one machine, as a CI server has them, have a copy of one name.

    One whose directory is gone belongs to nobody.
    """
    found = copy.world.engine.containers(service)
    home = next((c.home for c in found if c.role == Role.EDGE), "")
    if home not in ("", str(copy.world.home.resolve())) and Path(home).is_dir():
        directory = Path(home).parents[1]
        raise RunElsewhere(
            f"{service!r} is rehearsed from {directory} at this moment, or was left up",
            f'wait for it, or remove it with "cd {directory} && hitless rehearse --remove"',
        )
