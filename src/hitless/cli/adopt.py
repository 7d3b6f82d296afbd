"""``hitless adopt``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.certificate import write_pages
from hitless.cli.common import acting_app, as_json, claim, message, quiet_app
from hitless.cli.terminal import echo, print_json, print_result
from hitless.deploy.adopt import adopt, plan_adoption
from hitless.domain.codec import encode

if TYPE_CHECKING:
    from hitless.deploy.adopt import Adopted, Adoption

GAP = """\
Users get no answer from the stop of the first container until the cutover: so long as
yours take to stop, the databases to start, migrations to run and the release to be ready.
It happens this once, is measured while it does, and the old containers are started again
if the release does not serve."""


@click.command()
@click.argument("version", required=False, default="")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@message
@as_json
@click.pass_context
def command(
    ctx: click.Context, version: str, message: str, *, dry_run: bool, as_json: bool
) -> None:
    """Take over a stack that runs under plain Compose.

    Its volumes keep their names and their data. There is one gap, while the old containers
    stop and their successors start; every deploy after this one has none.
    """
    if dry_run:
        app = quiet_app(ctx)
        _tell_plan(plan_adoption(app.world, app.settings()), as_json=as_json)
        return
    app = acting_app(ctx, as_json=as_json)
    try:
        done = adopt(
            app.world, app.settings(), app.witness(), version=version, claim=claim(message)
        )
    finally:
        write_pages(app.world)
    _tell(done, as_json=as_json)


def _tell_plan(plan: Adoption, *, as_json: bool) -> None:
    if as_json:
        print_json(encode(plan))
        return
    echo(f"{plan.service}: would take over the Compose project {plan.project}", bold=True)
    for verb, names in (
        ("stop, then remove", plan.stops),
        ("keep, with its data", plan.volumes),
        ("leave alone", plan.left),
    ):
        for name in names:
            echo(f"  {verb:<20} {name}")
    echo(f"\n{GAP}")
    echo("\nwhat then comes into service: hitless plan", dim=True)


def _tell(found: Adopted, *, as_json: bool) -> None:
    done = found.done
    if as_json:
        gap = {"gap_ms": found.gap_ms, "sent": found.sent, "failed": found.failed}
        release = {"id": done.release.id, "version": done.release.version}
        print_result({"deploy": encode(done.deploy), "release": release, "gap": gap})
        return
    echo(f"{done.release} serves, and Hitless releases it from now on", bold=True)
    echo(
        f"the gap was {found.gap_ms / 1000:.1f} s: "
        f"{found.failed:,} of {found.sent:,} requests failed"
    )
    echo('the old containers are gone; leave "docker compose up" alone from now on', dim=True)
