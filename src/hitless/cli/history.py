"""``hitless history``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.domain.codec import encode

if TYPE_CHECKING:
    from hitless.domain.journal import Deploy


@click.command()
@click.option("-n", "--limit", default=20, show_default=True, help="How many, newest first.")
@as_json
@click.pass_context
def command(ctx: click.Context, limit: int, *, as_json: bool) -> None:
    """List past deploys and rollbacks."""
    store = quiet_app(ctx).world.store
    versions = {release.id: release.version for release in store.releases()}
    deploys = store.deploys(limit)
    if as_json:
        rows = [encode(d) | {"version": versions.get(d.release)} for d in deploys]
        print_json({"deploys": rows})
        return
    for one in deploys:
        echo(_line(one, versions.get(one.release, "forgotten")))
    if not deploys:
        echo('nothing was deployed here yet; begin with "hitless deploy"')


def _line(one: Deploy, version: str) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.started))
    took = f"{one.ended - one.started:6.1f} s" if one.ended else "        "
    return (
        f"{one.id:<5} {began}  {one.kind.value:<8}  {version:<14} {one.release}  "
        f"{one.outcome.value:<13} {took}  {one.actor}"
    )
