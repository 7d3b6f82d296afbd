"""A daily backup of Postgres that counts only once it was restored and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import databases
from hitless.audit.images import short
from hitless.documents.paths import joined
from hitless.fix.generate.render import render
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.backing import POSTGRES
from hitless.fix.project.called import called
from hitless.fix.project.packages import slug
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

CLOSES = ("DB08", "DB09")
FOLDER = "ops"


def files(repository: Repository) -> dict[str, str]:
    """Scripts and a systemd timer; for databases other than Postgres a person has to write them.

    Only where nothing backs up: an unverified backup of somebody's own is theirs to change.
    """
    stores = [one for one in databases(repository) if short(one.image) in POSTGRES]
    if not stores or not lacks(repository, "DB08"):
        return {}
    made: dict[str, str] = {}
    for one in stores:
        made |= _of(repository, one, several=len(stores) > 1)
    return made if len(new(repository, made)) == len(made) else {}


def _of(repository: Repository, service: Service, *, several: bool) -> dict[str, str]:
    project = service.project
    folder = joined(project.directory, FOLDER)
    name = slug(called(repository, project))
    if several:
        name, folder = slug(f"{name} {service.name}"), f"{folder}/{slug(service.name)}"
    if not is_plain(service.name, folder):
        return {}
    values = {"service": service.name, "name": name, "folder": folder}
    script, restore = f"{folder}/backup.sh", f"{folder}/restore.sh"
    return {
        script: render("backup/backup.sh.j2", path=script, **values),
        restore: render("backup/restore.sh.j2", path=restore, **values),
        f"{folder}/{name}-backup.service": render(
            "backup/backup.service.j2", path=script, **values
        ),
        f"{folder}/{name}-backup.timer": render("backup/backup.timer.j2", path=script, **values),
    }
