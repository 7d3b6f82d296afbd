"""The schema moves forward while the previous release serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.deploy.slots import forget_network, stop
from hitless.deploy.standing import HISTORY
from hitless.domain.container import Role
from hitless.domain.errors import MigrationFailed
from hitless.domain.journal import Outcome
from hitless.stack.projects import MIGRATE_SERVICE

if TYPE_CHECKING:
    from hitless.deploy.context import Context
    from hitless.deploy.step import Facts
    from hitless.domain.container import Output

SHOWN_LINES = 30


class Expand:
    """Applies additive migrations from the new image, while the old release serves.

    Undo ends a migration that still runs; what was added stays, the old code is N-1.
    """

    name = "expand"

    def do(self, ctx: Context) -> Facts:
        """Run the one-shot service to its end."""
        if ctx.release.settings.migrations is None:
            return {"migrations": "none"}
        self.undo(ctx)
        before = _current(ctx)
        printed = _migrate(ctx)
        told: Facts = {"before": before, "after": _current(ctx), "printed": printed}
        return told | ({"contract": True} if ctx.release.settings.migrations.contract else {})

    def undo(self, ctx: Context) -> None:
        """SIGTERM lets the database roll back what is not committed."""
        for container in ctx.containers(ctx.slot, Role.MIGRATION):
            stop(ctx, container)
            ctx.world.engine.remove(container.id)
        # Compose makes all networks of a project, also for its one-shot service.
        forget_network(ctx, ctx.slot)


def _migrate(ctx: Context) -> list[str]:
    output = _run(ctx)
    lines = output.text.strip().splitlines()[-SHOWN_LINES:]
    if output.code:
        raise MigrationFailed(
            f"the migration of {ctx.release} ended with {output.code}",
            _next_command(ctx),
            tuple(lines),
        )
    return lines


def _next_command(ctx: Context) -> str:
    """An older release's migrations do not know the schema that a newer one has made."""
    version = ctx.release.version
    past = ctx.world.store.deploys(HISTORY)
    served = {d.release for d in past if d.outcome is Outcome.LIVE}
    kept = (r for r in ctx.world.store.releases() if r.id in served and r.version == version)
    if next(kept, None):
        return f'{version} has served here before: go back with "hitless rollback --to {version}"'
    return 'the previous release serves on; correct the migration, then "hitless deploy"'


def _current(ctx: Context) -> str:
    """The schema's revision, for the record; empty where nothing tells it."""
    migrations = ctx.release.settings.migrations
    if migrations is None or not migrations.current:
        return ""
    output = _run(ctx, migrations.current)
    return output.text.strip() if output.code == 0 else ""


def _run(ctx: Context, command: tuple[str, ...] = ()) -> Output:
    migrations = ctx.release.settings.migrations
    assert migrations is not None  # noqa: S101  # do() looked
    project = ctx.layout.project(ctx.slot)
    return ctx.world.compose.run(
        project, ctx.slot_model(), MIGRATE_SERVICE, migrations.timeout, command
    )
