"""Holding the lock: one process changes a service, and one that lost the lock does not."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from hitless.domain.errors import Frozen, Overtaken
from hitless.domain.lock import Claim, Holder, Ticket, described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.deploy.context import World

# What these ports change; everything else in them only looks.
CHANGES = {
    "engine": frozenset(
        {
            *("start", "stop", "remove", "signal", "run_in", "tag", "untag"),
            *("create_network", "remove_network", "ensure_volume", "remove_volume"),
        }
    ),
    "compose": frozenset(("build", "pull", "pull_image", "up", "run")),
    "edge": frozenset(
        {
            *("activate", "shift", "set_closed", "set_fallback", "set_maintenance"),
            *("stage", "adopt", "remove", "keep", "forget"),
        }
    ),
}
ANY_COMMAND = Claim()


class Fenced:
    """A port whose changes are made only while the lock is still ours.

    The kernel frees a lock on death only, so it is lost in other ways: its file was
    removed by hand, or lies on a file system that forgets locks. Then two processes may
    run; the one with the older token must not touch anything.

    Args:
        port: The port itself.
        changes: The names of its methods that change something.
        check: Raises when the lock is another's.
    """

    def __init__(self, port: Any, changes: frozenset[str], check: Callable[[], None]) -> None:
        self._port = port
        self._changes = changes
        self._check = check

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        return self._checked(method) if name in self._changes else method

    def _checked(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def change(*words: Any, **named: Any) -> Any:
            self._check()
            return method(*words, **named)

        return change


@contextmanager
def hold(
    world: World, command: str, claim: Claim = ANY_COMMAND, ticket: int = 0
) -> Iterator[World]:
    """Hold the lock for a block; gives the world in which the block may change things.

    Raises:
        Locked: naming who holds it, when that has not ended in time.
        Superseded: from any change in the block, when another process took the lock.
    """
    url = world.host.run_url()
    with world.lock.hold(described(command, claim.reason, url), claim.patience):
        holder = Holder(
            actor=world.host.actor(),
            command=command,
            since=world.clock.now(),
            process=world.host.process(),
            reason=claim.reason,
            run_url=url,
            run=claim.run,
            ticket=ticket,
        )
        world.store.take(holder)
        yield _fenced(world)


@contextmanager
def in_turn(world: World, version: str, claim: Claim) -> Iterator[World]:
    """Hold the lock for a deploy, after standing in the queue for it.

    Of those who wait, only the newest is carried out: it holds what the others bring.

    Raises:
        Frozen: when deploys are not allowed now; told before and after waiting.
        Overtaken: when a newer deploy waits, or got the lock first.
        Locked: naming who holds it, when that has not ended in time.
    """
    _refuse_frozen(world)
    me = Ticket(version, world.host.actor(), world.host.process(), claim.run)
    number = world.store.queue(me).number
    with ExitStack() as queue:
        queue.callback(world.store.unqueue, number)
        with hold(world, f"deploy {version}".strip(), claim, number) as held:
            queue.close()
            _refuse_overtaken(held, number)
            _refuse_frozen(held)
            yield held


def _fenced(world: World) -> World:
    check = world.store.check
    return world._replace(
        engine=Fenced(world.engine, CHANGES["engine"], check),
        compose=Fenced(world.compose, CHANGES["compose"], check),
        edge=Fenced(world.edge, CHANGES["edge"], check),
    )


def _refuse_frozen(world: World) -> None:
    freeze = world.store.frozen()
    if freeze is None or world.clock.now() >= freeze.until:
        return
    until = time.strftime("%Y-%m-%d %H:%M", time.localtime(freeze.until))
    why = f": {freeze.reason}" if freeze.reason else ""
    raise Frozen(
        f"{freeze.actor} froze deploys until {until}{why}",
        'end it with "hitless freeze off"; "hitless rollback" works all the while',
    )


def _refuse_overtaken(world: World, number: int) -> None:
    newer = [one for one in world.store.waiting() if one.number > number]
    newest = next((one for one in reversed(newer) if world.host.lives(one.process)), None)
    if newest is None and world.store.served() <= number:
        return
    by = f"deploy {newest.version} by {newest.actor}" if newest else "a newer deploy"
    raise Overtaken(
        f"skipped: {by} was asked for while this one waited",
        'see what serves with "hitless status"',
    )
