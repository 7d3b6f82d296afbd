"""``hitless rehearse``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.common import acting_app, as_json, quiet_app
from hitless.cli.terminal import echo, print_json, print_result
from hitless.deploy.copied import Wish, plan_rehearsal
from hitless.deploy.copy import REMOVING, alone, remove
from hitless.deploy.rehearse import judge, rehearse
from hitless.domain.codec import encode
from hitless.stack.rehearsal import LOOPBACK, name_of

if TYPE_CHECKING:
    from hitless.app import App
    from hitless.deploy.copied import CopyPlan
    from hitless.domain.rehearsal import Rehearsal


@click.command()
@click.argument("version", required=False, default="")
@click.option(
    "--from",
    "revision",
    default="",
    metavar="REVISION",
    help="Begin with a revision of git instead of the release that serves, as in CI.",
)
@click.option(
    "--allow-outside",
    "outside",
    multiple=True,
    metavar="HOST",
    help="A database or broker outside the stack that the copy may use, and change.",
)
@click.option("--keep", is_flag=True, help="Leave the copy up, for a look.")
@click.option("--remove", "removing", is_flag=True, help="Only remove a copy that was left up.")
@click.option("--dry-run", is_flag=True, help="Tell what would be made, and make nothing.")
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    version: str,
    revision: str,
    outside: tuple[str, ...],
    *,
    keep: bool,
    removing: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Try a deploy and its way back on a copy, and measure both.

    The release that serves comes up in a copy of the stack with names, data and ports of
    its own; today's files are deployed onto it and rolled back hot, warm and cold, all
    under load. Then it is removed. "hitless rollback --dry-run" tells the times from then
    on. Status 1 when a request failed; what stops a deploy stops this with its own status.

    VERSION names what the files describe, as for "hitless deploy".
    """
    if dry_run:
        app = quiet_app(ctx)
        wish = Wish(app.settings(), version, revision, outside)
        _tell_plan(plan_rehearsal(app.copy(), wish), as_json=as_json)
        return
    app = acting_app(ctx, as_json=as_json)
    if removing:
        _remove(app, as_json=as_json)
        return
    copy = app.copy()
    found = rehearse(copy, Wish(app.settings(), version, revision, outside), keep=keep)
    _tell(found, as_json=as_json)
    if keep and not as_json:
        echo(f"the copy is up: hitless -e {copy.name} status", dim=True)
        echo("remove it: hitless rehearse --remove", dim=True)
    judge(found)


def _remove(app: App, *, as_json: bool) -> None:
    copy = app.copy()
    with alone(copy, REMOVING):
        removed = remove(copy, name_of(app.settings().service))
    if as_json:
        print_result({"removed": list(removed)})
    else:
        echo(f"removed {len(removed)} things" if removed else "there was nothing to remove")


def _tell_plan(plan: CopyPlan, *, as_json: bool) -> None:
    if as_json:
        print_json(encode(plan))
        return
    echo(f"{plan.service}: would rehearse {plan.before} → {plan.after} and back", bold=True)
    echo(f"  network  {plan.subnet}")
    for real, own in plan.ports.items():
        echo(f"  port     {LOOPBACK}:{own} for {real}")
    for volume in plan.volumes:
        echo(f"  volume   {volume}, empty")
    echo(f"  state    {plan.home}")
    echo("all of that is removed at the end", dim=True)


def _tell(found: Rehearsal, *, as_json: bool) -> None:
    if as_json:
        print_result({"rehearsal": encode(found), "seconds": found.seconds})
        return
    echo(f"{found}: {found.sent:,} requests sent, {found.failed:,} failed", bold=True)
    confirmed = f", cutover confirmed in {found.cutover_ms:.0f} ms" if found.cutover_ms else ""
    echo(f"  deploy   {found.deploy:.1f} s{confirmed}")
    for tier, seconds in found.seconds.items():
        echo(f"  {tier:<8} {seconds:.2f} s")
