"""``hitless history``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.verify import verify as look_through
from hitless.domain.codec import encode
from hitless.domain.errors import JournalBroken

if TYPE_CHECKING:
    from hitless.domain.journal import Deploy


@click.group(invoke_without_command=True)
@click.option("-n", "--limit", default=20, show_default=True, help="How many, newest first.")
@as_json
@click.pass_context
def command(ctx: click.Context, limit: int, *, as_json: bool) -> None:
    """List past deploys and rollbacks."""
    if ctx.invoked_subcommand:
        return
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


@command.command()
@as_json
@click.pass_context
def verify(ctx: click.Context, *, as_json: bool) -> None:
    """Find out whether the journal is as it was written.

    Every row holds a hash over itself and the row before it. All are computed anew; the
    last one, the head, stands for the whole journal: keep it elsewhere to compare.
    """
    found = look_through(quiet_app(ctx).world.store)
    if as_json:
        print_json({"ok": found.broken is None} | encode(found))
        ctx.exit(1 if found.broken else 0)
    if found.broken:
        raise JournalBroken(
            f"row {found.broken.seq} of the journal, of deploy {found.broken.deploy}, "
            f"is not as it was written: {found.broken.reason}",
            'what serves is told by flags and labels: look with "hitless status"',
        )
    echo(f"the journal is whole: {found.rows} rows of {found.deploys} deploys")
    echo(f"head {found.head}", dim=True)


def _line(one: Deploy, version: str) -> str:
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.started))
    took = f"{one.ended - one.started:6.1f} s" if one.ended else "        "
    return (
        f"{one.id:<5} {began}  {one.kind.value:<8}  {version:<14} {one.release}  "
        f"{one.outcome.value:<13} {took}  {one.actor}"
    )
