"""``hitless show``."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hitless.cli.certificate import show_certificate, write_page
from hitless.cli.common import as_json, quiet_app
from hitless.cli.render.plain import told
from hitless.cli.terminal import echo, print_json
from hitless.deploy.record import document, record

if TYPE_CHECKING:
    from hitless.deploy.record import Record


@click.command()
@click.argument("deploy_id", metavar="[DEPLOY]", required=False, default="")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one self-contained page to this file.",
)
@click.option("--certificate", is_flag=True, help="Print where its certificate lies.")
@as_json
@click.pass_context
def command(
    ctx: click.Context, deploy_id: str, html: Path | None, *, certificate: bool, as_json: bool
) -> None:
    """Show one deploy: steps, times and evidence.

    DEPLOY is the id of a deploy, or of the release that it brought; by default the
    last deploy. A certificate is held against the journal of today before it is shown;
    with --json it is printed itself.
    """
    world = quiet_app(ctx).world
    found = record(world.store, deploy_id)
    if certificate:
        show_certificate(world, found.deploy.id, as_json=as_json)
        return
    if html:
        write_page(found, html)
    if as_json:
        print_json(document(found))
    else:
        _tell(found)
        if html:
            echo(f"\npage written to {html}")


def _tell(found: Record) -> None:
    deploy = found.deploy
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(deploy.started))
    echo(f"{deploy.id}  {deploy.kind.value} {found.title}: {deploy.outcome.value}", bold=True)
    echo(f"{began} by {deploy.actor}, slot {deploy.slot}, release {deploy.release}", dim=True)
    if deploy.reason:
        echo(deploy.reason, fg="yellow")
    echo()
    for step in found.steps:
        line = f"  {step.status.value:<7} {step.name:<16} {step.seconds:7.2f} s  {told(step.facts)}"
        echo(line.rstrip())
    if found.evidence and found.evidence.sent:
        echo()
        _tell_evidence(found)


def _tell_evidence(found: Record) -> None:
    from hitless.cli.render.chart import alphabet_for, chart, painted, plain  # noqa: PLC0415
    from hitless.cli.render.page import markers  # noqa: PLC0415  # only when there is a picture

    seen = found.evidence
    assert seen is not None  # noqa: S101  # the caller looked
    lines = chart(
        seen,
        width=shutil.get_terminal_size().columns,
        names=found.names,
        markers=markers([found]),
        alphabet=alphabet_for(sys.stdout.encoding),
    )
    echo(painted(lines, click.style) if sys.stdout.isatty() else plain(lines))
    echo(
        f"\n{seen.sent:,} requests, {seen.failed:,} failed, {seen.reconnected:,} reconnected, "
        f"p50 {seen.p50_ms or 0:.1f} ms, p99 {seen.p99_ms or 0:.1f} ms, "
        f"longest gap {seen.longest_gap_ms:.0f} ms"
    )
    for failure in seen.failures:
        clock = time.strftime("%H:%M:%S", time.localtime(failure.at))
        who = failure.slot or "no slot"
        echo(f"  {clock} {failure.kind.value} {failure.path}: {failure.reason} ({who})", fg="red")
