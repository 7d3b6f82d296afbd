"""Who may change a service now, as text and as JSON."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from hitless.cli.terminal import echo
from hitless.domain.codec import encode
from hitless.domain.lock import described

if TYPE_CHECKING:
    from hitless.deploy.access import Access
    from hitless.domain.lock import Freeze, Holder


def document(found: Access) -> dict[str, Any]:
    """For machines."""
    return {"lock": encode(found.holder), "locked": found.held} | {
        "waiting": encode(found.waiting),
        "freeze": encode(found.freeze),
    }


def tell(found: Access) -> None:
    """For people: nothing is said of what is not there."""
    if found.held:
        echo(f"  locked by {_who(found.holder)}", fg="yellow")
    for one in found.waiting:
        echo(f"  waiting: deploy {one.version} by {one.actor}".rstrip(), dim=True)
    if found.freeze:
        echo(f"  {frozen(found.freeze)}", fg="yellow")


def frozen(freeze: Freeze) -> str:
    """One line about a freeze."""
    why = f": {freeze.reason}" if freeze.reason else ""
    return f"deploys are frozen until {_clock(freeze.until)} by {freeze.actor}{why}"


def _who(holder: Holder | None) -> str:
    if holder is None:
        return "a process that wrote down nothing of itself"
    what = described(holder.command, holder.reason, holder.run_url)
    return f"{holder.actor} (process {holder.process.pid}) since {_clock(holder.since)}: {what}"


def _clock(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))
