"""A time in which users get a page instead of the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Who began it.

    Attributes:
        since: Seconds since the epoch.
        actor: As ``user@machine``.
        reason: The user's own words.
    """

    since: float = 0.0
    actor: str = ""
    reason: str = ""
