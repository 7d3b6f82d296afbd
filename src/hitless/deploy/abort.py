"""The command ``abort``: ask whoever is at work to stop, and wait for a safe end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitless.deploy.access import access

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.domain.journal import Deploy
    from hitless.domain.lock import Process

LOOK_AGAIN = 0.1


@dataclass(frozen=True, slots=True)
class Aborted:
    """A command that was asked to stop, and has ended.

    Attributes:
        command: What it was.
        deploy: How the deploy or rollback ended that it ran; None when it ran none yet.
    """

    command: str
    deploy: Deploy | None


def abort(world: World, run: str = "") -> Aborted | None:
    """Ask the holder of the lock to stop; None when nobody holds it.

    Args:
        world: The ports.
        run: Only the command with this key, be it at work or still waiting.

    Raises:
        ProcessForbidden: when the process is another user's.
    """
    command, process = _chosen(world, run)
    running = world.store.unfinished()
    if process is None or not world.host.ask_to_stop(process):
        return None
    world.reporter.say(f"asked process {process.pid} ({command}) to stop")
    while world.host.lives(process):
        world.clock.sleep(LOOK_AGAIN)
    return Aborted(command, world.store.deploy(running.id) if running else None)


def _chosen(world: World, run: str) -> tuple[str, Process | None]:
    found = access(world)
    if found.holder and run in ("", found.holder.run):
        return found.holder.command, found.holder.process
    waiting = next((one for one in found.waiting if run and one.run == run), None)
    return (f"deploy {waiting.version}", waiting.process) if waiting else ("", None)
