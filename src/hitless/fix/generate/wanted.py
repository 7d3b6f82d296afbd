"""What is missing in a repository, in the words of the rules that say so."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.registry import Rule
    from hitless.audit.repository import Repository

# Only these are asked: importing all rules costs more than what is made here.
MODULES = {
    "CI01": "ci.no_ci",
    "CI02": "ci.tests_not_run",
    "CI03": "ci.configured_check_not_run",
    "CI05": "ci.image_not_pushed",
    "CI07": "ci.no_vulnerability_scan",
    "CI08": "ci.no_dependency_updates",
    "CI11": "ci.no_deploy_job",
    "CI12": "ci.rollback_never_rehearsed",
    "CI13": "ci.migrations_not_tried",
    "CP02": "orchestration.env_contract",
    "DB02": "database.chain_needs_unknown_table",
    "DB06": "database.migration_address_fixed",
    "DB07": "database.no_way_back",
    "DB08": "database.no_backup",
    "DB09": "database.unverified_backup",
    "DI01": "docker.ignore_file_has_gaps",
    "DO03": "documentation.no_environment_reference",
    "DO04": "documentation.no_deploy_page",
    "DO05": "documentation.no_rollback_page",
    "DO06": "documentation.no_restore_page",
    "MO01": "monitoring.no_metrics",
    "MO02": "monitoring.nothing_scrapes",
    "MO03": "monitoring.no_alerts",
    "MO04": "monitoring.logs_not_collected",
}


def faults(repository: Repository, *identifiers: str) -> Iterator[Check]:
    """What these rules find wrong."""
    for one in identifiers:
        yield from (check for check in _rule(one).check(repository) if check.place is not None)


def lacks(repository: Repository, *identifiers: str) -> bool:
    """One of these rules finds something."""
    return any(True for _ in faults(repository, *identifiers))


def told(repository: Repository, *identifiers: str) -> list[str]:
    """What these rules find, each as ``ID path:line message``."""
    return [
        f"{identifier} {one.place.path}:{one.place.line} {one.message}"
        for identifier in identifiers
        for one in faults(repository, identifier)
        if one.place is not None
    ]


def new(repository: Repository, made: dict[str, str]) -> dict[str, str]:
    """Without the files that exist: nobody's file is written over."""
    return {path: text for path, text in made.items() if path not in repository.known}


def _rule(identifier: str) -> Rule:
    module = importlib.import_module(f"hitless.audit.rules.{MODULES[identifier]}")
    made: Rule = getattr(module, MODULES[identifier].rpartition(".")[2])
    return made
