"""What backs databases up, and what tries a restore."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.documents.python_code import code

if TYPE_CHECKING:
    from hitless.audit.repository import Repository

TOOLS = (
    r"\b(pg_dump|pg_dumpall|pg_basebackup|mysqldump|mariadb-dump|mongodump|wal-g|pgbackrest"
    r"|barman|restic|borg|hitless backup)\b"
)
IMAGES = r"backup|pgbackrest|wal-g|barman|restic"
RESTORE = (
    r"\b(pg_restore|mongorestore|pgbackrest[^\n]*restore|restic restore|hitless (restore|drill"
    r"|backup drill))\b|psql[^\n]*<|restore[-_]?(drill|test|check)"
)
SCRIPTS = (
    r"\.(sh|bash|cron|timer|service)$|(^|/)(Makefile|justfile|crontab)$|(^|/)backup[^/]*\.(py"
    r"|ya?ml)$"
)

# How a program in Python starts another one.
STARTS = (
    r"\b(subprocess|Popen|popen|system|spawn\w*|exec\w*|run|call|check_\w+|create_subprocess\w*)\b"
)


def found(repository: Repository) -> list[str]:
    """Files that back something up."""
    paths = [path for path in _scripts(repository) if re.search(TOOLS, repository.text(path))]
    for project in repository.projects:
        for one in project.services.values():
            words = " ".join([*one.words("entrypoint"), *one.words("command")])
            if re.search(IMAGES, one.image.lower()) or re.search(TOOLS, words):
                paths.append(one.key.path)
    if re.search(r"^backup:", repository.text("hitless.yaml"), re.MULTILINE):
        paths.append("hitless.yaml")
    return list(dict.fromkeys(paths))


def restores(repository: Repository) -> bool:
    """Something restores, other than a person who follows a page."""
    texts = [repository.text(path) for path in (*_scripts(repository), "hitless.yaml")]
    return any(
        re.search(RESTORE, text) or re.search(r"^\s+drill:", text, re.MULTILINE) for text in texts
    )


def _scripts(repository: Repository) -> list[str]:
    workflows = [one.path for one in repository.pipelines]
    scripts = [one for one in repository.matching(SCRIPTS) if _is_script(repository, one)]
    return [*scripts, *workflows]


def _is_script(repository: Repository, path: str) -> bool:
    """A module may know the names of tools and start none of them."""
    return not path.endswith(".py") or bool(re.search(STARTS, code(repository.text(path))))
