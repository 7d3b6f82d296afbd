"""The page of the command line, from the help that the commands print themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hitless.cli.main import COMMANDS, main
from tools.reference.text import block, document

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 88


def page() -> str:
    """The whole page."""
    return document(
        "Command line",
        "What each command prints with `--help`. Exit statuses are listed under "
        "[errors](errors.md), the shapes of `--json` under [output](output.md).",
        *(f"## {name}\n\n{block(text)}" for name, text in helps()),
    )


def helps() -> Iterator[tuple[str, str]]:
    """Every command's full name and its help, groups before their members."""
    top = _context(main, "hitless", None)
    yield "hitless", main.get_help(top)
    for name in COMMANDS:
        command = main.get_command(top, name)
        if command is None:
            raise LookupError(f"hitless {name} is listed, but there is no such command")
        yield from _helps(command, name, top)


def _helps(command: click.Command, name: str, parent: click.Context) -> Iterator[tuple[str, str]]:
    context = _context(command, name, parent)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            member = command.get_command(context, inner)
            if member is not None:
                yield from _helps(member, inner, context)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    settings = {"help_option_names": ["-h", "--help"], "terminal_width": WIDTH}
    return click.Context(command, info_name=name, parent=parent, **settings)  # type: ignore[arg-type]
