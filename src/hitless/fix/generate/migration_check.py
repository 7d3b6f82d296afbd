"""The workflow that tries the migrations on an empty database."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from hitless.audit import pipeline
from hitless.documents.paths import joined, within
from hitless.fix.generate.render import workflow
from hitless.fix.generate.wanted import faults, lacks, new, told
from hitless.fix.project.backing import HERE, Needs, needs
from hitless.fix.project.packages import Package, Use, declared, packages, slug

if TYPE_CHECKING:
    from hitless.audit.repository import Repository
    from hitless.fix.project.backing import Backing

CLOSES = ("CI13",)
PATH = ".github/workflows/migration-check.yml"
KNOWN = ("DB02", "DB06", "DB07")  # each of them makes one of the steps fail
MANAGE = "python manage.py"


class Step(NamedTuple):
    """One command of the trial."""

    title: str
    command: str


class Chain(NamedTuple):
    """One job.

    Attributes:
        known: What is already known to be wrong with these migrations.
    """

    name: str
    title: str
    folder: str
    needs: Needs
    setup: tuple[Use, ...]
    install: tuple[str, ...]
    steps: tuple[Step, ...]
    known: list[str]


def files(repository: Repository) -> dict[str, str]:
    """A job for each chain: Alembic's, Django's or Prisma's."""
    if not lacks(repository, *CLOSES):
        return {}
    here = {one.folder: one for one in packages(repository) if one.kind == "python"}
    chains = [*_alembic(repository, here), *_django(repository, here), *_prisma(repository)]
    if not chains:
        return {}
    return new(repository, {PATH: workflow("migration-check.yml.j2", chains=chains)})


def _alembic(repository: Repository, here: dict[str, Package]) -> list[Chain]:
    found = []
    for path in repository.matching(r"(^|/)alembic\.ini$"):
        folder = posixpath.dirname(path)
        package = here.get(folder)
        if package is not None:
            steps = _alembic_steps(package.prefix)
            around = _around(repository, folder, path)
            found.append(_chain(repository, package, "alembic", around, steps))
    return found


def _alembic_steps(prefix: str) -> tuple[Step, ...]:
    alembic = f"{prefix}alembic"
    return (
        Step("One head", f'test "$({alembic} heads | wc -l)" -eq 1'),
        Step("Up, on an empty database", f"{alembic} upgrade head"),
        Step("One back", f"{alembic} downgrade -1"),
        Step("Up again", f"{alembic} upgrade head"),
    )


def _around(repository: Repository, folder: str, path: str) -> Needs:
    """The services of the project; a fixed address is met by a database that fits it."""
    around = needs(repository, folder)
    fixed = [one for one in faults(repository, "DB06") if one.place and one.place.path == path]
    url = re.search(r"^sqlalchemy\.url\s*=\s*(\S+)", repository.text(path), re.MULTILINE)
    if not fixed or not url or not around.backing:
        return around
    parts = urlsplit(url[1])
    if parts.hostname not in ("localhost", HERE):
        return around
    return around._replace(backing=tuple(_fitting(one, parts) for one in around.backing))


def _fitting(one: Backing, parts: object) -> Backing:
    """Postgres with the user, password and database of an address."""
    if one.port != "5432":
        return one
    user, password = getattr(parts, "username", None), getattr(parts, "password", None)
    name = str(getattr(parts, "path", "")).strip("/")
    told = {"POSTGRES_USER": user, "POSTGRES_PASSWORD": password, "POSTGRES_DB": name}
    return one._replace(env={**one.env, **{key: text for key, text in told.items() if text}})


def _django(repository: Repository, here: dict[str, Package]) -> list[Chain]:
    found = []
    run = pipeline.everything(repository) if repository.pipelines else ""
    for path in repository.main:
        folder = posixpath.dirname(path)
        if posixpath.basename(path) != "manage.py" or folder not in here:
            continue
        apps = _apps(repository, folder)
        if (
            "django" in declared(repository, folder, "python")
            and apps
            and "makemigrations" not in run
        ):
            steps = _django_steps(here[folder].prefix, apps)
            around = needs(repository, folder)
            found.append(_chain(repository, here[folder], "django", around, steps))
    return found


def _apps(repository: Repository, folder: str) -> dict[str, str]:
    """Apps with migrations of their own, and the one before the last; ``zero`` before the first."""
    chains: dict[str, list[str]] = {}
    for path in repository.main:
        found = re.search(r"(?:^|/)(\w+)/migrations/(\d{4}_\w+)\.py$", path)
        if found and within(path, folder):
            chains.setdefault(found[1], []).append(found[2])
    return {app: ["zero", *sorted(names)][-2] for app, names in sorted(chains.items())}


def _django_steps(prefix: str, apps: dict[str, str]) -> tuple[Step, ...]:
    manage = f"{prefix}{MANAGE}"
    back = [
        Step(f"One back ({app})", f"{manage} migrate {app} {name}") for app, name in apps.items()
    ]
    return (
        Step(
            "One head, and no model without its migration",
            f"{manage} makemigrations --check --dry-run",
        ),
        Step("Up, on an empty database", f"{manage} migrate --noinput"),
        *back,
        Step("Up again", f"{manage} migrate --noinput"),
    )


def _prisma(repository: Repository) -> list[Chain]:
    """Prisma has no way back: its migrations are applied, and compared with the schema."""
    run = pipeline.everything(repository) if repository.pipelines else ""
    here = [one for one in packages(repository) if one.kind == "npm"]
    found = []
    for one in here:
        chain = any(within(p, joined(one.folder, "prisma/migrations")) for p in repository.main)
        if (
            chain
            and "migrate deploy" not in run
            and "prisma" in declared(repository, one.folder, "npm")
        ):
            prisma = f"{one.prefix} prisma"
            steps = (
                Step("Up, on an empty database", f"{prisma} migrate deploy"),
                Step("Nothing is left to do", f"{prisma} migrate status"),
            )
            around = needs(repository, one.folder)
            found.append(_chain(repository, one, "prisma", around, steps))
    return found


def _chain(
    repository: Repository, package: Package, tool: str, around: Needs, steps: tuple[Step, ...]
) -> Chain:
    name = slug(f"{tool} {package.folder}")
    title = f"{tool.capitalize()} ({package.folder})" if package.folder else tool.capitalize()
    known = told(repository, *KNOWN) if tool == "alembic" else []
    return Chain(name, title, package.folder, around, package.setup, package.install, steps, known)
