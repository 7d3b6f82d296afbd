"""Do the migrations apply to an empty database, go back one, and apply again?"""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING

from hitless.audit.images import IMAGES, PG, short
from hitless.documents.paths import within
from hitless.fix.verify import commands, model
from hitless.fix.verify.bench import LOOK_SECONDS, Attempt, NotChecked, Refuted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.documents.service import Service
    from hitless.fix.verify.bench import Bench

READY_SECONDS = 60.0
MIGRATION_SECONDS = 300.0
INIT = "/docker-entrypoint-initdb.d"
ROUND = (("up", ("upgrade", "head")), ("down one", ("downgrade", "-1")))
# By TCP: the server of the first start listens on the socket only.
WAIT = 'until pg_isready -q -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"; do sleep 0.1; done'


def there_and_back(bench: Bench) -> Iterator[Attempt]:
    """Alembic's chain, in the image that deploys it, once for each project."""
    for project in bench.repository.projects:
        told = bench.models.get(project.files[0], {}).get("services", {})
        services = [project.services[name] for name in project.services if name in told]
        services = [one for one in services if _has_chain(bench, one)]
        services.sort(key=lambda one: "alembic" not in one.words("command"))
        for service in services[:1]:
            yield Attempt(
                "migrations up, down one, up",
                service.name,
                "the chain applies to an empty database, and its last step can be undone",
                partial(_try, bench, project.files[0], service.name),
            )


def _has_chain(bench: Bench, service: Service) -> bool:
    """Its build sees the revisions."""
    return service.is_built and any(
        within(one.path, service.build()[0]) for one in bench.repository.revisions
    )


def _try(bench: Bench, project: str, service: str) -> None:
    image = bench.image_of(project, service)
    network = _network(bench, project)
    _do(bench, commands.network(network), "the network for it cannot be made")
    host, server = _database(bench, project)
    given = model.environment(bench.models[project]["services"][service])
    values = model.env_file(model.with_database(given, host, server))
    variables = f"--env-file={bench.put(values)}"
    options = (f"--network={network}", variables, "--entrypoint=alembic")
    for way, words in (*ROUND, ("up again", ROUND[0][1])):
        told = (*_settings(bench, project, service), *words)
        command = commands.once(f"{bench.name}-migrate", image, told, options)
        output = bench.run(command, MIGRATION_SECONDS)
        if "executable file not found" in output.text:
            raise NotChecked(f"alembic is not in the image of {service}")
        if output.code != 0:
            again = f"docker compose -f {project} run --rm {service} alembic {' '.join(words)}"
            raise Refuted(f"{way} fails", output.text, again)


def _database(bench: Bench, project: str) -> tuple[str, dict[str, str]]:
    """An empty server of the project's own image: its host name, and how to log in."""
    told = bench.models[project]["services"]
    found = [name for name, one in told.items() if IMAGES.get(short(one.get("image", ""))) is PG]
    if not found:
        raise NotChecked("no service of the project is a Postgres")
    host = found[0]
    image = bench.image_of(project, host)
    given = model.environment(told[host])
    user = given.get("POSTGRES_USER", "postgres")
    server = {
        "POSTGRES_USER": user,
        "POSTGRES_DB": given.get("POSTGRES_DB", user),
        "POSTGRES_PASSWORD": "throw-away",  # of a server that nobody else can reach
    }
    _start(bench, project, host, image, server)
    return host, server


def _start(bench: Bench, project: str, host: str, image: str, server: dict[str, str]) -> None:
    network = _network(bench, project)
    name = f"{network}-db"
    scripts, _ = model.mounts(bench.models[project], host, bench.directory, INIT)
    variables = f"--env-file={bench.put(model.env_file(server))}"
    options = (f"--network={network}", f"--network-alias={host}", variables, *scripts)
    command = commands.start(name, image, (), options)
    _do(bench, command, "the empty database cannot be started")
    _do(bench, commands.inside(name, WAIT), "the empty database does not come up", READY_SECONDS)


def _network(bench: Bench, project: str) -> str:
    return f"{bench.name}-net-{list(bench.models).index(project)}"


def _do(
    bench: Bench, command: tuple[str, ...], otherwise: str, seconds: float = LOOK_SECONDS
) -> None:
    output = bench.run(command, seconds)
    if output.code != 0:
        last = (output.text.strip().splitlines() or [""])[-1]
        raise NotChecked(f"{otherwise}: {last}")


def _settings(bench: Bench, project: str, service: str) -> list[str]:
    """Alembic's own options as the service's command gives them: ``-c db/alembic.ini``."""
    told = model.words(bench.models[project]["services"][service].get("command"))
    names = [posixpath.basename(one) for one in told]
    if "alembic" not in names or "upgrade" not in names:
        return []
    return told[names.index("alembic") + 1 : names.index("upgrade")]
