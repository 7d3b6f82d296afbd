"""A monitoring project beside the application: figures, alerts and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitless.audit.application import backends, databases
from hitless.audit.images import short
from hitless.documents.paths import joined
from hitless.fix.generate.render import render
from hitless.fix.generate.wanted import faults, lacks, new
from hitless.fix.project.backing import POSTGRES
from hitless.fix.project.called import called
from hitless.fix.project.packages import slug
from hitless.fix.project.pages import pages
from hitless.fix.project.plain import is_plain

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

CLOSES = ("MO02", "MO03", "MO04")
COMPOSE = "compose.monitoring.yml"
FOLDER = "monitoring"
NAMES = (
    "prometheus.yml",
    "alerts.yml",
    "alerts_test.yml",
    "alertmanager.yml",
    "blackbox.yml",
    "loki.yml",
    "config.alloy",
    "datasources.yml",
    "secrets/.gitignore",  # so that the folder is there, and no address of a webhook is committed
)


def files(repository: Repository) -> dict[str, str]:
    """All or nothing: beside files of the same names it would be half of it."""
    if not repository.projects or not lacks(repository, *CLOSES):
        return {}
    home = repository.projects[0].directory
    name = slug(called(repository, repository.projects[0]))
    stores = [
        one.name
        for one in databases(repository)
        if short(one.image) in POSTGRES and is_plain(one.name)
    ]
    values = {
        "name": name,
        "file": joined(home, COMPOSE),
        "postgres": stores[0] if stores else "",
        "pages": pages(repository),
        "metrics": _telling(repository),
    }
    made = {
        joined(home, f"{FOLDER}/{one}"): render(f"monitoring/{one}.j2", **values) for one in NAMES
    }
    made[joined(home, COMPOSE)] = render(f"monitoring/{COMPOSE}.j2", **values)
    return made if len(new(repository, made)) == len(made) else {}


def _telling(repository: Repository) -> list[str]:
    """The services that tell figures about themselves."""
    silent = {one.subject for one in faults(repository, "MO01")}
    return [
        one.name for one in backends(repository) if one.name not in silent and is_plain(one.name)
    ]
