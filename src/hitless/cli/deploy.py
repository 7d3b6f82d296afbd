"""``hitless deploy``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.common import acting_app, as_json, message
from hitless.cli.plan import show_plan
from hitless.cli.terminal import echo, print_result
from hitless.deploy.deploy import deploy, make_plan
from hitless.domain.codec import encode
from hitless.domain.lock import Claim

if TYPE_CHECKING:
    from hitless.deploy.done import Done

PATIENCE = Claim().patience


@click.command()
@click.argument("version", required=False, default="")
@click.option("--pull", is_flag=True, help="Pull images that are here already: for moving tags.")
@click.option("--force", is_flag=True, help="Deploy although this very release serves already.")
@message
@click.option(
    "--wait",
    default=PATIENCE,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another command; a newer deploy that waits goes first.",
)
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
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put a release into service without losing a request.

    VERSION names the release; by default it is what "git describe" says. Compose files
    see it as ${HITLESS_VERSION}.
    """
    app = acting_app(ctx, as_json=as_json)
    if dry_run:
        show_plan(make_plan(app.world, app.settings(), version), as_json=as_json)
        return
    claim = Claim(message, wait)
    done = deploy(app.world, app.settings(), version=version, pull=pull, force=force, claim=claim)
    if as_json:
        print_result(_document(done))
    else:
        _tell(done)


def _document(done: Done) -> dict[str, object]:
    evidence = done.evidence
    return {
        "changed": done.deploy is not None,
        "release": {"id": done.release.id, "version": done.release.version},
        "deploy": encode(done.deploy),
        "requests": {"sent": evidence.sent, "failed": evidence.failed} if evidence else None,
    }


def _tell(done: Done) -> None:
    if done.deploy is None:
        echo(f"{done.release} is already serving; nothing to do")
        return
    echo(f"{done.release} serves in slot {done.deploy.slot}", bold=True)
    if done.evidence:
        seen = done.evidence
        echo(f"{seen.sent:,} requests sent, {seen.failed:,} failed, p99 {seen.p99_ms or 0:.0f} ms")
    echo(f"details: hitless show {done.deploy.id}   back: hitless rollback", dim=True)
