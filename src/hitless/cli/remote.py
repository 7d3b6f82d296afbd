"""The same command on another machine, over SSH.

The program ``ssh`` is used as it is: names, keys, jumps and known hosts are where its users
have them. Nothing is asked for on the way: a machine that needs a password is an error.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from click.core import ParameterSource

from hitless.app import App
from hitless.cli.conventions import INTERRUPT_EXIT
from hitless.cli.render.plain import PlainReporter
from hitless.cli.terminal import echo
from hitless.domain.errors import HostUnreachable, ToolMissing, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    import click

SSH_FAILED, NOT_FOUND = 255, 127
ASKING = (signal.SIGINT, signal.SIGTERM)


class There(NamedTuple):
    """Another machine.

    Attributes:
        target: As ssh takes it.
        directory: Where the command runs; empty for the user's home.
    """

    target: str
    directory: str = ""


def run_there(ctx: click.Context, words: Sequence[str]) -> int:
    """Run the words of a command, and the options before it, on the machine ``--host``."""
    place, options = there(ctx.params["host"]), _options(ctx)
    url = App(Path(), PlainReporter(quiet=True)).world.host.run_url()
    return RemoteRun(place, (*options, *words), options, url).to_its_end()


def _options(ctx: click.Context) -> tuple[str, ...]:
    """Those before the command; a file is named there only when it was named here."""
    given = ctx.get_parameter_source("config") is ParameterSource.COMMANDLINE
    config = ("--config", str(ctx.params["config"])) if given else ()
    name = ctx.params["environment"]
    environment = ("--environment", name) if name else ()
    return (*config, *environment, *(("--debug",) if ctx.params["debug"] else ()))


def there(host: str) -> There:
    """``user@server`` or ``user@server:directory``.

    Raises:
        UsageError: when ssh would take it for an option of its own.
    """
    target, _, directory = host.partition(":")
    if not target or target.startswith("-"):
        raise UsageError(
            f"{host!r} is no machine", 'name one as in "--host deploy@server:/srv/shop"'
        )
    return There(target, directory)


def ssh_command(place: There, words: Sequence[str], *, tty: bool) -> tuple[str, ...]:
    """The command line; every word arrives there as it is here."""
    line = shlex.join(words)
    if place.directory:
        line = f"cd {shlex.quote(place.directory)} && {line}"
    return ("ssh", "-o", "BatchMode=yes", "-t" if tty else "-T", "--", place.target, line)


def hitless_there(words: Sequence[str], run: str, url: str) -> tuple[str, ...]:
    """Hitless with these words, told which run and which CI job it is a part of."""
    told = {"HITLESS_RUN": run, "HITLESS_RUN_URL": url}
    return ("env", *(f"{k}={v}" for k, v in told.items() if v), "hitless", *words)


class RemoteRun:
    """One command there, which can be asked to stop from here.

    Args:
        place: The machine.
        words: What ``hitless`` is told there, the options before the command included.
        options: Those of ``words`` that stand before the command.
        url: The page of the CI job that asks.
    """

    def __init__(
        self, place: There, words: Sequence[str], options: Sequence[str], url: str
    ) -> None:
        self._place, self._words, self._options, self._url = place, words, options, url
        self._run = secrets.token_hex(8)
        self._asked = False

    def to_its_end(self) -> int:
        """Run it and return its exit status.

        Raises:
            HostUnreachable: when ssh gets no connection, or loses it.
            ToolMissing: when there is no ssh here, or no hitless there.
        """
        tty = sys.stdin.isatty() and sys.stdout.isatty()
        command = hitless_there(self._words, self._run, self._url)
        try:
            # Without a terminal Ctrl-C would reach ssh, too, and cut the connection.
            process = subprocess.Popen(
                ssh_command(self._place, command, tty=tty), start_new_session=not tty
            )
        except FileNotFoundError:
            raise ToolMissing("program 'ssh' is not installed", "install openssh-client") from None
        before = {number: signal.signal(number, self._stop) for number in ASKING}
        try:
            status = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return self._judged(status)

    def _judged(self, status: int) -> int:
        target = self._place.target
        if status == SSH_FAILED:
            raise HostUnreachable(
                f"ssh to {target} ended with {status}; what runs there goes on",
                f'try "ssh -o BatchMode=yes {target} true", then "hitless --host … attach"',
            )
        if status == NOT_FOUND:
            raise ToolMissing(
                f"program 'hitless' is not found on {target}",
                "install it there where a non-interactive shell looks, as in /usr/local/bin",
            )
        return status

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """First: a safe abort there. Again: leave it alone."""
        if self._asked:
            echo("the command there goes on; see it with hitless --host … status", err=True)
            os._exit(INTERRUPT_EXIT)  # no clean-up here changes anything there
        self._asked = True
        echo(f"asking {self._place.target} to stop it safely", err=True)
        abort = hitless_there((*self._options, "abort", "--run", self._run), "", "")
        # Not waited for: its end is the end of the command that is being waited for.
        subprocess.Popen(
            ssh_command(self._place, abort, tty=False),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
