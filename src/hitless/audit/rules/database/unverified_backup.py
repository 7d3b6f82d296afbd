"""DB09: nobody knows whether the backup can be restored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import backups
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Place, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DB09", Category.DATABASE, "backup automation", Severity.HIGH, fix=Fix.GENERATE)
def unverified_backup(repository: Repository) -> Iterator[Check]:
    """Nobody knows whether the backup can be restored.

    ## What it does
    Reads each backup script: a dump into a pipe needs pipefail, and something must restore.

    ## Why it matters
    `pg_dump | gzip` ends with success and an empty file when the dump fails. It is found out on
    the day it is needed.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17"}
    ```

    ```sh title="backup.sh"
    pg_dump shop | gzip > shop.gz
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17"}
    ```

    ```sh title="backup.sh"
    set -o pipefail
    pg_dump -Fc shop | cat > shop.dump
    pg_restore --list shop.dump
    ```

    ## Fix safety
    Generated: a drill that restores, checks and measures.
    """
    found = backups.found(repository)
    for path in found:
        text = repository.text(path)
        dump = re.search(r"^.*(pg_dump|mysqldump|mongodump)[^\n]*\|[^\n|]", text, re.MULTILINE)
        line = text[: dump.start()].count("\n") + 1 if dump else 1
        message = "a dump that fails leaves an empty file and no error; set pipefail"
        yield verdict(
            f"{path} pipe", Place(path, line), message, ok=dump is None or "pipefail" in text
        )
    if found:
        restores = backups.restores(repository)
        yield verdict(
            "restore",
            Place(found[0], 1),
            "nothing ever restores what is backed up here",
            ok=restores,
        )
