"""Telling others that a deploy began and how it ended; no deploy fails by it.

The channels are those of the newest release that takes part: for a rollback that is the
one which is being left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.errors import HitlessError, NotDelivered
from hitless.domain.journal import Entry, Kind, Outcome, Status
from hitless.domain.notice import Event, Notice

if TYPE_CHECKING:
    from hitless.deploy.context import Context, World
    from hitless.deploy.step import Facts
    from hitless.domain.journal import Deploy
    from hitless.domain.settings import Channel, Settings


def channels(ctx: Context) -> tuple[Channel, ...]:
    """Who is to be told."""
    newest = ctx.previous if ctx.deploy.kind is Kind.ROLLBACK and ctx.previous else ctx.release
    return newest.settings.notify


class TellStarted:
    """Tells the channels of notify that the deploy begins.

    Undo has nothing to restore.
    """

    name = "tell started"

    def do(self, ctx: Context) -> Facts:
        """Who did not take it is recorded; the deploy goes on."""
        return _tell(ctx, ctx.deploy, Event.STARTED)

    def undo(self, ctx: Context) -> None:
        """What was told was told; how it ends is told, too."""


def tell_ended(ctx: Context) -> None:
    """Tell how it ended; no effect when another process will end it."""
    deploy = ctx.world.store.deploy(ctx.deploy.id)
    if deploy.outcome is Outcome.RUNNING:
        return
    facts = _tell(ctx, deploy, Event(deploy.outcome.value))
    if facts:
        status = Status.FAILED if facts.get("not_told") else Status.DONE
        _record(ctx, f"tell {deploy.outcome}", status, facts)


def try_out(world: World, settings: Settings) -> tuple[str, ...]:
    """Send a test to every channel; returns their names.

    Raises:
        NotDelivered: when one of them did not take it; the others were told all the same.
    """
    notice = Notice(
        f"test-{world.clock.now():.0f}",
        Event.TEST,
        settings.service,
        actor=world.host.actor(),
        at=world.clock.now(),
    )
    failed: list[str] = []
    for channel in settings.notify:
        try:
            world.notifier.send(channel, notice)
        except NotDelivered as error:
            failed.append(f"{channel.name}: {error.message}")
    if failed:
        raise NotDelivered(
            f"{len(failed)} of {len(settings.notify)} channels did not take a test",
            'correct the key notify of hitless.yaml, then run "hitless notify"',
            tuple(failed),
        )
    return tuple(channel.name for channel in settings.notify)


def _tell(ctx: Context, deploy: Deploy, event: Event) -> Facts:
    """Who was told, and who was not and why; empty when nobody wants to know."""
    wanted = [channel for channel in channels(ctx) if channel.wants(event)]
    if not wanted:
        return {}
    notice, told, not_told = _notice(ctx, deploy, event), [], {}
    for channel in wanted:
        try:
            ctx.world.notifier.send(channel, notice)
            told.append(channel.name)
        except NotDelivered as error:
            ctx.world.reporter.say(f"{channel.name} was not told {event}: {error.message}")
            not_told[channel.name] = error.message
    return {"told": told} | ({"not_told": not_told} if not_told else {})


def _record(ctx: Context, step: str, status: Status, facts: Facts) -> None:
    """As a row of the journal; who cannot write it has lost the lock, or the disk."""
    try:
        ctx.world.store.write(Entry(ctx.deploy.id, step, status, ctx.world.clock.now(), facts))
    except HitlessError as error:
        ctx.world.reporter.say(f"what was told is not recorded: {error.message}")


def _notice(ctx: Context, deploy: Deploy, event: Event) -> Notice:
    seen = ctx.world.store.evidence(deploy.id) if event is not Event.STARTED else None
    return Notice(
        id=f"{ctx.layout.service}-{deploy.id}-{event}",
        event=event,
        service=ctx.layout.service,
        kind=deploy.kind.value,
        deploy=deploy.id,
        release=ctx.release.id,
        version=ctx.release.version,
        previous=ctx.previous.version if ctx.previous else "",
        actor=deploy.actor,
        at=ctx.world.clock.now(),
        reason=deploy.reason,
        url=ctx.world.host.run_url(),
        sent=seen.sent if seen else None,
        failed=seen.failed if seen else None,
    )
