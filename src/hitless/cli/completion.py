"""``hitless completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from hitless.cli.main import main

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    For bash: hitless completion bash > ~/.local/share/bash-completion/completions/hitless
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # the choices are click's own
    click.echo(kind(main, {}, "hitless", "_HITLESS_COMPLETE").source())
