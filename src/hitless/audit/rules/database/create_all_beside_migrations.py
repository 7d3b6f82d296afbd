"""DB03: the application makes tables past its migrations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.check import failed, passed
from hitless.audit.registry import rule
from hitless.documents.python_code import code
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DB03", Category.DATABASE, "migration automation", Severity.HIGH, fix=Fix.REVIEW)
def create_all_beside_migrations(repository: Repository) -> Iterator[Check]:
    """The application makes tables past its migrations.

    ## What it does
    Looks for `create_all` in code that is not a test, beside a chain of migrations.

    ## Why it matters
    The first start makes tables of today; the chain then fails on them, or skips what it should
    have done. No two databases are alike.

    ## Bad
    ```python title="app/main.py"
    async def start():
        await connection.run_sync(Base.metadata.create_all)
    ```

    ```python title="migrations/versions/0001.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ## Good
    ```python title="app/main.py"
    async def start(): ...
    ```

    ```python title="migrations/versions/0001.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ## Fix safety
    Needs review: the call goes when the chain makes every table that is mapped. A database that it
    made has no revision: tell Alembic once, by `alembic stamp`, which one fits.
    """
    if repository.revisions:
        home = {one.path for one in repository.revisions}
        found = False
        for path, text in repository.code_matching(".create_all"):
            called = re.search(r"\.create_all", code(text) if path.endswith(".py") else text)
            if called and path not in home and not path.endswith("conftest.py"):
                found = True
                line = text[: called.end()].count("\n") + 1
                yield failed(
                    "create_all",
                    Place(path, line),
                    "tables are made here, past the migrations",
                    path,
                )
        if not found:
            yield passed("create_all")
