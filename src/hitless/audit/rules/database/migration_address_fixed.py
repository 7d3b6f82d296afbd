"""DB06: migrations go to a fixed database."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.paths import joined
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DB06", Category.DATABASE, "migration automation", Severity.HIGH, fix=Fix.REVIEW)
def migration_address_fixed(repository: Repository) -> Iterator[Check]:
    """Migrations go to a fixed database.

    ## What it does
    Looks for an address in alembic.ini that env.py does not replace.

    ## Why it matters
    In the container the address is that of the developer's machine: the migration fails, or
    changes the wrong database.

    ## Bad
    ```ini title="alembic.ini"
    [alembic]
    script_location = migrations
    sqlalchemy.url = postgresql://shop:shop@localhost/shop
    ```

    ```python title="migrations/env.py"
    config = context.config
    ```

    ## Good
    ```ini title="alembic.ini"
    [alembic]
    script_location = migrations
    ```

    ```python title="migrations/env.py"
    config.set_main_option("sqlalchemy.url", os.getenv("DATABASE_URL"))
    ```

    ## Fix safety
    Needs review: env.py takes the address from the environment, and connects asynchronously where
    only such a driver is installed.
    """
    for path in repository.matching(r"(^|/)alembic\.ini$"):
        text = repository.text(path)
        found = re.search(r"^sqlalchemy\.url\s*=\s*(\w+\+?\w*://\S+)", text, re.MULTILINE)
        home = re.search(r"^script_location\s*=\s*(\S+)", text, re.MULTILINE)
        folder = joined(
            posixpath.dirname(path), re.sub(r"%\(here\)s/?", "", home[1]) if home else "alembic"
        )
        scripts = repository.text(f"{folder}/env.py")
        replaced = bool(
            re.search(
                r"environ|getenv|settings|set_main_option|Settings|config\.url|DATABASE_URL",
                scripts,
            )
        )
        line = text[: found.start()].count("\n") + 1 if found else 1
        message = "migrations always go to this address, whatever the environment says"
        yield verdict(path, Place(path, line), message, ok=replaced or found is None)
