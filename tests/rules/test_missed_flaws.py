"""Flaws of public repositories that no rule found, and what has to be found after a mend.

A rule that no longer cries wolf must still see the wolf: each case here stands beside one of
the false alarms.
"""

from __future__ import annotations

import pytest

from hitless.domain.finding import Standing
from testing.audits import Case, deployment, findings, result

SLIM = "FROM python:3.13-slim\n"
WHOLE = f"{SLIM}COPY . .\n"
SERVICE = "services: {shop: {build: .}}\n"
BUILT = {"compose.yml": SERVICE, "Dockerfile": SLIM}
ROUTE = "traefik.http.routers.admin.rule=Host(`admin.shop.example`)"
GUARD = "traefik.http.routers.admin.middlewares=password"
LATE = """\
\"\"\"Names are required

Create Date: 2025-10-01 10:00:00
\"\"\"
from alembic import op
revision = "b2"
down_revision = "a1"
def upgrade():
    op.alter_column("customers", "name", nullable=False)
def downgrade():
    op.alter_column("customers", "name", nullable=True)
"""
LATEST = LATE.replace("2025-10-01", "2025-11-20").replace("b2", "c3").replace("a1", "b2")
MIGRATED = {**BUILT, "alembic/versions/b2.py": LATE}
DJANGO = {
    "manage.py": "import django\n",
    "shop/migrations/0001_first.py": "x = 1\n",
}
PRISMA = {"prisma/migrations/1_first/migration.sql": "CREATE TABLE a ();\n"}
RUNS = "on: push\njobs: {{t: {{steps: [{{run: '{}'}}]}}}}\n"

CASES = [
    Case(
        "a job for translations is no deploy, whatever it waits for",
        "CI11",
        {
            **BUILT,
            ".github/workflows/words.yml": "on: push\nconcurrency: words\n"
            "jobs: {pull: {environment: Translations, steps: [{run: pull}]}}\n",
        },
    ),
    Case(
        "a job deploys, and nobody is asked",
        "CI11",
        {
            **BUILT,
            ".github/workflows/deploy.yml": "on: push\nconcurrency: one\n"
            "jobs: {deploy: {steps: [{run: docker compose up -d}]}}\n",
        },
    ),
    Case(
        "a repository that neither tells how it is run nor pushes an image releases by hand",
        "CI11",
        {
            "Dockerfile": SLIM,
            ".github/workflows/ci.yml": "on: push\njobs: {t: {steps: [{run: x}]}}",
        },
    ),
    Case(
        "a database's password stands in the program",
        "SE01",
        {"shop/db.js": "connect('postgres://shop:shop@db/shop')\n"},
    ),
    Case(
        "a proxy offers the page for administration to everybody",
        "CP11",
        {"compose.yml": f"services: {{admin: {{image: 'adminer:5', labels: ['{ROUTE}']}}}}\n"},
    ),
    Case(
        "a linter of the newer kind is configured and never run",
        "CI03",
        {
            "biome.json": "{}",
            ".github/workflows/ci.yml": "on: push\njobs: {t: {steps: [{run: x}]}}",
        },
    ),
    Case(
        "a tag tells the system, and not the language",
        "DF06",
        {"Dockerfile": "FROM golang:alpine3.23 AS a\nFROM golang:trixie\nCOPY --from=a b c\n"},
    ),
    Case(
        "an image without a shell and without a release",
        "DF06",
        {"Dockerfile": "FROM registry.example/distroless/static:nonroot\n"},
    ),
    Case(
        "a script starts the service below its shell",
        "DF13",
        {
            "Dockerfile": 'FROM node:22-slim\nCMD ["sh", "start.sh"]\n',
            "docker/start.sh": "#!/bin/sh\nprisma migrate deploy\nPORT=80 node server.js\n",
        },
    ),
    Case(
        "a list of commands in compose ends below its shell",
        "CP18",
        {"compose.yml": "services: {shop: {image: shop, command: sh -c 'migrate && serve'}}\n"},
    ),
    Case(
        "another package manager downloads everything again",
        "DF03",
        {"Dockerfile": "FROM oven/bun:1\nRUN bun install --frozen-lockfile\n"},
    ),
    Case(
        "of ten pods two may be gone",
        "K804",
        {"k8s/shop.yml": deployment("  replicas: 10")},
    ),
    Case(
        "an autoscaler makes ten pods of one",
        "K804",
        {
            "k8s/shop.yml": deployment("  replicas: 1"),
            "k8s/scale.yml": "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
            "spec: {scaleTargetRef: {kind: Deployment, name: shop}, maxReplicas: 10}\n",
        },
    ),
    Case(
        "one pod that may be unavailable is the only one",
        "K804",
        {"k8s/shop.yml": deployment("  strategy: {rollingUpdate: {maxUnavailable: 1}}")},
    ),
    Case(
        "nobody serves while everything is made anew",
        "K804",
        {
            "k8s/shop.yml": deployment("  strategy: {type: Recreate}").replace(
                "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]", "volumes: []"
            )
        },
    ),
    Case(
        "a web service without ports in its manifest is asked whether it lives",
        "K801",
        {
            "k8s/shop.yml": deployment(
                "  replicas: 1", "livenessProbe: {httpGet: {path: /live, port: 8000}}"
            )
        },
    ),
    Case(
        "a secret that is none of the words that ask for one",
        "SE03",
        {".env": "SECRET_KEY=9f1c5e0b77aa41d2\n"},
    ),
    Case(
        "a placeholder in the compose file is what the service starts with",
        "CP29",
        {"compose.yml": "services: {shop: {image: shop, environment: {APP_SECRET: replace-me}}}"},
    ),
    Case(
        "the newest migrations may not have run everywhere",
        "DB05",
        {"alembic/versions/b2.py": LATE, "alembic/versions/c3.py": LATEST},
    ),
    Case(
        "tables are made past the migrations, below a comment about it",
        "DB03",
        {
            "alembic/versions/b2.py": LATE,
            "shop/db.py": "# calls .create_all\nBase.metadata.create_all(engine)\n",
        },
    ),
    Case(
        "a script that nobody calls applies no migrations",
        "DB01",
        {
            **BUILT,
            "shop/migrations/0001_first.py": "x = 1\n",
            "package.json": '{"scripts": {"update": "prisma migrate deploy"}}',
        },
    ),
    Case(
        "a test job migrates a database that is thrown away, and no server's",
        "DB01",
        {
            **MIGRATED,
            ".github/workflows/ci.yml": "on: push\njobs:\n  test:\n"
            "    services: {db: {image: 'postgres:17'}}\n"
            "    steps: [{run: alembic upgrade head}, {run: pytest}]\n",
        },
    ),
    Case(
        "a test job in a workflow for deploys has a database of its own",
        "DB01",
        {
            **MIGRATED,
            ".github/workflows/deploy.yml": "on: push\njobs:\n  test:\n"
            "    services: {db: {image: 'postgres:17'}}\n"
            "    steps: [{run: alembic upgrade head}]\n",
        },
    ),
    Case(
        "migrations of Django that nothing applies",
        "DB01",
        {**BUILT, **DJANGO},
    ),
    Case(
        "migrations of Prisma that nothing applies",
        "DB01",
        {**BUILT, **PRISMA},
    ),
    Case(
        "migrations of Django that no job applies",
        "CI13",
        {**DJANGO, ".github/workflows/ci.yml": RUNS.format("python -m compileall shop")},
    ),
    Case(
        "tests of Django that make their tables without its migrations",
        "CI13",
        {
            **DJANGO,
            "pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = shop\naddopts = --nomigrations\n",
            ".github/workflows/ci.yml": RUNS.format("pytest"),
        },
    ),
    Case(
        "migrations of Prisma that no job applies, for it pushes the schema",
        "CI13",
        {**PRISMA, ".github/workflows/ci.yml": RUNS.format("npx prisma db push && npm test")},
    ),
    Case(
        "a folder with an env file sends it to the builder",
        "DI01",
        {
            "compose.yml": "services: {shop: {build: shop}}\n",
            "shop/Dockerfile": WHOLE,
            "shop/.env.example": "X=1\n",
        },
    ),
    Case(
        "the files that a server reads are still looked at beside those for development",
        "CP10",
        {
            "compose.yml": "services: {db: {image: 'postgres:17', ports: ['5432:5432']}}\n",
            "dev/compose.yml": "services: {db: {image: 'postgres:17'}}\n",
        },
    ),
    Case(
        "a configuration that is mounted and missing",
        "CP23",
        {"compose.yml": "services: {shop: {image: shop, volumes: ['./shop.toml:/shop.toml']}}\n"},
    ),
    Case(
        "no package of a workspace tests the others",
        "CI15",
        {
            "package.json": '{"workspaces": ["apps/*"], "scripts": {"lint": "biome check ."}}',
            "apps/web/package.json": '{"scripts": {"build": "vite build"}}',
        },
    ),
    Case(
        "a word in passing is no page about it",
        "DO06",
        {
            "compose.yml": "services: {db: {image: 'postgres:17'}}\n",
            "README.md": "# Shop\n\nCustomers can recover their passwords.\n",
        },
    ),
    Case(
        "a README that leads to somebody else's manual tells nothing",
        "DO01",
        {"Dockerfile": SLIM, "README.md": "# Shopkeeper\n\nSee https://docs.python.example/3/\n"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.rule}: {one.story}")
def test_a_flaw_is_found(case: Case) -> None:
    assert findings(case.rule, case.files)


def test_a_proxy_that_asks_for_a_password_may_offer_the_page() -> None:
    labels = f"labels: ['{ROUTE}', '{GUARD}']"
    assert (
        findings("CP11", {"compose.yml": f"services: {{a: {{image: 'adminer:5', {labels}}}}}"})
        == []
    )


@pytest.mark.parametrize(
    "page",
    [
        "# Shop\n\n## Going back\n",
        "Shop\n====\n\nRolling back\n------------\n",
        "# Shop\n\n**Roll back**\n",
        "<h2>Rollback</h2>\n",
    ],
)
def test_a_heading_of_any_kind_tells_what_a_page_is_about(page: str) -> None:
    assert findings("DO05", {**BUILT, "README.md": page}) == []


def test_a_manual_elsewhere_is_told_as_not_read() -> None:
    files = {"Dockerfile": SLIM, "README.md": "# Shopkeeper\n\nhttps://docs.shopkeeper.example/\n"}
    told = result("DO01", files)
    assert told.standing is Standing.NOT_CHECKED
    assert "docs.shopkeeper.example" in told.reason


def test_what_no_workflow_does_is_told_in_the_workflow_that_is_nearest_to_it() -> None:
    flow = "on: push\njobs: {x: {steps: [{run: x}]}}\n"
    flows = {f".github/workflows/{name}.yml": flow for name in ("ci", "deploy", "stale")}
    (found,) = findings("CI12", {**BUILT, **flows})
    assert found.place.path == ".github/workflows/deploy.yml"


def test_what_no_page_tells_is_told_in_the_readme() -> None:
    (found,) = findings("DO05", {**BUILT, "README.md": "# Shop\n"})
    assert found.place.path == "README.md"


def test_a_development_server_is_told_where_its_command_stands() -> None:
    compose = "services:\n  shop:\n    build: .\n    entrypoint: nodemon server.js\n"
    (found,) = findings("CP13", {"compose.yml": compose, "Dockerfile": "FROM node:22-slim\n"})
    assert found.place.line == 4


def test_a_missing_ignore_file_is_told_once_for_all_images_of_a_folder() -> None:
    steps = "".join(
        f"      - uses: docker/build-push-action@v6\n"
        f"        with: {{context: ., file: images/{name}}}\n"
        for name in ("a.Dockerfile", "b.Dockerfile")
    )
    files = {
        ".github/workflows/image.yml": f"on: push\njobs:\n  x:\n    steps:\n{steps}",
        "images/a.Dockerfile": WHOLE,
        "images/b.Dockerfile": WHOLE,
    }
    assert len(findings("DI01", files)) == 1


def test_the_packages_of_a_workspace_are_one_gap() -> None:
    apps = {f"apps/{name}/package.json": "{}" for name in "abc"}
    (found,) = findings("DI01", {"Dockerfile": WHOLE, ".dockerignore": ".env\n.git\n", **apps})
    assert "leaves in: **/node_modules would" in found.message
