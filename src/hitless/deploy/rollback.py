"""The command ``rollback``: back to an earlier release, in a fraction of a second.

It reads what was recorded and never today's files, and it imports nothing that it
does not need: starting the interpreter is a large part of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitless.deploy.begin import begin
from hitless.deploy.done import Done
from hitless.deploy.hold import ANY_COMMAND, hold
from hitless.deploy.recover import recover
from hitless.deploy.runner import do, finish, run
from hitless.deploy.script import Script
from hitless.deploy.standing import HISTORY, LATELY, observe, recorded_service
from hitless.deploy.turn_back import ROLLBACK
from hitless.domain.container import Role
from hitless.domain.errors import NoRollbackTarget, NothingDeployed, SchemaMovedOn
from hitless.domain.journal import Kind, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.deploy.context import Context, World
    from hitless.deploy.standing import Standing
    from hitless.domain.journal import Deploy
    from hitless.domain.lock import Claim
    from hitless.domain.release import Release

EXPAND = "expand"


def rollback(
    world: World,
    *,
    to: str = "",
    wait: bool = False,
    force: bool = False,
    claim: Claim = ANY_COMMAND,
) -> Done:
    """Give users' traffic back to an earlier release.

    Args:
        world: The ports.
        to: A release's id or version; by default the one before the active one.
        force: Also to a release whose part of the schema was taken away since.
        wait: Return when the workers, too, have changed hands; otherwise that goes on
            behind, under the same lock, and is recovered if it dies.
        claim: How long to wait for the lock, and what to say to others who do.

    Raises:
        NothingDeployed: when nothing serves.
        NoRollbackTarget: when there is no earlier release, or none of that name.
        SchemaMovedOn: when a contract migration ran since, and ``force`` is not given.
        Locked: when another process changes this service.
        DeployFailed: when the earlier release cannot serve; the active one goes on.
    """
    with hold(world, f"rollback {to}".strip(), claim) as world:  # noqa: PLR1704
        recover(world)
        standing = observe(world, recorded_service(world))
        target = _target(world, standing, to)
        if target.id == standing.active_release:
            return Done(None, target)
        if not force:
            _refuse_behind_contract(world, target)
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


def expansions(world: World, release: Release) -> list[tuple[Deploy, Mapping[str, Any]]]:
    """What migrations recorded since a release last came into service, newest first.

    Also those of deploys that failed later: nothing takes a migration back.
    """
    for limit in (LATELY, HISTORY):
        found: list[tuple[Deploy, Mapping[str, Any]]] = []
        for deploy in world.store.deploys(limit):
            if deploy.started < release.created:
                return found  # it knows what was done before it was made
            if deploy.kind is not Kind.DEPLOY:
                continue
            if deploy.release == release.id and deploy.outcome is Outcome.LIVE:
                return found
            rows = world.store.entries(deploy.id)
            ended = (e.detail for e in rows if e.step == EXPAND and e.status is Status.DONE)
            found += [(deploy, facts) for facts in ended]
    return found


def _refuse_behind_contract(world: World, target: Release) -> None:
    """What :func:`hitless.domain.schema.contracts` says, without its import."""
    for deploy, facts in expansions(world, target):
        if facts.get("contract") and (facts["before"] != facts["after"] or not facts["after"]):
            raise SchemaMovedOn(
                f"deploy {deploy.id} took away from the schema what {target} may use",
                "repair the active release by a new deploy; or, if the earlier one works without, "
                'or lost data is no matter, "hitless rollback --force-data-risk"',
            )


def _target(world: World, standing: Standing, to: str) -> Release:
    if standing.active_release is None:
        raise NothingDeployed(
            f"no release of {standing.service!r} serves", 'deploy one with "hitless deploy"'
        )
    return _named(world, to) if to else _before(world, standing, standing.active_release)


def _named(world: World, name: str) -> Release:
    release = world.store.find_release(name)
    if release:
        return release
    raise NoRollbackTarget(
        f"no release {name!r} is kept here", 'see which can be brought back with "hitless history"'
    )


def _before(world: World, standing: Standing, active: str) -> Release:
    brought = world.store.brought(active)
    before = brought.previous if brought else _approved(world, standing)
    if before is None:
        raise NoRollbackTarget(
            f"release {active} is the first one here",
            'name another with "hitless rollback --to RELEASE"',
        )
    return world.store.release(before)


def _approved(world: World, standing: Standing) -> str | None:
    """Who was approved as a backup, where no deploy is recorded any more."""
    if world.store.deploys(1) or not (standing.fallback and standing.active):
        return None
    return standing.release_in(standing.active.other)


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
