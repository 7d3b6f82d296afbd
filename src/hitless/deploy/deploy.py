"""The command ``deploy``: from the files of today to a release in service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.begin import begin
from hitless.deploy.blue_green import scripted
from hitless.deploy.certificate import certify
from hitless.deploy.done import Done
from hitless.deploy.hold import ANY_COMMAND, in_turn
from hitless.deploy.hooks import run_last_hook
from hitless.deploy.notify import tell_ended
from hitless.deploy.plain import end_adoption
from hitless.deploy.prepare import make_release, read
from hitless.deploy.recover import layout, recover
from hitless.deploy.runner import run
from hitless.deploy.standing import observe
from hitless.deploy.step import promise
from hitless.domain.errors import DiskFull
from hitless.domain.journal import Kind
from hitless.domain.plan import Plan, PlannedStep
from hitless.domain.slot import Slot
from hitless.stack.classify import notes
from hitless.stack.layout import Layout, instances

if TYPE_CHECKING:
    from hitless.deploy.context import Context, World
    from hitless.domain.evidence import Evidence
    from hitless.domain.lock import Claim
    from hitless.domain.release import Release
    from hitless.domain.settings import Settings


def deploy(
    world: World,
    settings: Settings,
    *,
    version: str = "",
    pull: bool = False,
    force: bool = False,
    zero_failed: bool = False,
    claim: Claim = ANY_COMMAND,
) -> Done:
    """Put what the files describe into service.

    Args:
        world: The ports.
        settings: From hitless.yaml.
        version: The user's name for the release; by default from git.
        pull: Also pull images that are here already.
        force: Deploy although the very same release serves already.
        zero_failed: Go back when the prober saw a single failed request before the promote.
        claim: How long to wait for the lock, and what to say to others who do.

    Raises:
        Frozen: when deploys are not allowed now.
        Overtaken: when a newer deploy was asked for while this one waited.
        Locked: when another process changes this service.
        Superseded: when another process took the lock; nothing was changed after that.
        DeployFailed: when the release did not get, or did not keep, the traffic.
    """
    with in_turn(world, version, claim) as world:  # noqa: PLR1704  # only this one may change
        recover(world)
        end_adoption(world)
        source = read(world, settings, version)
        release = make_release(world, source, pull=pull)
        return put_into_service(world, release, force=force, zero_failed=zero_failed)


def put_into_service(
    world: World, release: Release, *, force: bool = False, zero_failed: bool = False
) -> Done:
    """Give a release the traffic, or leave all as it is; for who holds the lock.

    Raises:
        DeployFailed: when the release did not get, or did not keep, the traffic.
    """
    standing = observe(world, release.settings.service)
    if standing.active_release == release.id and not force:
        return Done(None, release)
    world.store.add_release(release)
    none_may_fail = zero_failed or release.settings.verify.require_zero_failed
    ctx = begin(world, Kind.DEPLOY, release, standing)._replace(zero_failed=none_may_fail)
    try:
        evidence = _run_watched(ctx)
    finally:
        with world.interrupts.shield():
            run_last_hook(ctx)
            tell_ended(ctx)
            certify(world, ctx.deploy.id)
    return Done(world.store.deploy(ctx.deploy.id), release, evidence)


def make_plan(world: World, settings: Settings, version: str = "") -> Plan:
    """What :func:`deploy` would do; nothing is built, pulled or changed."""
    source = read(world, settings, version)
    standing = observe(world, settings.service)
    place = layout(world, settings)
    target = standing.active.other if standing.active else Slot.BLUE
    return Plan(
        service=settings.service,
        version=source.version,
        active=standing.active,
        target=target,
        subnet=place.subnet,
        projects=_projects(settings, place),
        addresses=_addresses(settings, place),
        notes=notes(source.model, settings),
        steps=tuple(PlannedStep(step.name, promise(step)) for step in scripted(settings).steps),
    )


def _run_watched(ctx: Context) -> Evidence | None:
    """Run the script while the prober uses the service as users do."""
    evidence = None
    try:
        if not ctx.deploy.first:  # else there is nobody to ask before the cutover
            ctx.watch.begin()
        run(ctx, scripted(ctx.release.settings))
    finally:
        with ctx.world.interrupts.shield():
            evidence = ctx.watch.end()
            if evidence is not None:
                _keep(ctx, evidence)
    return evidence


def _keep(ctx: Context, evidence: Evidence) -> None:
    """Record what was seen; a full disk must not hide how the deploy ended."""
    try:
        ctx.world.store.save_evidence(ctx.deploy.id, evidence)
    except DiskFull as error:
        ctx.world.reporter.say(f"what the prober saw is not recorded: {error.message}")


def _projects(settings: Settings, place: Layout) -> dict[str, tuple[str, ...]]:
    names = tuple(one.name for one in instances(settings))
    shared = {place.shared: settings.accessories} if settings.accessories else {}
    slots = {place.project(slot): names for slot in Slot}
    return {**shared, place.edge: (settings.proxy.service,), **slots}


def _addresses(settings: Settings, place: Layout) -> dict[str, str]:
    slots = {
        place.container(slot, one): place.address(slot, one)
        for slot in Slot
        for one in instances(settings)
    }
    return {place.edge: place.addresses.edge()} | slots
