"""Whether a release may stay, judged by what happened since its cutover.

These are the hard rules: each alone condemns a release, whatever the traffic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitless.domain.container import Container
    from hitless.domain.evidence import Evidence

WORST_STREAK = 10
MOST_FAILED = 5
MOST_FAILED_SHARE = 0.02  # a page that fails among many that do not makes no streak


def sick_container(containers: Iterable[Container]) -> str:
    """Why a container condemns its release; empty when all are well."""
    for one in containers:
        if one.oom_killed:
            return f"{one.name} was killed for want of memory"
        if one.restarts:
            return f"{one.name} restarted {one.restarts} times"
        if not one.running:
            return f"{one.name} is {one.state} with exit code {one.exit_code}"
        if one.health == "unhealthy":
            return f"{one.name} reports itself unhealthy"
    return ""


def sick_traffic(since_cutover: Evidence) -> str:
    """Why the answers condemn a release; empty when they do not."""
    last = since_cutover.failures[-1].reason if since_cutover.failures else "no answer"
    if since_cutover.worst_streak >= WORST_STREAK:
        return f"{since_cutover.worst_streak} requests in a row failed, the last with: {last}"
    failed, sent = since_cutover.failed, since_cutover.sent
    if failed >= MOST_FAILED and failed >= MOST_FAILED_SHARE * sent:
        return f"{failed} of {sent} requests failed, the last with: {last}"
    return ""
