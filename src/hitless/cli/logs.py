"""``hitless logs``."""

from __future__ import annotations

import os

import click

from hitless.cli.common import quiet_app
from hitless.cli.terminal import echo
from hitless.deploy.standing import observe, recorded_service
from hitless.domain.container import Container, Role
from hitless.domain.errors import UsageError
from hitless.domain.slot import Slot


@click.command()
@click.argument("service", required=False)
@click.option("--slot", type=click.Choice([s.value for s in Slot]), help="Only this slot.")
@click.option("-n", "--lines", default=50, show_default=True, help="Lines of each container.")
@click.option("--follow", is_flag=True, help="Go on with what one container prints.")
@click.pass_context
def command(
    ctx: click.Context, service: str | None, slot: str | None, lines: int, *, follow: bool
) -> None:
    """Show what the containers print; by default all of them but accessories."""
    world = quiet_app(ctx).world
    standing = observe(world, recorded_service(world))
    chosen = [c for c in standing.containers if _chosen(c, service, slot)]
    if not chosen:
        raise UsageError("no such container", 'see what there is with "hitless status"')
    if follow:
        _follow(chosen, lines)
    for container in sorted(chosen, key=lambda c: c.name):
        for line in world.engine.logs(container.id, lines).splitlines():
            echo(f"{container.name} | {line}")


def _chosen(container: Container, service: str | None, slot: str | None) -> bool:
    if service and service not in (container.service_name, container.name):
        return False
    if slot and container.slot != slot:
        return False
    return bool(service or slot) or container.role != Role.ACCESSORY


def _follow(chosen: list[Container], lines: int) -> None:
    """Hand the terminal to docker, which knows how to follow."""
    if len(chosen) > 1:
        names = ", ".join(c.name for c in chosen)
        raise UsageError(f"--follow takes one container, not {names}", "name it or its --slot")
    os.execvp("docker", ("docker", "logs", "--follow", "--tail", str(lines), chosen[0].name))  # noqa: S606  # no shell is wanted
