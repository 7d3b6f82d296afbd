"""Ending what a dead process left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.context import Context
from hitless.deploy.runner import converge
from hitless.deploy.story import undoable
from hitless.deploy.watch import Watch
from hitless.domain.journal import Outcome
from hitless.stack.layout import Layout
from hitless.stack.projects import public_port
from hitless.stack.subnet import choose

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.domain.journal import Deploy
    from hitless.domain.settings import Settings


def recover(world: World) -> tuple[Deploy, Outcome] | None:
    """Bring an interrupted deploy to its only legal end; None when there is none.

    The caller holds the lock: so the process that began the deploy is dead.

    Raises:
        HumanNeeded: when that is not possible.
    """
    deploy = world.store.unfinished() or _needing_help(world)
    if deploy is None:
        _remember(world)
        return None
    ctx = context(world, deploy)
    world.reporter.say(f"deploy {deploy.id} of {ctx.release} was interrupted, recovering")
    script, to_undo = undoable(deploy.kind, ctx.release.settings), list[str]()
    with world.interrupts.shield(to_undo):
        try:
            outcome = converge(ctx, script, "its process died", to_undo)
        finally:
            _tell_and_certify(ctx)
    return deploy, outcome


def _tell_and_certify(ctx: Context) -> None:
    from hitless.deploy.certificate import certify  # noqa: PLC0415  # rarely needed by a rollback
    from hitless.deploy.notify import tell_ended  # noqa: PLC0415

    tell_ended(ctx)
    certify(ctx.world, ctx.deploy.id)


def context(world: World, deploy: Deploy) -> Context:
    """A deploy's context, from what is recorded of it."""
    release = world.store.release(deploy.release)
    previous = world.store.release(deploy.previous) if deploy.previous else None
    port = public_port(release.compose, release.settings)[1]
    return Context(
        world=world,
        deploy=deploy,
        release=release,
        previous=previous,
        layout=layout(world, release.settings),
        watch=Watch(world.prober, world.reporter, release.settings.probe, port, world.edge.key),
    )


def layout(world: World, settings: Settings) -> Layout:
    """Names and addresses of a service on this machine."""
    draft = Layout(settings.service, "")
    networks = world.engine.networks()
    subnet = choose(settings.service, draft.network, settings.subnet, networks)
    return Layout(settings.service, subnet)


def _needing_help(world: World) -> Deploy | None:
    last = next(iter(world.store.deploys(1)), None)
    return last if last and last.outcome is Outcome.NEEDS_HUMAN else None


def _remember(world: World) -> None:
    if world.store.deploys(1):
        return
    from hitless.deploy.remember import remember  # noqa: PLC0415  # hardly ever needed

    remember(world)
