"""The name of a verification tells whose it is: what a killed one left can be told apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.fix.verify.commands import PREFIX

if TYPE_CHECKING:
    from hitless.domain.lock import Process
    from hitless.domain.ports import Host

NAME = re.compile(rf"{PREFIX}(?P<host>[a-z0-9]+)-(?P<pid>\d+)-(?P<started>\d+)(?:-|$)")


def name_of(process: Process) -> str:
    """A name for all that a process makes: its machine, its number, and when it began."""
    return f"{PREFIX}{_plain(process.host)}-{process.pid}-{process.started}"


def is_dead(name: str, host: Host) -> bool:
    """The process of this machine that a name belongs to has ended; false for other machines'.

    Another machine may use the same engine, and its processes cannot be seen from here.
    """
    found = NAME.match(name)
    own = host.process()
    if found is None or found["host"] != _plain(own.host):
        return False
    owner = own._replace(pid=int(found["pid"]), started=int(found["started"]))
    return not host.lives(owner)


def _plain(host: str) -> str:
    return re.sub(r"[^a-z0-9]", "", host.lower()) or "host"
