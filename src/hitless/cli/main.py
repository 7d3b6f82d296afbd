"""The program ``hitless``: its commands, its exit codes, and what a bug looks like.

Commands are imported when they are asked for: ``--help`` and a rollback pay for
nothing else.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import NoReturn

import click

import hitless
from hitless.domain.errors import HitlessError

BUG_EXIT, USAGE_EXIT, INTERRUPT_EXIT = 3, 2, 130

# name -> module and summary; the summaries stand here so that --help imports no command.
COMMANDS = {
    "audit": ("audit", "Tell what keeps a repository from being released and run safely."),
    "explain": ("explain", "Tell what a rule of the audit is about; without one, list them."),
    "plan": ("plan", "Show what a deploy would do, without doing it."),
    "deploy": ("deploy", "Put a release into service without losing a request."),
    "rollback": ("rollback", "Give users' traffic back to an earlier release."),
    "status": ("status", "Show what serves now."),
    "history": ("history", "List past deploys and rollbacks."),
    "show": ("show", "Show one deploy: steps, times and evidence."),
    "logs": ("logs", "Show what the containers print."),
    "recover": ("recover", "Finish or undo a deploy whose process died."),
    "config": ("config", "Check, show and document hitless.yaml."),
    "doctor": ("doctor", "Check that this machine can release."),
    "down": ("down", "Remove a service from this machine."),
    "completion": ("completion", "Print the completion script for a shell."),
}


class LazyGroup(click.Group):
    """A group whose commands are loaded one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's shape
        """The names, in the order of a user's day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"hitless.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in ``--help``, from the summaries above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='A first release: "hitless doctor", "hitless plan", "hitless deploy".',
)
@click.version_option(hitless.__version__, message="hitless %(version)s")
@click.option(
    "-f",
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    default="hitless.yaml",
    envvar="HITLESS_CONFIG",
    show_default=True,
    help="The service's hitless.yaml; its state lies in .hitless beside it.",
)
@click.option("--debug", is_flag=True, help="Show what other programs print, and tracebacks.")
@click.pass_context
def main(ctx: click.Context, config: Path, *, debug: bool) -> None:
    """Release Docker Compose applications without losing a request."""
    ctx.obj = {"config": config.absolute(), "debug": debug}


def run() -> None:
    """The entry point: every error becomes a message and an exit code."""
    output = sys.stdout
    try:
        # Outside its own mode click returns the status of ctx.exit. When the reader of its
        # output has gone it replaces sys.stdout and ends the program with 1.
        sys.exit(main(standalone_mode=False))
    except SystemExit:
        if sys.stdout is output:
            raise
        _have_no_reader()
    except click.Abort:
        sys.exit(INTERRUPT_EXIT)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE_EXIT)
    except HitlessError as error:
        show_error(error)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(INTERRUPT_EXIT)
    except BrokenPipeError:
        _have_no_reader()
    except Exception as error:  # a bug: the user gets a report to send
        if "--debug" in sys.argv:
            raise
        sys.exit(_report_bug(error))


def _have_no_reader() -> NoReturn:
    """The reader, such as head, has seen enough: that is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(0)


def show_error(error: HitlessError) -> None:
    """``error[E201]: …``, its details indented, and the next command."""
    red = click.style(f"error[{error.code}]", fg="red", bold=True)
    click.echo(f"{red}: {error.message}", err=True, color=colour())
    for line in error.details:
        click.echo(f"    {line}", err=True)
    if error.hint:
        hint = click.style("hint", fg="cyan", bold=True)
        click.echo(f"{hint}: {error.hint}", err=True, color=colour())


def colour() -> bool | None:
    """False when NO_COLOR asks for none; None lets click decide by the terminal."""
    return False if os.environ.get("NO_COLOR") else None


def _report_bug(error: Exception) -> int:
    """Write what a maintainer needs to a file and tell where it is."""
    import tempfile  # noqa: PLC0415  # only when something is broken
    import traceback  # noqa: PLC0415

    lines = [
        f"hitless {hitless.__version__}, Python {sys.version.split()[0]}, {sys.platform}",
        f"command: {' '.join(sys.argv[1:])}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix="hitless-bug-", suffix=".md", delete=False
    ) as file:
        file.write("\n".join(lines))
    click.echo(f"bug: {type(error).__name__}: {error}", err=True)
    click.echo(f"hint: please report it with the file {file.name}", err=True)
    return BUG_EXIT
