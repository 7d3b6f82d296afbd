"""DB02: A migration works on a table that no migration creates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed, unchecked
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Operation, Revision

NEEDS_TABLE = frozenset(
    (
        "add_column",
        "drop_column",
        "alter_column",
        "drop_table",
        "rename_table",
        "create_index",
        "create_foreign_key",
        "create_unique_constraint",
        "create_check_constraint",
        "bulk_insert",
    )
)
CREATE = r"create\s+(?:unlogged\s+|materialized\s+)?(?:table|view)\s+(?:if\s+not\s+exists\s+)?[\"`]?(?:\w+[\"`]?\.[\"`]?)?(\w+)"
ALTER = r"alter\s+table\s+(?!if\s)(?:only\s+)?[\"`]?(?:\w+[\"`]?\.[\"`]?)?(\w+)"
GUARD = r"\bhas_table\(\s*[\"'](\w+)[\"']"
RENAME = r"rename\s+to\s+[\"`]?(\w+)"


@rule("DB02", Category.DATABASE, "migration automation", Severity.CRITICAL, fix=Fix.REVIEW)
def chain_needs_unknown_table(repository: Repository) -> Iterator[Check]:
    """A migration works on a table that no migration creates.

    ## What it does
    Replays the revisions in order, on paper: which tables exist when each operation runs.
    Chains that make tables in a way that cannot be read are left alone.

    ## Why it matters
    On an empty database the chain stops: no new server, no test database, and no restore into a
    fresh one.

    ## Bad
    ```python title="migrations/versions/0001.py"
    from alembic import op
    revision = "0001"
    down_revision = None

    def upgrade():
        op.add_column("users", sa.Column("age", sa.Integer()))
    ```

    ## Good
    ```python title="migrations/versions/0001.py"
    from alembic import op
    revision = "0001"
    down_revision = None

    def upgrade():
        op.create_table("users", sa.Column("id", sa.Integer()))
        op.add_column("users", sa.Column("age", sa.Integer()))
    ```

    ## Fix safety
    Needs review. Where no model maps the table, what the chain does with it runs only on databases
    that have it: `if sa.inspect(op.get_bind()).has_table("users")`, which this rule accepts. Where
    one does it is refused, for then the missing revision has to be written from the live schema.
    """
    if any(_is_unreadable(repository, one) for one in repository.revisions):
        yield unchecked("a revision makes tables in a way that cannot be read")
        return
    tables: set[str] = set()
    for revision in repository.revisions:
        guarded = set(re.findall(GUARD, repository.text(revision.path)))
        yield from each(revision.name, _replayed(revision, tables, guarded))


def _is_unreadable(repository: Repository, revision: Revision) -> bool:
    text = repository.text(revision.path)
    loops = re.search(r"^    (for|while)\b", text, re.MULTILINE) and not re.search(
        CREATE, text, re.IGNORECASE
    )
    unknown = any(
        one.name == "execute" and not one.sql for one in revision.upgrade
    ) and not re.search(CREATE, text, re.IGNORECASE)
    return (
        "create_all(" in text
        or bool(loops)
        or unknown
        or any(o.name == "create_table" and not o.table for o in revision.upgrade)
    )


def _replayed(revision: Revision, tables: set[str], guarded: set[str]) -> Iterator[Check]:
    for one in revision.upgrade:
        table = one.table.rpartition(".")[2]
        place = Place(revision.path, one.line)
        if one.name in NEEDS_TABLE and table and table not in tables | guarded:
            yield failed(
                revision.name,
                place,
                f"{one.name} needs table {table}, which no revision before creates",
                table,
            )
            tables.add(table)  # told once
        yield from _altered(revision, one, tables)
        if one.name == "create_table":
            tables.add(table)
        if one.name == "rename_table" and len(one.args) > 1:
            tables.add(str(one.args[1]))
        if one.name == "drop_table":
            tables.discard(table)


def _altered(revision: Revision, one: Operation, tables: set[str]) -> Iterator[Check]:
    sql = str(one.sql)
    tables |= {name.lower() for name in re.findall(CREATE, sql, re.IGNORECASE)}
    for name in re.findall(ALTER, sql, re.IGNORECASE):
        if name.lower() not in {table.lower() for table in tables}:
            tables.add(name.lower())
            yield failed(
                revision.name,
                Place(revision.path, one.line),
                f"ALTER TABLE {name} needs a table that no revision before creates",
                name,
            )
    tables |= {name.lower() for name in re.findall(RENAME, sql, re.IGNORECASE)}
