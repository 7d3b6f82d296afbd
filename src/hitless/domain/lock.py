"""Who changes a service, who waits for it, and when nobody may."""

from __future__ import annotations

from typing import NamedTuple


class Process(NamedTuple):
    """One process of one machine; never mistaken for a later one with its number.

    Attributes:
        started: When it began, in the kernel's ticks since the machine was booted.
        boot: The kernel's id of that boot.
    """

    host: str
    pid: int
    started: int
    boot: str


class Claim(NamedTuple):
    """What a command says when it asks for the lock.

    Attributes:
        reason: The user's own words.
        patience: Seconds to wait for whoever holds it. The workers of a rollback follow
            behind it for some seconds: the next command shall wait for that.
        run: A key under which the command can be aborted from another machine.
    """

    reason: str = ""
    patience: float = 10.0
    run: str = ""


class Holder(NamedTuple):
    """Who took the lock last.

    Attributes:
        actor: As ``user@machine``.
        command: For example ``deploy v1.4.0``.
        reason: The user's own words.
        run_url: The page of the CI job that runs the command; empty outside CI.
        since: Seconds since the epoch.
        ticket: Its number in the queue of deploys; 0 for other commands.
        token: Greater than that of whoever held the lock before.
    """

    actor: str
    command: str
    since: float
    process: Process
    reason: str = ""
    run_url: str = ""
    run: str = ""
    ticket: int = 0
    token: int = 0


class Ticket(NamedTuple):
    """A deploy's place in the queue; numbers only grow."""

    version: str
    actor: str
    process: Process
    run: str = ""
    number: int = 0


class Freeze(NamedTuple):
    """A time in which nobody may deploy.

    Attributes:
        until: Seconds since the epoch; it ends by itself then.
    """

    until: float
    reason: str
    actor: str
    since: float


def described(command: str, reason: str, run_url: str) -> str:
    """What a holder does and why, in one line."""
    return ", ".join(part for part in (command, f'"{reason}"' if reason else "", run_url) if part)
