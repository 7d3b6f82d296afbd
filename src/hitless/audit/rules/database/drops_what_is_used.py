"""DB04: A migration drops what the code still uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Revision


@rule("DB04", Category.DATABASE, "rollback strategy", Severity.CRITICAL, fix=Fix.REVIEW)
def drops_what_is_used(repository: Repository) -> Iterator[Check]:
    """A migration drops what the code still uses.

    ## What it does
    Compares what the last revisions drop or rename with the tables and columns that the models
    map.

    ## Why it matters
    The moment the migration has run, every request of the release that still serves fails; a
    rollback cannot bring the data back.

    ## Bad
    ```python title="app/models.py"
    class Note(Base):
        __tablename__ = "notes"
    ```

    ```python title="migrations/versions/0002.py"
    from alembic import op
    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.drop_table("notes")
    ```

    ## Good
    ```python title="app/models.py"
    class Task(Base):
        __tablename__ = "tasks"
    ```

    ```python title="migrations/versions/0002.py"
    from alembic import op
    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.drop_table("notes")
    ```

    ## Fix safety
    Needs review: the drop is taken out, with a note that says when it may come back. A database
    that has run the revision already keeps what it did: restore the table there first.
    """
    for revision in repository.revisions:
        later = repository.revisions[repository.revisions.index(revision) + 1 :]
        yield from each(revision.name, _faults(repository, revision, later))


def _faults(repository: Repository, revision: Revision, later: list[Revision]) -> Iterator[Check]:
    made_again = {
        one.table
        for other in [revision, *later]
        for one in other.upgrade
        if one.name == "create_table"
    }
    for one in revision.upgrade:
        place = Place(revision.path, one.line)
        if one.name in ("drop_table", "rename_table") and one.table and one.table not in made_again:
            user = mapped(repository, one.table)
            if user:
                yield failed(
                    revision.name,
                    place,
                    f"{one.name} {one.table}, which {user} still maps",
                    one.table,
                )
        if one.name == "drop_column" and one.table and len(one.args) > 0:
            column = str(one.args[-1])
            user = _column(repository, one.table, column)
            back = any(
                o.name == "add_column" and o.table == one.table
                for other in later
                for o in other.upgrade
            )
            if user and not back:
                yield failed(
                    revision.name,
                    place,
                    f"drops {one.table}.{column}, which {user} still maps",
                    column,
                )


def mapped(repository: Repository, table: str) -> str:
    """The file whose models map a table; empty when none does."""
    for path, text in repository.code_matching("__tablename__", "Table("):
        if re.search(rf"__tablename__\s*=\s*[\"']{re.escape(table)}[\"']", text):
            return path
    return ""


def _column(repository: Repository, table: str, column: str) -> str:
    for path, text in repository.code_matching("__tablename__"):
        for part in re.split(r"^class ", text, flags=re.MULTILINE):
            named = re.search(rf"__tablename__\s*=\s*[\"']{re.escape(table)}[\"']", part)
            if named and re.search(rf"^    {re.escape(column)}\b\s*[:=]", part, re.MULTILINE):
                return path
    return ""
