"""The command ``rollback``: back to an earlier release, in a fraction of a second.

It reads what was recorded and never today's files, and it imports nothing that it
does not need: starting the interpreter is a large part of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.begin import begin
from hitless.deploy.done import Done
from hitless.deploy.hold import ANY_COMMAND, hold
from hitless.deploy.recover import recover
from hitless.deploy.runner import do, finish, run
from hitless.deploy.script import Script
from hitless.deploy.standing import brought_by, observe, recorded_service
from hitless.deploy.turn_back import ROLLBACK
from hitless.domain.container import Role
from hitless.domain.errors import NoRollbackTarget, NothingDeployed
from hitless.domain.journal import Kind, Outcome

if TYPE_CHECKING:
    from hitless.deploy.context import Context, World
    from hitless.deploy.standing import Standing
    from hitless.domain.lock import Claim
    from hitless.domain.release import Release


def rollback(world: World, *, to: str = "", wait: bool = False, claim: Claim = ANY_COMMAND) -> Done:
    """Give users' traffic back to an earlier release.

    Args:
        world: The ports.
        to: A release's id or version; by default the one before the active one.
        wait: Return when the workers, too, have changed hands; otherwise that goes on
            behind, under the same lock, and is recovered if it dies.
        claim: How long to wait for the lock, and what to say to others who do.

    Raises:
        NothingDeployed: when nothing serves.
        NoRollbackTarget: when there is no earlier release, or none of that name.
        Locked: when another process changes this service.
        DeployFailed: when the earlier release cannot serve; the active one goes on.
    """
    with hold(world, f"rollback {to}".strip(), claim) as world:  # noqa: PLR1704
        recover(world)
        standing = observe(world, recorded_service(world))
        target = _target(world, standing, to)
        if target.id == standing.active_release:
            return Done(None, target)
        ctx = begin(world, Kind.ROLLBACK, target, standing)
        _run(ctx, wait=wait)
        return Done(world.store.deploy(ctx.deploy.id), target)


def tier(standing: Standing, release: Release) -> str:
    """How a release would come back: hot, warm (start) or cold (create)."""
    kept = [c for c in standing.containers if c.release == release.id and c.role == Role.WEB]
    if not kept:
        return "cold"
    return "hot" if all(container.running for container in kept) else "warm"


def target(world: World, to: str = "") -> tuple[Release, str]:
    """The release that :func:`rollback` would bring back, and its tier."""
    standing = observe(world, recorded_service(world))
    release = _target(world, standing, to)
    return release, tier(standing, release)


def _target(world: World, standing: Standing, to: str) -> Release:
    if standing.active_release is None:
        raise NothingDeployed(
            f"no release of {standing.service!r} serves", 'deploy one with "hitless deploy"'
        )
    return _named(world, to) if to else _before(world, standing.active_release)


def _named(world: World, name: str) -> Release:
    release = world.store.find_release(name)
    if release:
        return release
    raise NoRollbackTarget(
        f"no release {name!r} is kept here", 'see which can be brought back with "hitless history"'
    )


def _before(world: World, active: str) -> Release:
    brought = brought_by(world, active)
    if brought is None or brought.previous is None:
        raise NoRollbackTarget(
            f"release {active} is the first one here",
            'name another with "hitless rollback --to RELEASE"',
        )
    return world.store.release(brought.previous)


def _run(ctx: Context, *, wait: bool) -> None:
    """All steps here, or those that users wait for here and the others behind."""
    told = ctx.previous is not None and bool(ctx.previous.settings.notify)
    here = wait or not (ctx.release.settings.workers or told)
    front = tuple(step for step in ROLLBACK.steps if here or step.name not in ROLLBACK.behind)
    try:
        run(ctx, Script(front, ROLLBACK.commit), last=here)
    except BaseException:
        _tell(ctx)
        raise
    if here:
        _tell(ctx)
        return
    ctx.world.store.close()
    if ctx.world.background.split(ctx.world.home / "logs" / f"{ctx.deploy.id}.log"):
        _finish_behind(ctx)


def _tell(ctx: Context) -> None:
    if ctx.previous and ctx.previous.settings.notify:
        from hitless.deploy.notify import tell_ended  # noqa: PLC0415  # only where somebody listens

        with ctx.world.interrupts.shield():
            tell_ended(ctx)


def _certify(ctx: Context) -> None:
    from hitless.deploy.certificate import certify  # noqa: PLC0415  # nobody waits any more

    certify(ctx.world, ctx.deploy.id)


def _finish_behind(ctx: Context) -> None:
    """In the process behind: the journal tells a later command if this dies."""
    try:
        ctx.world.store.hand_on(ctx.world.host.process())
        for name in ROLLBACK.behind:
            do(ctx, ROLLBACK.step(name))
        finish(ctx, Outcome.LIVE)
        _tell(ctx)
        _certify(ctx)
    finally:
        ctx.world.background.leave()
