"""``hitless plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.common import as_json, quiet_app
from hitless.cli.terminal import echo, print_json
from hitless.deploy.deploy import make_plan
from hitless.domain.codec import encode

if TYPE_CHECKING:
    from hitless.domain.plan import Plan


@click.command()
@click.argument("version", required=False, default="")
@as_json
@click.pass_context
def command(ctx: click.Context, version: str, *, as_json: bool) -> None:
    """Show what a deploy would do, without doing it."""
    app = quiet_app(ctx)
    show_plan(make_plan(app.world, app.settings(), version), as_json=as_json)


def show_plan(plan: Plan, *, as_json: bool) -> None:
    """The plan as text or JSON."""
    if as_json:
        print_json(encode(plan))
        return
    now = f"slot {plan.active} serves" if plan.active else "nothing serves yet"
    echo(f"{plan.service} {plan.version} → slot {plan.target}", bold=True)
    echo(f"{now}; network {plan.subnet}\n", dim=True)
    echo("Projects")
    for project, services in plan.projects.items():
        echo(f"  {project:<24} {', '.join(services)}")
    echo("\nSteps")
    for step in plan.steps:
        echo(f"  {step.name:<16} {step.promise}")
    if plan.notes:
        echo("\nNotes")
        for note in plan.notes:
            echo(f"  {note}")
