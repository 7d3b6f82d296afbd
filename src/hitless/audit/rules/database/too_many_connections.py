"""DB10: two slots together need more connections than the database has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import backends, code_with
from hitless.audit.check import verdict
from hitless.audit.images import short
from hitless.audit.registry import rule
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository
    from hitless.documents.service import Service

POSTGRES = frozenset(("postgres", "pgvector", "postgis", "timescaledb"))
POOL, OVERFLOW = 5, 10  # SQLAlchemy's own


@rule("DB10", Category.DATABASE, "connection pooling", Severity.MEDIUM, fix=Fix.REVIEW)
def too_many_connections(repository: Repository) -> Iterator[Check]:
    """Two slots together need more connections than the database has.

    ## What it does
    Multiplies processes, pool and overflow of every service that uses SQLAlchemy, twice,
    because both slots run during a release.

    ## Why it matters
    In the middle of the release the new slot gets "too many clients", and so does the old one.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: ., command: [uvicorn, "app:app", --workers, "4"]}
      db: {image: "postgres:17"}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```python title="app.py"
    engine = create_async_engine(URL)
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: ., command: [uvicorn, "app:app", --workers, "4"]}
      db: {image: "postgres:17"}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    COPY app.py .
    CMD ["python", "app.py"]
    ```

    ```python title="app.py"
    engine = create_async_engine(URL, pool_size=5, max_overflow=0)
    ```

    ## Fix safety
    Needs review: the engine gets the largest pool, up to five, with which both slots fit; more
    requests than that wait for each other.
    """
    for project in repository.projects:
        servers = [
            one
            for one in project.services.values()
            if short(one.image) in POSTGRES and not one.is_built
        ]
        users = [
            (one, _connections(repository, one))
            for one in backends(repository)
            if one.project is project
        ]
        users = [(one, count) for one, count in users if count]
        for server in servers:
            if users:
                limit = re.search(r"max_connections[= ](\d+)", " ".join(server.words("command")))
                most = int(limit[1]) if limit else 100
                needed = 2 * sum(count for _, count in users)
                names = " + ".join(f"{one} {count}" for one, count in users)
                message = f"two slots may open {needed} connections ({names}, twice), {server} takes {most}"
                yield verdict(server, users[0][0].key, message, ok=needed < most)


def _connections(repository: Repository, service: Service) -> int:
    """The most that all processes of a service may open; 0 when it makes no engine."""
    text = "\n".join(
        t
        for p, t in code_with(repository, service, "create_").items()
        if p.endswith(".py") and "engine(" in t
    )
    if not re.search(r"create_(async_)?engine\(", text) or "NullPool" in text:
        return 0
    pool, overflow = (
        re.search(r"pool_size\s*=\s*(\d+)", text),
        re.search(r"max_overflow\s*=\s*(\d+)", text),
    )
    if re.search(r"pool_size\s*=\s*[A-Za-z_]", text):
        return 0  # set elsewhere, and not known here
    each_one = (int(pool[1]) if pool else POOL) + (int(overflow[1]) if overflow else OVERFLOW)
    words = " ".join(service.words("command"))
    image = repository.image_of(service)
    if not words and image is not None:
        words = " ".join(one.text for one in image[0].inherited(image[1], "CMD")[-1:])
    workers = re.search(r"(?:--workers|-w)[\"',= ]+(\d+)", words)
    replicas = service.filled("deploy", "replicas")
    return (
        each_one
        * (int(workers[1]) if workers else 1)
        * (int(replicas) if replicas.isdigit() else 1)
    )
