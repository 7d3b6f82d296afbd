"""``hitless explain``."""

from __future__ import annotations

from difflib import get_close_matches

import click

from hitless.audit.registry import rules
from hitless.cli.terminal import echo
from hitless.domain.errors import UsageError


@click.command()
@click.argument("rule", required=False)
def command(rule: str | None) -> None:
    """Tell what a rule of the audit is about; without one, list them."""
    known = {one.id: one for one in rules()}
    if rule is None:
        for one in known.values():
            echo(f"{one.id}  {one.severity.value:<8}  {one.title}")
        return
    found = known.get(rule.upper())
    if found is None:
        near = get_close_matches(rule.upper(), known, n=1)
        hint = f'did you mean "hitless explain {near[0]}"?' if near else 'see "hitless explain"'
        raise UsageError(f"there is no rule {rule}", hint)
    echo(f"{found.id}: {found.title}", bold=True)
    echo(
        f"{found.category.value}, {found.element or 'not scored'}; {found.severity.value}", dim=True
    )
    echo("\n" + found.text.partition("\n")[2].strip())
