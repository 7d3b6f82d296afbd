"""DB01: migrations are not part of the deploy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit import builds, pipeline
from hitless.audit.application import anchor
from hitless.audit.check import verdict
from hitless.audit.registry import rule
from hitless.documents.yaml_tree import parse
from hitless.domain.finding import Fix, Severity
from hitless.domain.score import Category

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.check import Check
    from hitless.audit.repository import Repository

APPLIES = r"command\.upgrade\(|call_command\([\"']migrate|alembic\S*[\s\"',]+(?:[^&|;]*)upgrade|manage\.py[\s\"',]+migrate|prisma[\s\"',]+migrate[\s\"',]+deploy|rails[\s\"',]+db:migrate|\b(?:goose|migrate|dbmate|flyway|sqlx)\b[^&|;]*\b(?:up|migrate|run)\b|knex[\s\"',]+migrate"

# Scripts, and files that tell a process manager or a hosting service what to run.
STARTS = (
    r"\.(sh|ini)$|(^|/)(Makefile|justfile|Procfile|fly\.toml|render\.ya?ml|railway\.(toml|json)"
    r"|app\.json)$"
)
IN_CODE = ("migrate deploy", "command.upgrade(", 'call_command("migrate', "call_command('migrate")


@rule("DB01", Category.DATABASE, "migration automation", Severity.HIGH, fix=Fix.GENERATE)
def migrations_not_deployed(repository: Repository) -> Iterator[Check]:
    """Migrations are not part of the deploy.

    ## What it does
    Looks for a service, an entrypoint, a script, a process manager, a job that deploys, the program
    itself or a hitless.yaml that applies the migrations. A job that tries them on a database of its
    own does not. The migrations are those of Alembic, Django, Prisma or Rails.

    ## Why it matters
    Somebody has to remember them. The new code runs on the old schema until somebody does.

    ## Bad
    ```yaml title="compose.yml"
    services:
      api: {build: .}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    WORKDIR /app
    COPY alembic.ini app.py ./
    COPY migrations ./migrations
    CMD ["python", "app.py"]
    ```

    ```ini title="alembic.ini"
    [alembic]
    script_location = migrations
    ```

    ```python title="migrations/versions/0001.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ## Good
    ```yaml title="compose.yml"
    services:
      api: {build: .}
      migrate: {build: ., command: [alembic, upgrade, head], restart: "no"}
    ```

    ```dockerfile title="Dockerfile"
    FROM python:3.13-slim
    WORKDIR /app
    COPY alembic.ini app.py ./
    COPY migrations ./migrations
    CMD ["python", "app.py"]
    ```

    ```ini title="alembic.ini"
    [alembic]
    script_location = migrations
    ```

    ```python title="migrations/versions/0001.py"
    revision = "0001"
    down_revision = None

    def upgrade():
        pass
    ```

    ## Fix safety
    Generated, for Alembic whose alembic.ini is in the folder in which an image starts: a one-shot
    service with that image's build and variables, on the network of the database. Services of the
    same build wait until it has succeeded. hitless init takes it as the release's migrations.
    """
    has_chain = bool(repository.revisions) or bool(
        repository.matching(
            r"(^|/)migrations/0001_\w+\.py$|(^|/)prisma/migrations/|(^|/)db/migrate/"
        )
    )
    if has_chain and repository.services:
        declared = (
            parse(repository.text("hitless.yaml"), "hitless.yaml").get("migrations") is not None
        )
        ok = declared or any(re.search(APPLIES, text) for text in _texts(repository))
        yield verdict(
            "migrations",
            anchor(repository),
            "nothing applies the migrations when a release is deployed",
            ok=ok,
        )


def _texts(repository: Repository) -> Iterator[str]:
    """What is run when the application starts or is deployed."""
    for service in repository.services:
        yield " ".join([*service.words("entrypoint"), *service.words("command")])
    for file in repository.dockerfiles.values():
        for one in file.instructions:
            if one.keyword in ("CMD", "ENTRYPOINT"):
                folder = builds.context(repository, file)
                words = " ".join(one.words or [one.text])
                yield "\n".join(pipeline.followed(repository, words, folder))
    for path in repository.matching(STARTS):
        if not path.endswith("alembic.ini"):
            yield repository.text(path)
    yield from pipeline.deploy_lines(repository)
    yield from (text for _, text in repository.code_matching(*IN_CODE))
