"""The command ``doctor``: can this machine release?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.deploy.steps.preflight import LEAST_FREE
from hitless.domain.errors import DiskFull, HitlessError

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitless.deploy.context import World


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at.

    Attributes:
        found: What is there; or, when it is not right, what is wrong.
        hint: What to do about it.
    """

    name: str
    ok: bool
    found: str
    hint: str = ""


def examine(world: World, config: Callable[[], str]) -> tuple[Checked, ...]:
    """Look at everything a release needs; nothing is changed.

    Args:
        world: The ports.
        config: Reads hitless.yaml and tells what it found.
    """
    return (
        _checked("engine", world.engine.version),
        _checked("compose", world.compose.version),
        _checked("disk", lambda: _disk(world)),
        _checked("state", lambda: _state(world)),
        _checked("hitless.yaml", config),
    )


def _checked(name: str, look: Callable[[], str]) -> Checked:
    try:
        return Checked(name, ok=True, found=look())
    except HitlessError as error:
        found = "; ".join((error.message, *error.details))
        return Checked(name, ok=False, found=found, hint=error.hint)


def _disk(world: World) -> str:
    free = world.host.free_bytes(world.home)
    if free < LEAST_FREE:
        raise DiskFull(f"only {free / 1e6:.0f} MB are free", 'free some: "docker image prune"')
    return f"{free / 1e9:.0f} GB free"


def _state(world: World) -> str:
    left = world.store.unfinished()
    return f"deploy {left.id} has not ended" if left else "no deploy is open"
