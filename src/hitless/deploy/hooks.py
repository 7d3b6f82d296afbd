"""The user's own programs around a deploy: before anything is changed, and at its end.

All run under the lock. The first may stop the deploy; what comes after the end is told and
recorded, but changes nothing of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.domain.errors import HitlessError, HookFailed
from hitless.domain.journal import Entry, Outcome, Status
from hitless.domain.secrets import secret_values

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts

PRE, POST, FAILURE = "pre-deploy", "post-deploy", "on-failure"
SHOWN_LINES, LONGEST_LINE = 20, 500


class PreDeployHook:
    """Runs your own program, which may stop the deploy, before anything is changed.

    Undo has nothing to restore.
    """

    name = "pre-deploy hook"

    def do(self, ctx: Context) -> Facts:
        """Its failure is the deploy's."""
        return run_hook(ctx, PRE, Outcome.RUNNING)

    def undo(self, ctx: Context) -> None:
        """Nothing was changed."""


def run_last_hook(ctx: Context) -> None:
    """The hook for how the deploy ended; no effect when another process will end it."""
    outcome = ctx.world.store.deploy(ctx.deploy.id).outcome
    hook = POST if outcome is Outcome.LIVE else FAILURE
    if outcome is Outcome.RUNNING or hook not in ctx.release.settings.hooks:
        return
    _write(ctx, hook, Status.INTENT, {})
    try:
        facts = run_hook(ctx, hook, outcome)
    except HitlessError as error:
        ctx.world.reporter.step_failed(f"{hook} hook", error.message)
        _write(ctx, hook, Status.FAILED, {"reason": error.message, "printed": error.details})
        return
    _write(ctx, hook, Status.DONE, facts)


def run_hook(ctx: Context, hook: str, outcome: Outcome) -> Facts:
    """Run one; what it prints is shown and its end kept.

    Raises:
        HookFailed: when it ends with another status than 0, or cannot run.
        CommandFailed: when it takes longer than hooks may.
    """
    settings, world = ctx.release.settings, ctx.world
    world.reporter.say(f"running the {hook} hook {settings.hooks[hook]}")
    program = world.directory / settings.hooks[hook]
    env = _environment(ctx, outcome)
    hide = secrets_of(ctx)
    output = world.programs.run(program, world.directory, env, settings.timing.hook, hide)
    lines = output.text.strip().splitlines()[-SHOWN_LINES:]
    printed = tuple(line[:LONGEST_LINE] for line in lines)
    if output.code:
        how = f"ended with {output.code}" if output.code > 0 else f"was killed ({-output.code})"
        raise HookFailed(
            f"the {hook} hook {settings.hooks[hook]} {how}",
            f'mend it, then run "hitless deploy {ctx.release.version}"',
            printed,
        )
    return {"printed": list(printed)}


def _environment(ctx: Context, outcome: Outcome) -> dict[str, str]:
    return {
        "HITLESS_SERVICE": ctx.layout.service,
        "HITLESS_ENVIRONMENT": ctx.release.settings.environment,
        "HITLESS_RELEASE": ctx.release.id,
        "HITLESS_VERSION": ctx.release.version,
        "HITLESS_PREVIOUS": ctx.previous.version if ctx.previous else "",
        "HITLESS_DEPLOY": ctx.deploy.id,
        "HITLESS_SLOT": str(ctx.slot),
        "HITLESS_OUTCOME": outcome.value,
    }


def secrets_of(ctx: Context) -> frozenset[str]:
    """What the release's services know and no record of a hook may hold."""
    services = ctx.release.compose["services"].values()
    return frozenset().union(*(secret_values(one.get("environment") or {}) for one in services))


def _write(ctx: Context, hook: str, status: Status, detail: Facts) -> None:
    entry = Entry(ctx.deploy.id, f"{hook} hook", status, ctx.world.clock.now(), detail)
    ctx.world.store.write(entry)
