"""``hitless show``."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.render.plain import told
from hitless.cli.terminal import echo, print_json
from hitless.deploy.record import record
from hitless.domain.codec import encode

if TYPE_CHECKING:
    from hitless.deploy.record import Record


@click.command()
@click.argument("deploy_id", metavar="[DEPLOY]", required=False, default="")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one self-contained page to this file.",
)
@as_json
@click.pass_context
def command(ctx: click.Context, deploy_id: str, html: Path | None, *, as_json: bool) -> None:
    """Show one deploy: steps, times and evidence.

    DEPLOY is the id of a deploy, or of the release that it brought; by default the
    last deploy.
    """
    found = record(quiet_app(ctx).world.store, deploy_id)
    if html:
        _write_page(found, html)
    if as_json:
        print_json(_document(found))
    else:
        _tell(found)
        if html:
            echo(f"\npage written to {html}")


def _document(found: Record) -> dict[str, Any]:
    evidence = found.evidence
    return {
        "deploy": encode(found.deploy),
        "version": found.version,
        "previous_version": found.previous_version,
        "cutover_at": found.cutover_at,
        "confirmed_ms": found.confirmed_ms,
        "steps": [encode(step) for step in found.steps],
        "requests": evidence
        and {
            "sent": evidence.sent,
            "failed": evidence.failed,
            "reconnected": evidence.reconnected,
            "p50_ms": evidence.p50_ms,
            "p99_ms": evidence.p99_ms,
            "longest_gap_ms": evidence.longest_gap_ms,
            "by_release": evidence.by_release,
        },
        "evidence": evidence and evidence.to_json(),
    }


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


def _write_page(found: Record, path: Path) -> None:
    from hitless.cli.render.page import page  # noqa: PLC0415  # Jinja2 costs 0.1 s
    from hitless.cli.render.report import html  # noqa: PLC0415

    path.write_text(html(page(found, time.time())))
