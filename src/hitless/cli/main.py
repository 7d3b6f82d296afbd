"""The program ``hitless``: its commands, and what they share.

Commands are imported when they are asked for: ``--help`` and a rollback pay for
nothing else.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import click

import hitless
from hitless.cli.entry import CONFIG, INTERRUPT_EXIT

USAGE_EXIT = 2

# name -> module and summary; the summaries stand here so that --help imports no command.
COMMANDS = {
    "init": ("init", "Look at a Compose project and write the hitless.yaml for it."),
    "audit": ("audit", "Tell what keeps a repository from being released and run safely."),
    "fix": ("fix", "Close what the audit found, by edits that you can read first."),
    "explain": ("explain", "Tell what a rule of the audit is about; without one, list them."),
    "plan": ("plan", "Show what a deploy would do, without doing it."),
    "deploy": ("deploy", "Put a release into service without losing a request."),
    "adopt": ("adopt", "Take over a stack that runs under plain Compose."),
    "rollback": ("rollback", "Give users' traffic back to an earlier release."),
    "status": ("status", "Show what serves now."),
    "history": ("history", "List past deploys and rollbacks."),
    "show": ("show", "Show one deploy: steps, times and evidence."),
    "logs": ("logs", "Show what the containers print."),
    "lock": ("lock", "Show who changes the service now, who waits, and a freeze."),
    "freeze": ("freeze", "Allow no deploys until a time; rollbacks work all the while."),
    "maintenance": ("maintenance", "Give users a page instead of the service, and back."),
    "attach": ("attach", "Follow a deploy that runs elsewhere, to its end."),
    "promote": ("promote", "Go on with a canary: its next share, or all users."),
    "pause": ("pause", "Keep a canary at its share until somebody goes on."),
    "abort": ("abort", "Ask the running command to stop and undo what it began."),
    "recover": ("recover", "Finish or undo a deploy whose process died."),
    "notify": ("notify", "Send a test to every channel under notify in hitless.yaml."),
    "config": ("config", "Check, show and document hitless.yaml."),
    "doctor": ("doctor", "Check that this machine can release."),
    "prune": (
        "prune",
        "Remove what nobody goes back to: old releases, logs, certificates.",
    ),
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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command here, or with the very same words on another machine."""
        if not ctx.params["host"]:
            return super().invoke(ctx)
        from hitless.cli.remote import run_there  # noqa: PLC0415  # only with --host

        words = (*ctx._protected_args, *ctx.args)  # noqa: SLF001  # click's own split
        return ctx.exit(run_there(ctx, words))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list in ``--help``, from the summaries above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def _environment(_ctx: click.Context, _option: click.Parameter, value: str) -> str:
    """A part of paths and names, so looked at before hitless.yaml can say that it has none."""
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,20}", value):
        raise click.BadParameter(f"{value!r} is no name of an environment")
    return value


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='A first release: "hitless init", "hitless doctor", "hitless deploy".',
)
@click.version_option(hitless.__version__, message="hitless %(version)s")
@click.option(
    "-f",
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=CONFIG,
    envvar="HITLESS_CONFIG",
    show_default=True,
    help="The service's hitless.yaml; its state lies in .hitless beside it.",
)
@click.option(
    "-e",
    "--environment",
    default="",
    envvar="HITLESS_ENVIRONMENT",
    metavar="NAME",
    callback=_environment,
    help="One of those in hitless.yaml, with a state and names of its own.",
)
@click.option(
    "--host",
    envvar="HITLESS_HOST",
    metavar="USER@SERVER[:DIRECTORY]",
    help="Run the same command there, over SSH.",
)
@click.option("--debug", is_flag=True, help="Show what other programs print, and tracebacks.")
@click.pass_context
def main(
    ctx: click.Context,
    config: Path,
    environment: str,
    host: str | None,  # noqa: ARG001  # see LazyGroup.invoke
    *,
    debug: bool,
) -> None:
    """Release Docker Compose applications without losing a request."""
    ctx.obj = {"config": config.absolute(), "environment": environment, "debug": debug}


def run() -> int | None:
    """Read the words and run their command; errors of the words are told here.

    Returns:
        The exit status.
    """
    try:
        # Outside its own mode click returns the status of ctx.exit.
        status: int | None = main(standalone_mode=False)
    except click.Abort:
        return INTERRUPT_EXIT
    except click.ClickException as error:
        error.show()
        return USAGE_EXIT
    return status
