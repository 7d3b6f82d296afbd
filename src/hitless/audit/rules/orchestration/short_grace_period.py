"""CP18: A service is killed before it can finish."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import run_lines
from hitless.audit.application import long_running
from hitless.audit.check import verdict
from hitless.audit.images import kind
from hitless.audit.registry import rule
from hitless.documents.service import seconds
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

DRAIN = r"--(?:(?:timeout-)?graceful-(?:timeout|shutdown)|wait-tasks-timeout)[ =](\d+)"


@rule("CP18", Category.ORCHESTRATION, "zero-downtime readiness", Severity.MEDIUM, fix=Fix.SAFE)
def short_grace_period(repository: Repository) -> Iterator[Check]:
    """A service is killed before it can finish.

    ## What it does
    Looks for `stop_grace_period` on own services and databases, and compares it with the time
    that the command itself takes to drain. Also finds lists of commands in a shell whose last one
    never hears that it should stop, because nothing but bash becomes the last of its commands.

    ## Why it matters
    After ten seconds, if nothing else is said, the engine kills the process with requests, jobs
    or transactions in hand.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api:
        build: .
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api:
        build: .
        stop_grace_period: 40s
    ```

    ## Fix safety
    Safe: a longer period costs nothing when the service ends in time.
    """
    for service in long_running(repository):
        yield from _below_a_shell(service)
        if not (service.is_built or kind(service) == "database"):
            continue
        period = seconds(service.filled("stop_grace_period"))
        drain = re.search(DRAIN, " ".join(service.words("command")))
        needed = float(drain[1]) if drain else 0.0
        place = service.node.key("stop_grace_period") if period is not None else service.key
        message = f"{service} is killed {period or 10.0:g} s after it is asked to stop" + (
            f", but drains for {needed:g} s" if needed else "; set stop_grace_period"
        )
        yield verdict(service, place, message, ok=period is not None and period >= needed)


def _below_a_shell(service: Service) -> Iterator[Check]:
    words = [*service.words("entrypoint"), *service.words("command")]
    node = service.node.get("command") or service.node.get("entrypoint")
    if node is None or len(words) < len(("sh", "-c", "list")) or words[1] != "-c":
        return
    if words[0].rpartition("/")[2] in ("sh", "ash", "dash") and re.search(r"&&|;|\n", words[2]):
        message = f"the last command of {service} runs below a shell, which passes no SIGTERM on; put exec before it"
        subject = f"{service} command"
        yield verdict(subject, node, message, ok=run_lines.hands_on(words[2]))
