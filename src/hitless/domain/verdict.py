"""What condemns a release at once, whatever the traffic: the hard rules.

What only much traffic can tell is weighed by :mod:`hitless.domain.judge`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hitless.domain.container import Container
    from hitless.domain.evidence import Evidence
    from hitless.domain.ledger import Ledger

WORST_STREAK = 10
FAILED_CHECKS = 3


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


def sick_traffic(probes: Evidence, users: Ledger) -> str:
    """Why the answers since the cutover condemn a release; empty when they do not."""
    if users.refused:
        return f"its servers accepted no connection ({users.refused} refused)"
    if probes.worst_streak >= WORST_STREAK:
        last = probes.failures[-1].reason if probes.failures else "no answer"
        return f"{probes.worst_streak} probes in a row failed, the last with: {last}"
    if users.worst_streak >= WORST_STREAK:
        return f"{users.worst_streak} requests of users in a row failed"
    return ""
