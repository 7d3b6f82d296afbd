"""The command ``rehearse``: a deploy and its way back, on a copy, under load.

The release that serves comes up in a copy of the stack, today's files are deployed onto it
by the code of every deploy, and it is rolled back hot, warm and cold. Users' service is only
read. The times are kept, and quoted by ``rollback --dry-run``.
"""

from __future__ import annotations

import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitless.deploy.copied import releases
from hitless.deploy.copy import Copy, Note, alone, remove, write_note
from hitless.deploy.deploy import put_into_service
from hitless.deploy.forecast import TIERS, measured
from hitless.deploy.hold import hold
from hitless.deploy.record import record
from hitless.deploy.recover import context
from hitless.deploy.rollback import rollback
from hitless.deploy.slots import vacate
from hitless.deploy.steps.retire import stop_previous
from hitless.deploy.traffic import traffic
from hitless.domain.errors import HitlessError, Interrupted, RehearsalFailed, SchemaMovedOn
from hitless.domain.evidence import Evidence
from hitless.domain.journal import Kind, Outcome
from hitless.domain.rehearsal import Rehearsal
from hitless.stack.projects import public_port
from hitless.stack.rehearsal import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hitless.deploy.context import Context, World
    from hitless.deploy.copied import Wish
    from hitless.domain.ports import Prober
    from hitless.domain.release import Release

SHOWN_FAILURES = 10


def rehearse(copy: Copy, wish: Wish, *, keep: bool = False) -> Rehearsal:
    """Deploy onto a copy and go back, under load; the copy is removed, however it ends.

    Args:
        copy: The service, and the ports for its copy.
        wish: What is to be rehearsed.
        keep: Leave the copy up, for a look.

    Raises:
        NothingToRehearse: when nothing serves and no revision is named.
        CannotRehearse: when a copy would touch what the real service uses.
        Locked: when another rehearsal is under way.
        DeployFailed: when a release did not get, or did not keep, the copy's traffic.
    """
    own = name_of(wish.settings.service)
    with alone(copy, f"rehearse {wish.version}".strip()):
        remove(copy, own)  # what is left of one whose process died, or was left up
        note = Note(own, _new_directory(own) if wish.revision else "")
        with _left_as_wished(copy, note, keep=keep):
            return _played(copy, *releases(copy, wish, note))


def judge(found: Rehearsal) -> None:
    """Raises RehearsalFailed when a request failed."""
    if found.failed:
        raise RehearsalFailed(
            f"{found.failed} of {found.sent} requests failed in {found}",
            'look into the copy after "hitless rehearse --keep"',
            found.failures,
        )


@contextmanager
def _left_as_wished(copy: Copy, note: Note, *, keep: bool) -> Iterator[None]:
    write_note(copy, note)
    try:
        yield
    finally:
        with copy.world.interrupts.shield((f"remove {note.service}",)):
            if keep:
                write_note(copy, replace(note, kept=True))
            else:
                removed = remove(copy, note.service)
                copy.world.reporter.say(f"{note.service}: {len(removed)} things removed")


def _played(copy: Copy, before: Release, after: Release) -> Rehearsal:
    """The whole of it, recorded whatever its end is; but for one that the user broke off."""
    world, started = copy.world, copy.world.clock.now()
    title = f"{before.version} → {after.version}"
    world.reporter.say(f"rehearsing {title} in {after.settings.service}")
    seen: list[Evidence] = []
    try:
        _put(copy, before)
        with _load(copy, before, seen) as witness:
            _there_and_back(copy, before, after, witness)
    except Interrupted:
        raise
    except HitlessError as error:
        found = _measured(copy, before, after, started, seen)
        found = copy.real.store.add_rehearsal(replace(found, reason=error.message))
        copy.real.reporter.say(f"{found} ended early; users' service is as it was")
        raise
    return copy.real.store.add_rehearsal(_measured(copy, before, after, started, seen))


@contextmanager
def _load(copy: Copy, release: Release, seen: list[Evidence]) -> Iterator[Prober]:
    """Requests of every kind for as long as the block lasts; what came back is in ``seen``."""
    witness = copy.prober()
    witness.start(
        traffic(release.settings.probe, public_port(release.compose, release.settings)[1])
    )
    try:
        yield witness
    finally:
        with copy.world.interrupts.shield():
            seen.append(witness.stop())


def _there_and_back(copy: Copy, before: Release, after: Release, witness: Prober) -> None:
    """Deploy, then a rollback of each tier: hot, warm and cold."""
    _put(copy, after)
    copy.world.reporter.watching(witness.snapshot)  # the deploy's own prober has ended
    try:
        _turn(copy, before)
    except SchemaMovedOn as error:
        copy.world.reporter.say(f"no way back is rehearsed: {error.message}")
        return
    for leave in (stop_previous, _empty_previous):
        _turn(copy, after)
        _leave(copy, leave)
        _turn(copy, before)


def _put(copy: Copy, release: Release) -> None:
    with hold(copy.world._replace(prober=copy.prober()), f"deploy {release.version}") as world:
        put_into_service(world, release)
    _stop_if_asked(copy)


def _turn(copy: Copy, release: Release) -> None:
    """A rollback; also forwards, where it is hot."""
    copy.world.reporter.say(f"{release} takes the traffic again")
    rollback(copy.world, to=release.id, wait=True)
    _stop_if_asked(copy)


def _stop_if_asked(copy: Copy) -> None:
    """A deploy that a signal meets behind its commit point goes on; a rehearsal does not."""
    if copy.world.interrupts.asked():
        raise Interrupted("stopped by a signal")


def _leave(copy: Copy, how: Callable[[Context], object]) -> None:
    """Do something with the slot that users just left."""
    with hold(copy.world, "rehearse") as world:
        how(context(world, world.store.deploys(1)[0]))


def _empty_previous(ctx: Context) -> None:
    vacate(ctx, ctx.slot.other)


def _measured(
    copy: Copy, before: Release, after: Release, started: float, seen: list[Evidence]
) -> Rehearsal:
    world, load = copy.world, seen[0] if seen else Evidence()
    tiers = {tier: tuple(one.seconds for one in measured(world, tier)) for tier in TIERS}
    return Rehearsal(
        before=before.version,
        after=after.version,
        actor=world.host.actor(),
        started=started,
        ended=world.clock.now(),
        tiers={tier: times for tier, times in tiers.items() if times},
        sent=load.sent,
        failed=load.failed,
        failures=_failures(load),
        **_deployed(world),
    )


def _deployed(world: World) -> dict[str, Any]:
    """How long the deploy took that had something to replace; empty without one."""
    for deploy in world.store.deploys(20):
        if deploy.kind is Kind.DEPLOY and deploy.previous and deploy.outcome is Outcome.LIVE:
            took = (deploy.ended or deploy.started) - deploy.started
            confirmed = record(world.store, deploy.id).confirmed_ms
            return {"deploy": round(took, 3), "cutover_ms": confirmed}
    return {}


def _failures(seen: Evidence) -> tuple[str, ...]:
    return tuple(
        f"{one.kind.value} {one.path}: {one.reason}" + (f" (slot {one.slot})" if one.slot else "")
        for one in seen.failures[:SHOWN_FAILURES]
    )


def _new_directory(service: str) -> str:
    """One that is not there yet, so that its name can be noted first."""
    return str(Path(tempfile.gettempdir()) / f"hitless-{service}-{uuid.uuid4().hex[:8]}")
