"""Every fix of a rule: edits of what is there, then the new files that generators make."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hitless.fix.edit import NewFile
from hitless.fix.generate.all import generators
from hitless.fix.registry import GENERATED, Fix, fix_of
from hitless.fix.step import Together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hitless.audit.registry import Rule
    from hitless.audit.repository import Repository
    from hitless.domain.finding import Finding
    from hitless.fix.generate.all import Generator
    from hitless.fix.step import Step


def fixes_of(rule: Rule) -> tuple[Fix, ...]:
    """All of them; empty when nobody wrote one."""
    edits = fix_of(rule)
    return (*((edits,) if edits is not None else ()), *_generated(rule))


def _generated(rule: Rule) -> Iterator[Fix]:
    for name, one in generators():
        if rule.id in one.CLOSES:
            yield Fix(rule.id, name, partial(_files, one), GENERATED)


def _files(
    generator: Generator, repository: Repository, findings: Sequence[Finding]
) -> Iterator[Step]:
    made = generator.files(repository)
    if made:
        yield Together(findings[0].place, tuple(NewFile(*one) for one in sorted(made.items())))
