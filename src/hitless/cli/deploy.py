"""``hitless deploy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.certificate import write_pages
from hitless.cli.common import as_json, claim, message, quiet_app, reporting_app
from hitless.cli.plan import show_plan
from hitless.cli.runs import Result, run_behind, run_recorded
from hitless.cli.terminal import echo, print_result
from hitless.deploy.deploy import deploy, make_plan
from hitless.domain.codec import encode
from hitless.domain.lock import Claim

if TYPE_CHECKING:
    from hitless.deploy.context import World
    from hitless.deploy.done import Done

PATIENCE = Claim().patience


@click.command()
@click.argument("version", required=False, default="")
@click.option("--pull", is_flag=True, help="Pull images that are here already: for moving tags.")
@click.option("--force", is_flag=True, help="Deploy although this very release serves already.")
@click.option(
    "--require-zero-failed",
    is_flag=True,
    help="Roll back when a single request of the prober fails before the promote.",
)
@message
@click.option(
    "--wait",
    default=PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another command; a newer deploy that waits goes first.",
)
@click.option("--detach", is_flag=True, help='Go on behind, see "hitless attach".')
@click.option("--dry-run", is_flag=True, help='The same as "hitless plan".')
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    version: str,
    message: str,
    wait: float,
    *,
    pull: bool,
    force: bool,
    require_zero_failed: bool,
    detach: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put a release into service without losing a request.

    VERSION names the release; by default it is what "git describe" says. Compose files
    see it as ${HITLESS_VERSION}.
    """
    if dry_run:
        app = quiet_app(ctx)
        show_plan(make_plan(app.world, app.settings(), version), as_json=as_json)
        return
    app = reporting_app(ctx, as_json=as_json)
    settings, asking = app.settings(), claim(message, wait)

    def act(world: World) -> Result:
        try:
            done = deploy(
                world,
                settings,
                version=version,
                pull=pull,
                force=force,
                zero_failed=require_zero_failed,
                claim=asking,
            )
        finally:
            write_pages(world)
        return Result(_document(done), _summary(done))

    if detach:
        name = run_behind(app, f"deploy {version}".strip(), act)
        _tell_detached(name, as_json=as_json)
        return
    result = run_recorded(app, f"deploy {version}".strip(), act)
    if as_json:
        print_result(result.document)
    else:
        result.tell()


def _tell_detached(name: str, *, as_json: bool) -> None:
    if as_json:
        print_result({"run": name})
    else:
        echo(f"run {name} goes on behind", bold=True)
        echo("follow it: hitless attach   stop it: hitless abort", dim=True)


def _document(done: Done) -> dict[str, object]:
    evidence = done.evidence
    return {
        "changed": done.deploy is not None,
        "release": {"id": done.release.id, "version": done.release.version},
        "deploy": encode(done.deploy),
        "requests": {"sent": evidence.sent, "failed": evidence.failed} if evidence else None,
    }


def _summary(done: Done) -> tuple[str, ...]:
    if done.deploy is None:
        return (f"{done.release} is already serving; nothing to do",)
    seen = done.evidence
    counted = seen and f"{seen.sent:,} requests sent, {seen.failed:,} failed"
    return (
        f"{done.release} serves in slot {done.deploy.slot}",
        *((f"{counted}, p99 {seen.p99_ms or 0:.0f} ms",) if seen else ()),
        f"details: hitless show {done.deploy.id}   back: hitless rollback",
    )
