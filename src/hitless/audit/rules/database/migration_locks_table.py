"""DB05: A migration locks a table that is in use."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation, Revision


SEASON = timedelta(days=90)
CHECKED = frozenset(("create_foreign_key", "create_check_constraint"))


@rule("DB05", Category.DATABASE, "rollback strategy", Severity.HIGH, fix=Fix.REVIEW)
def migration_locks_table(repository: Repository) -> Iterator[Check]:
    """A migration locks a table that is in use.

    ## What it does
    Looks for operations of Alembic that stop writers while they read the whole table: an index
    without CONCURRENTLY, NOT NULL and constraints that are checked at once, another type, a
    required column without default. Tables made in the same revision are empty and left alone,
    and so are revisions made a season before the newest one: these have run long ago.
    squawk adds what it finds in SQL files, when it is installed.

    ## Why it matters
    All requests that need the table wait, first for the lock and then for the scan: an outage
    as long as the table is large.

    ## Bad
    ```python title="migrations/versions/0002.py"
    from alembic import op
    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.create_index("ix_notes_day", "notes", ["day"])
    ```

    ## Good
    ```python title="migrations/versions/0002.py"
    from alembic import op
    revision = "0002"
    down_revision = "0001"

    def upgrade():
        with op.get_context().autocommit_block():
            op.create_index("ix_notes_day", "notes", ["day"], postgresql_concurrently=True)
    ```

    ## Fix safety
    Needs review: indexes are built concurrently and constraints checked after they were added, each
    in a transaction of its own. Another type and a required column are refused: they take several
    releases. So is a revision that moves data or drops something besides, because several
    transactions can fail half-way. A revision that a database has run already is not run again.
    """
    oldest = _oldest_that_may_wait(repository.revisions)
    for revision in repository.revisions:
        if revision.downs and (not revision.created or revision.created >= oldest):
            yield from each(revision.name, _faults(repository, revision))


def _oldest_that_may_wait(revisions: list[Revision]) -> str:
    """From which day on a revision may not have run everywhere yet; empty for always."""
    newest = max((one.created for one in revisions), default="")
    try:
        return (date.fromisoformat(newest) - SEASON).isoformat()
    except (ValueError, OverflowError):
        return ""


def _faults(repository: Repository, revision: Revision) -> Iterator[Check]:
    new = {one.table for one in revision.upgrade if one.name == "create_table"}
    validated = "NOT VALID" in repository.text(revision.path)
    for one in revision.upgrade:
        why = "" if one.table in new else _why(one, validated=validated)
        if why:
            yield failed(
                revision.name, Place(revision.path, one.line), why, f"{one.name} {one.table}"
            )


def _why(one: Operation, *, validated: bool) -> str:
    """Why an operation locks a table that is in use; empty when it does not."""
    given, table = one.given, one.table or "its table"
    if one.name == "alter_column":
        return _why_altered(one, validated=validated)
    if one.name in ("create_index", "drop_index") and not given.get("postgresql_concurrently"):
        return f"{one.name} stops every write to {table}; use postgresql_concurrently"
    if one.name in CHECKED and not given.get("postgresql_not_valid"):
        return f"the constraint is checked on all of {table} at once; use postgresql_not_valid"
    if one.name == "create_unique_constraint":
        return (
            f"the constraint builds its index while {table} is locked; build it concurrently first"
        )
    if one.name == "add_column" and _is_required(one.call):
        return f"a required column without server_default fails on rows that {table} has"
    return ""


def _why_altered(one: Operation, *, validated: bool) -> str:
    if one.given.get("nullable") is False and not validated:
        return f"NOT NULL reads all of {one.table} under the strongest lock; validate a CHECK first"
    if "type_" in one.given:
        return f"another type writes all of {one.table} anew under the strongest lock"
    return ""


def _is_required(call: ast.Call) -> bool:
    for column in call.args[1:2]:
        if isinstance(column, ast.Call):
            given = {one.arg: one.value for one in column.keywords}
            nullable = given.get("nullable")
            required = isinstance(nullable, ast.Constant) and nullable.value is False
            return required and "server_default" not in given
    return False
