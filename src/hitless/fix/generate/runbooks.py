"""Pages that tell how to deploy, to go back and to restore, with the names of this repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitless.audit.application import databases
from hitless.audit.images import short
from hitless.documents.paths import joined
from hitless.fix.generate import backup
from hitless.fix.generate.render import render
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.backing import POSTGRES
from hitless.fix.project.packages import slug
from hitless.fix.project.pages import pages
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("DO04", "DO05", "DO06")
RULES = {"deploy": "DO04", "rollback": "DO05", "restore": "DO06"}


def files(repository: Repository) -> dict[str, str]:
    """One page for each that is missing; to restore, for Postgres only."""
    if not repository.projects:
        return {}
    stores = [
        one.name
        for one in databases(repository)
        if short(one.image) in POSTGRES and is_plain(one.name)
    ]
    values = _values(repository, stores)
    made = {}
    for page, rule in RULES.items():
        if lacks(repository, rule) and (page != "restore" or stores):
            made[f"docs/{page}.md"] = render(f"{page}.md.j2", **values)
    return new(repository, made)


def _values(repository: Repository, stores: list[str]) -> dict[str, Any]:
    project = repository.projects[0]
    name = slug(project.root.say("name") or project.directory or "app")
    folder = joined(project.directory, backup.FOLDER)
    script = joined(folder, "backup.sh")
    return {
        "name": name,
        "compose": project.files[0],
        "database": bool(stores),
        "service": stores[0] if stores else "",
        "folder": folder,
        "scripts": script in {*repository.known, *backup.files(repository)},
        "directory": f"/var/backups/{name}",
        "pages": pages(repository),
    }
