"""DB11: the id that another system gives is not unique."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DB11", Category.DATABASE, "migration automation", Severity.MEDIUM, fix=Fix.REVIEW)
def foreign_key_not_unique(repository: Repository) -> Iterator[Check]:
    """The id that another system gives is not unique.

    ## What it does
    Looks for columns such as external_id in models, without a unique index or constraint.

    ## Why it matters
    A webhook that is sent twice, as all of them are some day, makes two rows of one thing.

    ## Bad
    ```python title="app/models.py"
    class Message(Base):
        __tablename__ = "messages"
        external_id: Mapped[str] = mapped_column()
    ```

    ## Good
    ```python title="app/models.py"
    class Message(Base):
        __tablename__ = "messages"
        external_id: Mapped[str] = mapped_column(unique=True)
    ```

    ## Fix safety
    Needs review: the model says it, and a new revision builds the index without a lock. It fails
    while rows are there twice: they have to be joined first.
    """
    for path, text in repository.code_matching("__tablename__"):
        for found in re.finditer(
            r"^    ((?:external|remote|provider|upstream)_id)\s*[:=].*$", text, re.MULTILINE
        ):
            line = text[: found.start()].count("\n") + 1
            together = re.search(rf"(UniqueConstraint|Index)\([^)]*[\"']{found[1]}[\"']", text)
            unique = (
                "unique=True" in found[0] or "primary_key=True" in found[0] or together is not None
            )
            yield verdict(
                f"{path} {found[1]}",
                Place(path, line),
                f"{found[1]} may be stored twice",
                ok=unique,
            )
