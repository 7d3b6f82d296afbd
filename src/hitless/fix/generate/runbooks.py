"""Pages that tell how to deploy, to go back and to restore, with the names of this repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hitless.audit.application import databases
from hitless.audit.images import short
from hitless.documents.interpolation import interpolate
from hitless.documents.paths import joined
from hitless.fix.generate import backup
from hitless.fix.generate.render import render
from hitless.fix.generate.wanted import lacks, new
from hitless.fix.project.backing import POSTGRES
from hitless.fix.project.called import called
from hitless.fix.project.packages import slug
from hitless.fix.project.pages import pages
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

CLOSES = ("DO04", "DO05", "DO06")
RULES = {"deploy": "DO04", "rollback": "DO05", "restore": "DO06"}
UNQUOTED = re.compile(r"[a-z_][a-z0-9_]*")  # what SQL takes for a name as it stands


def files(repository: Repository) -> dict[str, str]:
    """One page for each that is missing; to restore, for Postgres only."""
    if not repository.projects:
        return {}
    stores = [
        one for one in databases(repository) if short(one.image) in POSTGRES and is_plain(one.name)
    ]
    wanted = [
        page
        for page, rule in RULES.items()
        if lacks(repository, rule) and (page != "restore" or stores)
    ]
    values = _values(repository, stores)
    for page in RULES:
        values[page] = page in wanted or f"docs/{page}.md" in repository.known
    made = {f"docs/{page}.md": render(f"{page}.md.j2", **values) for page in wanted}
    return new(repository, made)


def _values(repository: Repository, stores: list[Service]) -> dict[str, Any]:
    project = repository.projects[0]
    name = slug(called(repository, project))
    folder = joined(project.directory, backup.FOLDER)
    script = joined(folder, "backup.sh")
    return {
        "name": name,
        "compose": project.files[0],
        "database": bool(stores),
        "service": stores[0].name if stores else "",
        "named": _named(stores[0]) if stores else "",
        "folder": folder,
        "scripts": script in {*repository.known, *backup.files(repository)},
        "directory": f"/var/backups/{name}",
        "pages": pages(repository),
    }


def _named(store: Service) -> str:
    """The name of its database, which is its user's by default; empty where files leave it open."""
    given = store.environment()
    node = given.get("POSTGRES_DB") or given.get("POSTGRES_USER")
    text = interpolate(node.text, store.project.values) if node is not None else ""
    return text if UNQUOTED.fullmatch(text) else ""
