"""DB08: nothing backs the database up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit import backups
from hitless.audit.application import databases
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository


@rule("DB08", Category.DATABASE, "backup automation", Severity.CRITICAL, fix=Fix.GENERATE)
def no_backup(repository: Repository) -> Iterator[Check]:
    """Nothing backs the database up.

    ## What it does
    Looks for a backup service, a dump in a script, a workflow or a timetable, or the backup
    section of hitless.yaml.

    ## Why it matters
    One mistyped command, one broken disk, and all of it is gone.

    ## Bad
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17"}
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      db: {image: "postgres:17"}
    ```

    ```sh title="scripts/backup.sh"
    set -o pipefail
    pg_dump shop | zstd > "$1"
    pg_restore --list "$1"
    ```

    ## Fix safety
    Generated: a schedule, a place elsewhere, and a drill.
    """
    for service in databases(repository):
        found = backups.found(repository)
        yield verdict(service, service.key, f"nothing backs {service} up", ok=bool(found))
