"""What fixes of code refuse, and the traps that they walk around."""

# ruff: noqa: E501  # a file is one line here, so that the table can be read

from __future__ import annotations

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Persona
from hitless.fix.plan import FixPlan, Wish, plan

RULES = rules()
COMPOSE = "services:\n  api: {build: .}\n  db: {image: 'postgres:17'}\n"
REVISION = 'from alembic import op\nrevision = "0002"\ndown_revision = "0001"\n\n\n'
PYTHON = "FROM python:3.13-slim\n"
NGINX = "services:\n  api: {build: api}\n  web: {image: 'nginx:1.27', ports: ['80:80']}\n"


def fixed(rule: str, texts: dict[str, str]) -> FixPlan:
    wish = Wish("2026-01-01", frozenset((rule,)), unsafe=True, persona=Persona.PEDANTIC)
    return plan(MemoryFiles(texts), RULES, wish)


def after(rule: str, texts: dict[str, str], path: str) -> str:
    found = fixed(rule, texts)
    assert [one.reason for told in found.told for one in told.refusals] == []
    return next(one.after for one in found.files if one.path == path)


REFUSED = [
    ("DF02", {"Dockerfile": PYTHON + "COPY . .\nRUN pip install -r requirements.txt -e .\n"}, "may need the source"),
    ("DF02", {"Dockerfile": PYTHON + "COPY . .\nENV A=1\nRUN pip install -r requirements.txt\n"}, "between"),
    (
        "DF02",
        {"Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\n", "package.json": '{"scripts": {"prepare": "x"}}'},
        "scripts of its own",
    ),
    ("DF02", {"Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\n", "package.json": "{"}, "is not JSON"),
    ("DF03", {"Dockerfile": "FROM golang:1.24\nRUN go mod download\n"}, "a mount would hide"),
    ("DF03", {"Dockerfile": PYTHON + "USER app\nRUN pip install -r r.txt\n"}, "cache of user app"),
    ("DF03", {"Dockerfile": PYTHON + "ENV PIP_CACHE_DIR=/x\nRUN pip install -r r.txt\n"}, "elsewhere"),
    ("DF04", {"Dockerfile": PYTHON + "COPY a /a\nRUN useradd me\nRUN chown -R me /a\n"}, "made below the COPY"),
    ("DF04", {"Dockerfile": PYTHON + "COPY a /a\nRUN make x\nRUN chown -R 1:1 /a\n"}, "may write there"),
    ("DF04", {"Dockerfile": PYTHON + "COPY a /a\nRUN chown -R 1:1 /b\n"}, "no COPY of this stage fills /b"),
    ("DF04", {"Dockerfile": PYTHON + "COPY a /a\nRUN chmod -R u+x /a\n"}, "depends on the one before"),
    ("DF04", {"Dockerfile": PYTHON + "COPY a /a\nRUN chown -R 1:1 /a; true\n"}, "joined by &&"),
    ("DF05", {"Dockerfile": PYTHON + 'EXPOSE 80\nCMD ["x"]\n'}, "only root may listen on port 80"),
    ("DF05", {"Dockerfile": "FROM nginx:1.27\nCOPY a /usr/share/nginx/html\n"}, "listens on port 80"),
    (
        "DF05",
        {
            "compose.yml": "services:\n  api: {build: ., volumes: ['data:/data']}\n",
            "Dockerfile": PYTHON + 'CMD ["x"]\n',
        },
        "belongs to root",
    ),
    ("DF13", {"Dockerfile": PYTHON + "CMD a && b\n"}, "more than one command"),
    ("DF13", {"Dockerfile": PYTHON + 'ENTRYPOINT run\nCMD ["x"]\n'}, "CMD's words"),
    ("DF13", {"Dockerfile": PYTHON + "CMD run 'x\n"}, "quote without its end"),
    ("DF01", {"Dockerfile": PYTHON + "RUN apt-get install gcc\nRUN pip install -r r.txt\n"}, "may compile here"),
    ("NX01", {"compose.yml": NGINX, "nginx.conf": "upstream a { server api:80; server api:81; }\nserver { location / { proxy_pass http://a; } }"}, "more than name one"),
    ("NX01", {"compose.yml": NGINX, "nginx.conf": "server { location ~ ^/a { proxy_pass http://api/b; } }"}, "another path"),
    ("DB03", {"m.py": 'class A(Base):\n    __tablename__ = "a"\n\n\ndef f():\n    Base.metadata.create_all(e)\n', "x/versions/1.py": REVISION + "def upgrade():\n    pass\n"}, "no migration creates a"),
    ("DB05", {"x/versions/2.py": REVISION + 'def upgrade():\n    op.alter_column("a", "b", type_=X)\n'}, "several releases"),
    ("DB05", {"x/versions/2.py": REVISION + 'def upgrade():\n    x = op.create_index("i", "a", ["b"])\n'}, "more than an operation"),
    ("DB07", {"x/versions/2.py": REVISION + 'def upgrade():\n    op.drop_table("a")\n\n\ndef downgrade():\n    pass\n'}, "cannot be taken back"),
    ("DB02", {"m.py": 'class A(Base):\n    __tablename__ = "a"\n', "x/versions/2.py": REVISION + 'def upgrade():\n    op.drop_column("a", "b")\n'}, "write the revision that creates it"),
    ("CP33", {"b.py": "from taskiq_redis import ListQueueBroker\nb = ListQueueBroker(URL)\n"}, "only brokers on NATS"),
    ("CP33", {"compose.yml": "services:\n  nats: {image: 'nats:2.10'}\n", "b.py": "import taskiq_nats\nfrom taskiq_nats import NatsBroker\nb = NatsBroker(URL)\n"}, "without JetStream"),
    ("CP33", {"b.py": "from taskiq_nats import NatsBroker\nb = NatsBroker(URL, 's', 'queue')\n"}, "something else"),
    ("SE01", {"app.js": 'const x = process.env.JWT_SECRET || "abc";\n'}, "not edited"),
    ("MO01", {"compose.yml": COMPOSE, "Dockerfile": PYTHON, "app.py": "app = FastAPI()\n", "requirements.txt": "x==1 --hash=sha256:0\n"}, "writes the lock file"),
    ("MO06", {"compose.yml": COMPOSE, "Dockerfile": PYTHON, "app.py": '@app.get("/health")\ndef health():\n    return 1\n'}, "no engine"),
    ("CI15", {"compose.yml": COMPOSE, "Dockerfile": PYTHON, "app.py": "print()\n"}, "no application of FastAPI"),
    ("CI10", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: git push\n"}, "may need more"),
    ("K801", {"k.yml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, ports: [{containerPort: 80}], livenessProbe: {exec: {command: [x]}}}]}}}\n"}, "asks no path"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "texts", "reason"), REFUSED, ids=lambda one: one if isinstance(one, str) else ""
)
def test_what_cannot_be_done_without_risk_is_refused_with_its_reason(
    rule: str, texts: dict[str, str], reason: str
) -> None:
    found = fixed(rule, texts)
    assert found.files == ()
    reasons = [one.reason for told in found.told for one in told.refusals]
    assert reason in " / ".join(reasons)


def test_pool_arguments_go_to_the_engine_and_never_to_the_session_maker() -> None:
    code = "engine = create_async_engine(URL)\nsessions = async_sessionmaker(engine)\n"
    compose = 'services:\n  api: {build: ., command: [uvicorn, a, --workers, "4"]}\n  db: {image: "postgres:17"}\n'
    made = after("DB10", {"compose.yml": compose, "Dockerfile": PYTHON, "app.py": code}, "app.py")
    assert "sessions = async_sessionmaker(engine)\n" in made
    assert "create_async_engine(URL, pool_size=5, max_overflow=0, pool_pre_ping=True)" in made


def test_the_broker_gets_no_argument_that_it_does_not_know() -> None:
    code = "from taskiq_nats import NatsBroker\n\nb = NatsBroker(URL, jetstream=True, result_backend=R())\n"
    made = after("CP33", {"b.py": code}, "b.py")
    assert "jetstream=" not in made
    assert ").with_result_backend(R())\n" in made
    assert "from taskiq_nats import PullBasedJetStreamBroker\n" in made


def test_a_path_that_the_proxy_cuts_off_is_still_cut_off() -> None:
    conf = "server {\n  location /api/ {\n    proxy_pass http://api:8000/v1/;\n  }\n}\n"
    made = after("NX01", {"compose.yml": NGINX, "nginx.conf": conf}, "nginx.conf")
    assert "    rewrite ^/api/(.*)$ /v1/$1 break;\n    proxy_pass $api;\n" in made
    assert "set $api http://api:8000;" in made


def test_headers_of_the_block_above_are_sent_with_those_of_a_websocket() -> None:
    conf = (
        "server {\n  proxy_set_header Host $host;\n  location /ws {\n    proxy_pass $api;\n  }\n}\n"
    )
    made = after("NX05", {"nginx.conf": conf}, "nginx.conf")
    assert made.count("proxy_set_header Host $host;") == 2
    assert made.startswith("map $http_upgrade $connection_upgrade {\n")


def test_the_folder_itself_keeps_the_owner_that_a_recursive_change_gave_it() -> None:
    docker = (
        PYTHON + "RUN useradd me\nWORKDIR /app\nCOPY app ./app\nRUN chown -R me:me /app && date\n"
    )
    made = after("DF04", {"Dockerfile": docker}, "Dockerfile")
    assert "COPY --chown=me:me app ./app\nRUN chown me:me /app && date\n" in made


def test_an_installation_without_a_lock_file_does_not_ask_for_one() -> None:
    texts = {"Dockerfile": "FROM node:22\nCOPY . .\nRUN npm ci\n", "package.json": "{}"}
    assert "COPY package.json ./\n# There is no" in after("DF02", texts, "Dockerfile")
    locked = after("DF02", {**texts, "package-lock.json": "{}"}, "Dockerfile")
    assert locked == "FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"


def test_variables_of_a_shell_are_left_to_the_shell() -> None:
    made = after("DF13", {"Dockerfile": PYTHON + "CMD serve --port $PORT\n"}, "Dockerfile")
    assert made.endswith("CMD exec serve --port $PORT\n")


def test_every_revision_that_needs_a_table_of_before_the_chain_asks_for_it() -> None:
    first = 'from alembic import op\nrevision = "1"\ndown_revision = None\n\n\ndef upgrade():\n    op.add_column("a", X)\n'
    second = 'from alembic import op\nrevision = "2"\ndown_revision = "1"\n\n\ndef upgrade():\n    op.drop_column("a", "b")\n'
    texts = {"x/versions/1.py": first, "x/versions/2.py": second}
    for path in texts:
        assert 'if sa.inspect(op.get_bind()).has_table("a"):\n        op.' in after(
            "DB02", texts, path
        )


def test_migrations_connect_asynchronously_where_only_such_a_driver_is_installed() -> None:
    env = "from alembic import context\nfrom sqlalchemy import engine_from_config\n\nconfig = context.config\n\n\ndef run():\n    engine = engine_from_config({})\n    with engine.connect() as c:\n        context.configure(connection=c)\n        with context.begin_transaction():\n            context.run_migrations()\n\n\nrun()\n"
    texts = {
        "alembic.ini": "[alembic]\nscript_location = alembic\nsqlalchemy.url = postgresql://a@b/c\n",
        "alembic/env.py": env,
        "requirements.txt": "asyncpg==0.30.0\n",
    }
    made = after("DB06", texts, "alembic/env.py")
    assert "asyncio.run(run())\n" in made
    assert (
        "    async with engine.connect() as c:\n        await c.run_sync(run_migrations)\n" in made
    )
    synchronous = after("DB06", {**texts, "requirements.txt": "psycopg==3.2\n"}, "alembic/env.py")
    assert "asyncio" not in synchronous


def test_a_secret_without_a_default_is_given_to_the_service_that_needs_it() -> None:
    code = 'import os\n\nKEY = os.getenv("JWT_SECRET", "abc")\n'
    texts = {"compose.yml": COMPOSE, "Dockerfile": PYTHON, "app.py": code}
    assert 'KEY = os.environ["JWT_SECRET"]' in after("SE01", texts, "app.py")
    assert "JWT_SECRET: ${JWT_SECRET:?set it in .env}" in after(
        "SE01", texts, "compose.yml"
    ).replace('"', "")
    assert "JWT_SECRET=\n" in after("SE01", texts, ".env.example")


def test_the_second_object_of_a_manifest_is_changed_and_not_the_first() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n"
    deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n---\napiVersion: v1\nkind: Secret\n"
    made = after("K802", {"k.yml": service + deployment}, "k.yml")
    assert made.startswith(service)
    assert made.endswith("---\napiVersion: v1\nkind: Secret\n")
    assert "          resources:\n" in made


def test_a_title_of_a_stranger_stays_one_word_of_the_script() -> None:
    flow = 'on: pull_request\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo "${{ github.event.pull_request.title }}" ${{ github.event.pull_request.body }}\n'
    made = after("CI10", {".github/workflows/a.yml": flow}, ".github/workflows/a.yml")
    assert 'run: echo "${PULL_REQUEST_TITLE}" "${PULL_REQUEST_BODY}"\n' in made
    assert 'PULL_REQUEST_TITLE: "${{ github.event.pull_request.title }}"' in made


def test_names_that_sql_reserves_are_quoted() -> None:
    text = REVISION + 'def upgrade():\n    op.alter_column("user", "mail", nullable=False)\n'
    made = after("DB05", {"x/versions/2.py": text}, "x/versions/2.py")
    assert "op.execute('ALTER TABLE \"user\" VALIDATE CONSTRAINT user_mail_present')" in made


def test_a_revision_that_moves_data_stays_one_transaction() -> None:
    text = (
        REVISION  # noqa: S608  # text of an example
        + 'def upgrade():\n    op.execute("UPDATE a SET b = 1")\n    op.create_index("i", "a", ["b"])\n'
    )
    found = fixed("DB05", {"x/versions/2.py": text})
    assert found.files == ()
    assert "half-way" in found.told[0].refusals[0].reason


def test_a_dockerfile_of_which_nobody_knows_what_it_is_for_stays_as_it_is() -> None:
    docker = {
        "packaging/rpm/Dockerfile": PYTHON + 'RUN apt-get install gcc\nCOPY . .\nCMD ["make"]\n'
    }
    for rule in ("DF01", "DF05", "DI01"):
        assert fixed(rule, docker).files == ()


def test_a_cache_that_an_instruction_cleans_itself_is_kept_beside_the_build() -> None:
    docker = "FROM node:22\nRUN npm ci && \\\n npm cache clean --force && \\\n mv node_modules /\n"
    made = after("DF03", {"Dockerfile": docker}, "Dockerfile")
    assert "npm ci && \\\n mv node_modules /\n" in made


def test_a_route_is_put_above_one_that_answers_every_path() -> None:
    code = 'app = FastAPI()\napp.add_middleware(X)\n\n\n@app.get("/{path:path}")\ndef page(path):\n    return 1\n'
    texts = {"compose.yml": COMPOSE, "Dockerfile": PYTHON, "app.py": code}
    made = after("MO07", texts, "app.py")
    assert made.index("/version") < made.index("{path:path}")
    assert '"unreleased")\n\n\napp.add_middleware' in made


def test_a_comment_about_create_all_is_no_call() -> None:
    texts = {"app.py": "# Base.metadata.create_all(engine)\n", "x/versions/2.py": REVISION}
    assert [one.rule for one in fixed("DB03", texts).before.findings if one.rule == "DB03"] == []


def test_a_pod_is_not_bound_to_what_its_image_cannot_do() -> None:
    pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n"
    mysql = pod + "        - {name: a, image: 'mysql:8'}\n"
    web = pod + "        - {name: a, image: own/web, ports: [{containerPort: 80}]}\n"
    volume = (
        pod
        + "        - {name: a, image: own/web}\n      volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\n"
    )
    for rule, text in (("K803", mysql), ("K803", web), ("K804", volume)):
        assert fixed(rule, {"k.yml": text}).files == ()
