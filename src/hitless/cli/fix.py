"""``hitless fix``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hitless import app_audit
from hitless.audit.registry import rules
from hitless.cli.common import as_json
from hitless.cli.render.fix import diff, document, summary
from hitless.cli.render.proof import any_failed, documents, listing, progress, silence
from hitless.cli.terminal import echo, print_json
from hitless.domain.errors import TreeNotClean, UsageError
from hitless.domain.finding import Persona
from hitless.fix.plan import Wish, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitless.audit.registry import Rule
    from hitless.domain.proof import Proof
    from hitless.fix.plan import FixPlan

MOST_NAMED = 5
Said = dict[str, Any]  # what machines are told


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--write", is_flag=True, help="Write the files; needs a clean git tree.")
@click.option("--force", is_flag=True, help="Write even where git could not bring it back.")
@click.option("--unsafe", is_flag=True, help="Also fixes that somebody has to read.")
@click.option("--only", multiple=True, metavar="ID", help="Only this rule; may be repeated.")
@click.option("--check", is_flag=True, help="Exit with 1 when there is anything to fix.")
@click.option("--verify", is_flag=True, help="Build and try what is there, or was just written.")
@click.option("--run-checks", is_flag=True, help="With --verify: run workflows' commands, too.")
@click.option(
    "--persona",
    type=click.Choice([one.value for one in Persona]),
    default="regular",
    show_default=True,
    help="pedantic also fixes what not everybody wants to hear.",
)
@as_json
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    write: bool,
    force: bool,
    unsafe: bool,
    only: tuple[str, ...],
    check: bool,
    verify: bool,
    run_checks: bool,
    persona: str,
    as_json: bool,
) -> None:
    """Close what the audit found, by edits that you can read first.

    Without --write it shows the edits and changes nothing. Each edit is proved: its finding is
    gone, no grave one is new, and the rest of the file is as it was, byte for byte.

    --verify builds and tries in a copy what this machine can: the tree as it is, or with --write
    what was written. It tells what was proved, what failed (exit status 1), what nobody checked.
    """
    root, known = path.resolve(), rules()
    _refuse_unknown(only, known)
    _refuse_lone(run_checks=run_checks, verify=verify)
    if write and not force:
        _refuse_unclean(root)
    said, failed = Said(), False
    if write or check or not verify:  # alone, --verify looks at the tree as it is
        wish = Wish(time.strftime("%Y-%m-%d"), frozenset(only), unsafe, Persona(persona), root.name)
        found = plan(app_audit.files(root), known, wish)
        said = _fixed(root, found, write=write, as_json=as_json)
        failed = check and bool(found.files)
    if verify:
        proofs = _proofs(root, run_checks=run_checks, written=write, as_json=as_json)
        said, failed = said | {"proof": documents(proofs)}, failed or any_failed(proofs)
    if as_json:
        print_json(said)
    ctx.exit(1 if failed else 0)


def _refuse_lone(*, run_checks: bool, verify: bool) -> None:
    if run_checks and not verify:
        raise UsageError("--run-checks is a part of --verify", 'say "hitless fix --verify"')


def _refuse_unknown(only: Sequence[str], known: Sequence[Rule]) -> None:
    unknown = sorted(set(only) - {one.id for one in known})
    if unknown:
        raise UsageError(f"no rule is called {unknown[0]}", 'list them with "hitless explain"')


def _refuse_unclean(root: Path) -> None:
    dirty = app_audit.tree(root).dirty()
    if dirty is None:
        raise TreeNotClean(
            f"{root} is not in git, which could bring back what a fix changes",
            'write all the same with "hitless fix --write --force"',
        )
    if dirty:
        raise TreeNotClean(
            f"{len(dirty)} files of {root} are not committed",
            'commit or stash them, or write all the same with "hitless fix --write --force"',
            tuple(sorted(dirty)[:MOST_NAMED]),
        )


def _fixed(root: Path, found: FixPlan, *, write: bool, as_json: bool) -> Said:
    """Write the plan if it is to be written, and tell it to a person."""
    if write:
        app_audit.tree(root).write({one.path: (one.before, one.after) for one in found.files})
    if as_json:
        return document(found, written=write)
    if not write:
        sys.stdout.write(diff(found.files, sys.stdout))
    for line in summary(found, written=write):
        echo(line)
    return {}


def _proofs(root: Path, *, run_checks: bool, written: bool, as_json: bool) -> list[Proof]:
    """Try the tree, and tell a person what came of it."""
    watch = silence if as_json else progress
    found = app_audit.proofs(root, watch, _still_removing, run_checks=run_checks)
    for line in () if as_json else listing(found, written=written):
        echo(line)
    return found


def _still_removing(_what: str) -> None:
    echo("removing what was made for the checks; a moment", err=True)
