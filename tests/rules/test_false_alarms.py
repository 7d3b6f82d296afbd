"""What the audit said of public repositories, and should not have: each mistake, made small.

The repositories were read by hand, finding by finding; docs/why/false-alarms.md tells which.
Nothing of them is here: every case is written anew.
"""

from __future__ import annotations

import json

import pytest

from testing.audits import Case, deployment, findings

SERVICE = "services: {shop: {build: .}}\n"
BUILT_ASIDE = "services: {shop: {build: {context: ., dockerfile: docker/Dockerfile}}}\n"
DATABASE = "services: {db: {image: 'postgres:17'}}\n"
SLIM = "FROM python:3.13-slim\n"
WHOLE = f"{SLIM}COPY . .\n"
CHAIN = {"shop/migrations/0001_first.py": "x = 1\n", "compose.yml": SERVICE, "Dockerfile": SLIM}
PUBLISHED = "services: {db: {image: 'postgres:17', ports: ['5432:5432']}}\n"
PUSHED = """\
on: push
jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
        with: {push: true, context: ., file: images/shop/Dockerfile, tags: "shop:${{ github.sha }}"}
"""
OLD = """\
\"\"\"Names are required

Create Date: 2024-02-01 10:00:00
\"\"\"
from alembic import op
revision = "b2"
down_revision = "a1"
def upgrade():
    op.alter_column("customers", "name", nullable=False)
def downgrade():
    op.alter_column("customers", "name", nullable=True)
"""
NEW = """\
\"\"\"A note

Create Date: 2025-11-20 10:00:00
\"\"\"
from alembic import op
revision = "c3"
down_revision = "b2"
def upgrade():
    op.add_column("customers", sa.Column("note", sa.Text()))
def downgrade():
    op.drop_column("customers", "note")
"""

FOR_DEVELOPERS = [
    Case(
        "a compose file in a folder for development is started on no server",
        "CP10",
        {"docker/development/compose.yml": PUBLISHED},
    ),
    Case(
        "a compose file that is a part of browser tests is started on no server",
        "CP10",
        {"cypress/compose.yml": PUBLISHED},
    ),
    Case(
        "a service that fills a database with samples is released by nobody",
        "CP17",
        {
            "compose.yml": "services: {fill: {build: fill, profiles: [seed]}}\n",
            "fill/Dockerfile": SLIM,
        },
    ),
    Case(
        "an image that only such a service is built from runs nowhere",
        "DF05",
        {
            "compose.yml": "services: {fill: {build: fill, profiles: [seed]}}\n",
            "fill/Dockerfile": SLIM,
        },
    ),
    Case(
        "a Dockerfile with a browser for tests runs nowhere",
        "DF05",
        {"compose.yml": DATABASE, "web/Dockerfile.playwright": SLIM},
    ),
    Case(
        "the README may name a port that only developers publish",
        "DO02",
        {
            "README.md": "Mail is at http://localhost:9000\n",
            "compose.yml": "services: {shop: {image: 'shop:1', ports: ['80:80']}}\n",
            "docker/dev/compose.yml": "services: {mail: {image: mail, ports: ['9000:9000']}}\n",
        },
    ),
]
BUILDS = [
    Case(
        "an image that makes packages is not the one that the workflow pushes",
        "DF01",
        {
            ".github/workflows/image.yml": PUSHED,
            "images/shop/Dockerfile": SLIM,
            "packages/debian/Dockerfile": "FROM debian:13\nRUN apt-get install -y gcc\n",
        },
    ),
    Case(
        "a file that a template left over is built by nobody",
        "DF05",
        {
            ".github/workflows/image.yml": "on: push\n"
            "jobs: {x: {steps: [{run: docker build -f images/shop/Dockerfile .}]}}\n",
            "images/shop/Dockerfile": f"{SLIM}USER shop\n",
            "web/Dockerfile": SLIM,
        },
    ),
    Case(
        "the workflow tells from which folder an image is built",
        "DI01",
        {
            ".github/workflows/image.yml": PUSHED,
            "images/shop/Dockerfile": WHOLE,
            ".dockerignore": ".env\n.git\n",
        },
    ),
    Case(
        "a Makefile tells from which folder an image is built",
        "DI01",
        {
            "Makefile": "image:\n\tdocker build -t shop -f images/shop/Dockerfile .\n",
            "images/shop/Dockerfile": WHOLE,
            ".dockerignore": ".env\n.git\n",
        },
    ),
    Case(
        "what a Dockerfile copies tells from which folder it is built",
        "DI01",
        {
            "docker/Dockerfile": f"{WHOLE}COPY turbo.json .\n",
            "turbo.json": "{}",
            ".dockerignore": ".env\n.git\n",
        },
    ),
    Case(
        "a folder below the root has no .git, and without env files no secrets",
        "DI01",
        {"compose.yml": "services: {shop: {build: shop}}\n", "shop/Dockerfile": WHOLE},
    ),
    Case(
        "a build that asks git for its version needs .git",
        "DI01",
        {"Dockerfile": f"{WHOLE}RUN git describe > version\n", ".dockerignore": ".env\n"},
    ),
    Case(
        "an ignore file may begin its paths with ./",
        "DI01",
        {
            "Dockerfile": WHOLE,
            "apps/phone/package.json": "{}",
            ".dockerignore": ".env\n.git\n./apps/phone\n",
        },
    ),
    Case(
        "one package by name is no lock file",
        "DF03",
        {"Dockerfile": "FROM node:22-slim\nRUN npm install @example/browser\n"},
    ),
    Case(
        "an image without a shell has its release in its name",
        "DF06",
        {"Dockerfile": "FROM registry.example/distroless/base-debian13:nonroot\n"},
    ),
]
COMPOSE = [
    Case(
        "bash becomes the last of its commands",
        "CP18",
        {"compose.yml": "services: {shop: {image: shop, command: bash -c 'migrate; serve'}}\n"},
    ),
    Case(
        "a list that ends with exec leaves no shell behind",
        "CP18",
        {"compose.yml": "services: {shop: {image: shop, command: sh -c 'up && exec serve'}}\n"},
    ),
    Case(
        "a script that looks after signals itself",
        "DF13",
        {
            "Dockerfile": 'FROM node:22-slim\nENTRYPOINT ["/start.sh"]\n',
            "start.sh": "trap stop TERM\nnode server.js\n",
        },
    ),
    Case(
        "a script that becomes the service",
        "DF13",
        {
            "Dockerfile": 'FROM node:22-slim\nENTRYPOINT ["/start.sh"]\n',
            "start.sh": "prisma migrate deploy\nexec node server.js\n",
        },
    ),
    Case(
        "a restart policy stands in the file for the server",
        "CP19",
        {
            "compose.yml": DATABASE,
            "compose.deploy.yml": "services: {db: {restart: always}}\n",
        },
    ),
    Case(
        "a page for administration connects when somebody opens it",
        "CP03",
        {
            "compose.yml": "services:\n"
            "  db: {image: 'postgres:17', healthcheck: {test: [CMD, pg_isready]}}\n"
            "  admin: {image: 'adminer:5', depends_on: [db]}\n"
        },
    ),
    Case(
        "a folder for data is made on the first start",
        "CP23",
        {
            "compose.yml": "services: {db: {image: 'postgres:17', "
            "volumes: ['./pgdata:/var/lib/postgresql/data']}}\n"
        },
    ),
    Case(
        "a folder that git ignores is made on each machine",
        "CP23",
        {
            "compose.yml": "services: {shop: {image: 'shop:1', volumes: ['./uploads:/uploads']}}\n",
            ".gitignore": "/uploads\n",
        },
    ),
    Case(
        "a page may explain a variable as a line to copy",
        "CP02",
        {
            "compose.yml": "services: {db: {image: db, environment: {X: '${SHOP_NAME}'}}}\n",
            ".env.example": "OTHER=1\n",
            "website/docs/hosting/deploy/compose.mdx": "~~~sh\nSHOP_NAME=shop\n~~~\n",
        },
    ),
    Case(
        "nobody sets what stands in the compose file already",
        "DO03",
        {"compose.yml": "services: {db: {image: 'postgres:17', environment: {TZ: UTC}}}\n"},
    ),
]
SECRETS = [
    Case(
        f"{value!r} only tells where a secret belongs",
        "SE03",
        {".env": f"SECRET_KEY={value}\n"},
    )
    for value in (
        "changethis",
        "replace-me",
        "change-me-before-use",
        "<your key>",
        "xxxx",
        "your_key",
    )
]
DATABASES = [
    Case(
        "a comment makes no table",
        "DB03",
        {
            "alembic/versions/b2.py": OLD,
            "shop/db.py": "def init():\n    # Base.metadata.create_all(engine)\n    pass\n",
        },
    ),
    Case(
        "a process manager applies the migrations",
        "DB01",
        {**CHAIN, "docker/uwsgi.ini": "[uwsgi]\nhook-pre-app = exec:./manage.py migrate\n"},
    ),
    Case(
        "the program applies the migrations when it starts",
        "DB01",
        {**CHAIN, "scripts/check.js": "execSync('prisma migrate deploy')\n"},
    ),
    Case(
        "a script of the package applies the migrations when it starts",
        "DB01",
        {
            **CHAIN,
            "Dockerfile": 'FROM node:22-slim\nCMD ["npm", "run", "serve"]\n',
            "package.json": '{"scripts": {"serve": "prisma migrate deploy && node x.js"}}',
        },
    ),
    Case(
        "a job that deploys applies the migrations on the server",
        "DB01",
        {
            **CHAIN,
            ".github/workflows/deploy.yml": "on: push\njobs:\n  deploy:\n"
            "    steps: [{run: docker compose run --rm shop python manage.py migrate}]\n",
        },
    ),
    Case(
        "a job of another name applies the migrations over ssh",
        "DB01",
        {
            **CHAIN,
            ".github/workflows/release.yml": "on: push\njobs: {update: {steps: "
            "[{run: ssh server docker compose run shop ./manage.py migrate}]}}\n",
        },
    ),
    Case(
        "an action applies the migrations over ssh",
        "DB01",
        {
            **CHAIN,
            ".github/workflows/release.yml": "on: push\njobs: {update: {steps: "
            "[{uses: appleboy/ssh-action@v1, with: {script: python manage.py migrate}}]}}\n",
        },
    ),
    Case(
        "a stage of GitLab deploys and applies the migrations",
        "DB01",
        {**CHAIN, ".gitlab-ci.yml": "ship: {stage: deploy, script: [./manage.py migrate]}\n"},
    ),
    *(
        Case(
            f"migrations of Django are applied by {command}",
            "CI13",
            {
                **CHAIN,
                "manage.py": "import django\n",
                "requirements.txt": "pytest-django==4.11\n",
                ".gitlab-ci.yml": f"t: {{script: [{command}]}}\n",
            },
        )
        for command in ("python manage.py test", "./manage.py migrate", "pytest -q", "tox", "nox")
    ),
    Case(
        "a file called manage.py may belong to another framework",
        "CI13",
        {**CHAIN, "manage.py": "from flask_script import Manager\n"},
    ),
    Case(
        "tests apply the migrations of Prisma to a database of their own",
        "CI13",
        {
            "prisma/migrations/1_first/migration.sql": "CREATE TABLE a ();\n",
            "test/global-setup.ts": "execSync('npx prisma migrate deploy')\n",
            ".github/workflows/ci.yml": "on: push\njobs: {t: {steps: [{run: npm test}]}}",
        },
    ),
    Case(
        "a migration that was made long before the newest has run long ago",
        "DB05",
        {"alembic/versions/b2.py": OLD, "alembic/versions/c3.py": NEW},
    ),
]
PIPELINES = [
    Case(
        "who only publishes an image has nothing to deploy",
        "CI11",
        {".github/workflows/image.yml": PUSHED, "images/shop/Dockerfile": SLIM},
    ),
    Case(
        "who only publishes an image has nothing to roll back",
        "CI12",
        {".github/workflows/image.yml": PUSHED, "images/shop/Dockerfile": SLIM},
    ),
    Case(
        "who only publishes an image needs no page about going back",
        "DO05",
        {".github/workflows/image.yml": PUSHED, "images/shop/Dockerfile": SLIM},
    ),
    Case(
        "one package of a workspace tests the others",
        "CI15",
        {
            "package.json": '{"workspaces": ["apps/*"], "scripts": {"lint": "biome check ."}}',
            "apps/web/package.json": '{"scripts": {"build": "vite build"}}',
            "apps/checks/package.json": '{"scripts": {"test:e2e": "playwright test"}}',
        },
    ),
    Case(
        "a README may lead to the page with the commands",
        "DO01",
        {
            "Dockerfile": SLIM,
            "README.md": "# Shop\n\nSee [how to begin](./begin.md).\n",
            "begin.md": "```sh\ndocker compose up\n```\n",
        },
    ),
    Case(
        "a manual on the project's own site is not read, and not missed",
        "DO01",
        {
            "Dockerfile": SLIM,
            "README.md": "# Shopkeeper\n\nSee https://docs.shopkeeper.example/install\n",
        },
    ),
    Case(
        "a restore may be told on the project's own site",
        "DO06",
        {
            "compose.yml": DATABASE,
            "README.md": "Shopkeeper\n==========\n<https://shopkeeper.example/docs/>\n",
        },
    ),
    Case(
        "the version is shown on every page",
        "MO07",
        {
            "compose.yml": BUILT_ASIDE,
            "docker/Dockerfile": SLIM,
            "docker/probe.py": "print(1)\n",
            "shop/pages.py": "def version():\n    return settings.VERSION\n",
        },
    ),
]
KUBERNETES = [
    Case(
        "up to three pods an update takes none away",
        "K804",
        {"k8s/shop.yml": deployment("  replicas: 3")},
    ),
    Case(
        "pods that share a volume cannot overlap",
        "K804",
        {"k8s/shop.yml": deployment("  strategy: {type: Recreate}")},
    ),
    Case(
        "nobody sends anything to a worker without ports",
        "K801",
        {"k8s/shop.yml": deployment("  replicas: 1", "env: []")},
    ),
    Case(
        "no second database takes over connections",
        "K806",
        {"k8s/shop.yml": deployment("  replicas: 1", "ports: [{containerPort: 3306}]")},
    ),
    Case(
        "a patch of kustomize is no whole object",
        "K802",
        {
            "k8s/kustomization.yaml": "resources: [all.yaml]\npatches: [patches/shop.yaml]\n",
            "k8s/patches/shop.yaml": deployment("  replicas: 1").replace(
                "  selector: {matchLabels: {app: shop}}\n", ""
            ),
        },
    ),
]
# What Hitless said of itself.
STARTED = "on: push\npermissions: {}\njobs: {a: {runs-on: x, steps: [{run: make test}]}}\n"
SAID = [
    Case(
        "a module that CI starts is read like a script",
        "CI02",
        {
            ".github/workflows/ci.yml": STARTED,
            "Makefile": "test:\n\t@$(PYTHON) -m checks.suite\n",
            "checks/suite.py": 'run(("pytest", "tests"))\n',
            "tests/test_cart.py": "",
        },
    ),
    Case(
        "a package that CI starts is read like a script",
        "CI02",
        {
            ".github/workflows/ci.yml": STARTED.replace("make test", "python3 -m checks"),
            "checks/__main__.py": 'run(("pytest", "tests"))\n',
            "tests/test_cart.py": "",
        },
    ),
    Case(
        "the tests of somebody else's code are for them to run",
        "CI02",
        {
            ".github/workflows/ci.yml": STARTED,
            "fixtures/shop/main_test.go": "",
            "vendor/cart/test_cart.py": "",
        },
    ),
    Case(
        "a broker in a docstring hands out no job",
        "CP33",
        {
            "shop/pages.py": '"""From taskiq_nats.\n\nbroker = NatsBroker(1)\n"""\n',
        },
    ),
    Case(
        "a call in a page that is made of text makes no table",
        "DB03",
        {
            "migrations/versions/0001.py": 'revision = "1"\ndown_revision = None\n',
            "shop/pages.py": 'BAD = """\n    await run_sync(Base.metadata.create_all)\n"""\n',
        },
    ),
    Case(
        "a module that only knows the names of tools backs nothing up",
        "DB09",
        {
            "compose.yml": DATABASE,
            "shop/backups.py": 'TOOLS = r"\\b(pg_dump|mysqldump|restic)\\b"\n',
        },
    ),
]
CALLS = {
    "yarn": "dotenv -- yarn workspace @shop/db up",
    "npm": "npm run with:env -- npm run up -w @shop/db",
    "pnpm": "pnpm --filter @shop/db run up",
}
WORKSPACES = [
    Case(
        f"{name} runs a script of another package of a workspace",
        "CI13",
        {
            ".github/workflows/ci.yml": STARTED.replace("make test", f"{name} run db"),
            "package.json": json.dumps({"workspaces": ["packages/*"], "scripts": {"db": call}}),
            "packages/db/package.json": json.dumps(
                {"name": "@shop/db", "scripts": {"up": "prisma migrate deploy"}}
            ),
            "packages/db/prisma/migrations/1_first/migration.sql": "CREATE TABLE a ();\n",
        },
    )
    for name, call in CALLS.items()
]
CASES = (
    SAID
    + WORKSPACES
    + FOR_DEVELOPERS
    + BUILDS
    + COMPOSE
    + SECRETS
    + DATABASES
    + PIPELINES
    + KUBERNETES
)


@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.rule}: {one.story}")
def test_no_alarm_is_raised_where_nothing_is_wrong(case: Case) -> None:
    assert findings(case.rule, case.files) == []
