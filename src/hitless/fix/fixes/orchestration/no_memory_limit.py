"""CP05: a service may take a share of the memory, not all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.images import kind
from hitless.fix.registry import fix
from hitless.fix.services import found, limit
from hitless.fix.yaml_text import Noted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.step import Step

GUESSES = {
    "database": "1g",
    "broker": "512m",
    "storage": "512m",
    "monitoring": "512m",
    "proxy": "128m",
    "cache": "256m",
}
OWN_GUESS = "512m"
COMMENT = "a guess: measure what it takes, and add half"


@fix("CP05")
def no_memory_limit(repository: Repository, findings: Sequence[Finding]) -> Iterator[Step]:
    """Limit it to a guess by what it is; the comment says that it is one."""
    for service, _ in found(repository, findings):
        guess = GUESSES.get(kind(service), OWN_GUESS)
        yield limit(service, "mem_limit", "memory", Noted(guess, COMMENT))
