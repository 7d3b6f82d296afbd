"""Runs a script: intent before a step, done after it, and one way to end badly.

A step that fails, a signal and a killed process all end in :func:`converge`, so that
what happens after a crash is what happens after every failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.step import promise
from hitless.domain.container import Role
from hitless.domain.errors import (
    DeployFailed,
    DiskFull,
    HitlessError,
    HumanNeeded,
    Interrupted,
    Superseded,
)
from hitless.domain.journal import (
    Direction,
    Entry,
    Outcome,
    Recovery,
    Seen,
    Status,
    backward,
    had_traffic,
    latest,
    recovery,
    seen,
)

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.script import Script
    from hitless.deploy.step import Facts, Step

ROLLED_BACK_EXIT = 21


def run(ctx: Context, script: Script, *, last: bool = True) -> None:
    """Run every step; on failure bring the service to a legal end and raise.

    Args:
        ctx: The deploy.
        script: Its steps.
        last: The deploy ends with these steps; otherwise others follow.

    Raises:
        DeployFailed: with exit status 20 when the previous release kept its traffic,
            21 when it got it back.
        Interrupted: when a signal asked for it; everything begun was undone.
        HumanNeeded: when undoing failed too.
        Superseded: when another process took the lock; nothing was changed after that.
    """
    try:
        for step in script.steps:
            do(ctx, step)
    except Superseded:
        raise  # whoever has the lock now ends this deploy; this process changes nothing
    except BaseException as error:
        to_undo: list[str] = []
        with ctx.world.interrupts.shield(to_undo):
            stuck = isinstance(error, DeployFailed) and not _way_back(ctx, script)
            outcome = converge(ctx, script, _reason(error), to_undo)
        if outcome is not Outcome.LIVE:
            raise _with_exit_status(error, outcome) from error
        if stuck:
            raise _no_way_back(ctx, error) from error
        ctx.world.reporter.say(f"the release is live; cut short: {_reason(error)}")
    else:
        if last:
            finish(ctx, Outcome.LIVE)


def _way_back(ctx: Context, script: Script) -> bool:
    """There is one, was none to be had, or is one now.

    A release that failed its gate must not stay just because the one before is gone.
    """
    committed = script.commit in latest(ctx.world.store.entries(ctx.deploy.id))
    if committed or ctx.previous is None or _seen(ctx) is not Seen.ALONE:
        return True
    from hitless.deploy.bring_back import bring_back  # noqa: PLC0415  # hardly ever needed

    try:
        bring_back(ctx, ctx.previous)
    except Superseded:
        raise
    except HitlessError as error:
        ctx.world.reporter.say(f"{ctx.previous} could not be made again: {error.message}")
        return False
    return True


def _no_way_back(ctx: Context, error: BaseException) -> HumanNeeded:
    return HumanNeeded(
        f"{ctx.release} serves although it failed ({_reason(error)}): "
        f"{ctx.previous} could not be brought back",
        'see what can come back with "hitless rollback --dry-run", or deploy another release',
        error.details if isinstance(error, HitlessError) else (),
    )


def do(ctx: Context, step: Step) -> None:
    """One step, written down before and after."""
    clock, reporter = ctx.world.clock, ctx.world.reporter
    _write(ctx, step.name, Status.INTENT)
    reporter.step_began(step.name, promise(step))
    began = clock.monotonic()
    try:
        facts = step.do(ctx)
    except Superseded:
        raise
    except BaseException as error:
        _write(ctx, step.name, Status.FAILED, {"reason": _reason(error)})
        reporter.step_failed(step.name, _reason(error))
        raise
    seconds = clock.monotonic() - began
    _write(ctx, step.name, Status.DONE, {"seconds": round(seconds, 3), **facts})
    reporter.step_done(step.name, seconds, facts)


def converge(
    ctx: Context, script: Script, reason: str, to_undo: list[str] | None = None
) -> Outcome:
    """Bring a deploy that stopped midway to its only legal end.

    ``to_undo`` always holds the steps that are still to be undone.

    Raises:
        HumanNeeded: when that fails; the service is left as it then is.
    """
    try:
        left = _left(ctx, script)
        if left.direction is Direction.BACK:
            return _go_back(ctx, script, left, reason, to_undo)
        return _go_forward(ctx, script, left, reason)
    except Superseded:
        raise
    except Exception as error:
        _call_for_help(ctx, f"{reason}; then: {_reason(error)}")
        raise HumanNeeded(
            f"deploy {ctx.deploy.id} could not be brought to an end: {_reason(error)}",
            'when the cause is mended, run "hitless recover"',
            error.details if isinstance(error, HitlessError) else (),
        ) from error


def _call_for_help(ctx: Context, reason: str) -> None:
    """Write that down; where not even this can be written, the deploy stays unfinished."""
    try:
        finish(ctx, Outcome.NEEDS_HUMAN, reason)
    except Superseded:
        raise
    except HitlessError as error:
        ctx.world.reporter.say(error.message)


def finish(ctx: Context, outcome: Outcome, reason: str = "") -> Outcome:
    """Write down how the deploy ended."""
    ctx.world.store.end(ctx.deploy.id, outcome, ctx.world.clock.now(), reason)
    return outcome


def _left(ctx: Context, script: Script) -> Recovery:
    """What is left to do, by the journal and by what serves."""
    entries = ctx.world.store.entries(ctx.deploy.id)
    return recovery(entries, script.names, script.commit, _seen(ctx))


def _seen(ctx: Context) -> Seen:
    """Flags first, then labels."""
    edge = ctx.world.edge
    active = edge.active()
    holds, other = (
        {c.release for c in ctx.containers(slot, Role.WEB)} for slot in (active, active.other)
    )
    return seen(ctx.deploy, None if edge.closed() else active, holds, other)


def _go_forward(ctx: Context, script: Script, left: Recovery, reason: str) -> Outcome:
    try:
        for name in left.steps:
            do(ctx, script.step(name))
    except Superseded:
        raise
    except HitlessError as error:
        again = _left(ctx, script)
        if again.direction is Direction.FORWARD and _seen(ctx) is not Seen.PREVIOUS:
            raise
        again = backward(ctx.world.store.entries(ctx.deploy.id), script.names)
        return _go_back(ctx, script, again, f"{reason}; then: {_reason(error)}")
    return finish(ctx, Outcome.LIVE, reason)


def _go_back(
    ctx: Context, script: Script, left: Recovery, reason: str, to_undo: list[str] | None = None
) -> Outcome:
    who = _seen(ctx)
    if who is Seen.STRANGER:
        reason += "; another release serves, so nothing was touched"
    entries = ctx.world.store.entries(ctx.deploy.id)
    met = had_traffic(entries) or who is Seen.RELEASE or bool(ctx.world.edge.share())
    to_undo = [] if to_undo is None else to_undo
    to_undo[:] = left.steps
    for name in left.steps:
        ctx.world.reporter.undoing(name)
        script.step(name).undo(ctx)
        _write(ctx, name, Status.UNDONE)
        to_undo.remove(name)
    return finish(ctx, Outcome.ROLLED_BACK if met else Outcome.KEPT_PREVIOUS, reason)


def _with_exit_status(error: BaseException, outcome: Outcome) -> BaseException:
    """The error a user meets: which release serves decides the exit status."""
    if isinstance(error, KeyboardInterrupt):
        error = Interrupted("interrupted; everything begun was undone")
    if isinstance(error, OSError):
        error = DiskFull.of(error) or error
    if isinstance(error, HitlessError) and not isinstance(error, Interrupted | HumanNeeded):
        rolled_back = outcome is Outcome.ROLLED_BACK
        error.exit_status = ROLLED_BACK_EXIT if rolled_back else DeployFailed.exit_status
    return error


def _write(ctx: Context, step: str, status: Status, detail: Facts | None = None) -> None:
    entry = Entry(ctx.deploy.id, step, status, ctx.world.clock.now(), detail or {})
    ctx.world.store.write(entry)


def _reason(error: BaseException) -> str:
    if isinstance(error, HitlessError):
        return error.message
    return f"{type(error).__name__}: {error}".rstrip(": ")
