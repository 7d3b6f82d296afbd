"""DB07: A migration cannot be taken back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import each, failed
from hitless.audit.registry import rule
from hitless.documents.alembic import heads
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.alembic import Revision


@rule("DB07", Category.DATABASE, "rollback strategy", Severity.MEDIUM, fix=Fix.REVIEW)
def no_way_back(repository: Repository) -> Iterator[Check]:
    """A migration cannot be taken back.

    ## What it does
    Looks for downgrades that are missing or empty, for types that a downgrade leaves behind,
    and for a chain with several ends.

    ## Why it matters
    After a failed release the schema stays half-way, and the next attempt fails on what is
    already there.

    ## Bad
    ```python title="migrations/versions/0002.py"
    from alembic import op
    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.create_unique_constraint("one", "notes", ["day"])

    def downgrade():
        pass
    ```

    ## Good
    ```python title="migrations/versions/0002.py"
    from alembic import op
    revision = "0002"
    down_revision = "0001"

    def upgrade():
        op.create_unique_constraint("one", "notes", ["day"])

    def downgrade():
        op.drop_constraint("one", "notes")
    ```

    ## Fix safety
    Needs review: written where every operation has an opposite, in reverse order; types that a
    downgrade leaves are dropped in it. Refused where something that was dropped had data in it.
    """
    ends = heads(repository.revisions)
    for one in ends[1:]:
        names = ", ".join(end.name for end in ends)
        yield failed(
            "heads", Place(one.path, one.line), f"the chain has several ends: {names}", one.name
        )
    for revision in repository.revisions:
        yield from each(revision.name, _faults(repository, revision))


def _faults(repository: Repository, revision: Revision) -> Iterator[Check]:
    place = Place(revision.path, revision.downgrade_line)
    if revision.upgrade and not revision.has_downgrade:
        yield failed(revision.name, place, f"revision {revision.name} has no way back", "empty")
        return
    text = repository.text(revision.path)
    before, _, after = text.partition("def downgrade")
    made = [
        name
        for name in re.findall(
            r"\b(?:sa\.|postgresql\.)?(?:Enum|ENUM)\([^)]*name=[\"'](\w+)[\"']", before
        )
        if name
    ]
    left = [name for name in dict.fromkeys(made) if name not in after]
    if left and "create_table" in before:
        message = (
            f"type {', '.join(left)} stays after the downgrade, and the next upgrade fails on it"
        )
        yield failed(revision.name, place, message, "type")
