"""Compose files as people write them: what each fix makes of them, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hitless.adapters.memory.files import MemoryFiles
from hitless.audit.registry import rules
from hitless.domain.finding import Persona
from hitless.fix.asking import Question, asking
from hitless.fix.plan import Wish, plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitless.fix.plan import FixPlan

RULES = rules()
PATH = "compose.yml"
LEGACY = Path(__file__).parents[3] / "fixtures" / "legacy-stack"


MIGRATED = {
    "Dockerfile": "FROM python:3.13-slim-trixie\nWORKDIR /app\nCOPY . .\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations__versions__1.py": (
        'revision = "1"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'
    ),
}


def planned(texts: Mapping[str, str], *only: str) -> FixPlan:
    wish = Wish("2026-01-01", frozenset(only), unsafe=True, persona=Persona.PEDANTIC, name="shop")
    return plan(MemoryFiles(texts), RULES, wish)


def after(text: str, *only: str, **more: str) -> str:
    """The Compose file as the fixes leave it."""
    texts = {PATH: f"services:\n{text}", **{name.replace("__", "/"): t for name, t in more.items()}}
    changed = {one.path: one.after for one in planned(texts, *only).files}
    return changed.get(PATH, texts[PATH]).removeprefix("services:\n")


def reasons(found: FixPlan) -> list[str]:
    return [one.reason for told in found.told for one in told.refusals]


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ('["5432:5432"]', '["127.0.0.1:5432:5432"]'),
        ("['0.0.0.0:5432:5432']", "['127.0.0.1:5432:5432']"),
        ('["[::]:5432:5432"]', '["127.0.0.1:5432:5432"]'),
        ("[5432]", '["127.0.0.1::5432"]'),
        ('["${PORT:-5432}:5432/tcp"]', '["127.0.0.1:${PORT:-5432}:5432/tcp"]'),
        ("[{target: 5432, published: 1}]", "[{target: 5432, published: 1, host_ip: 127.0.0.1}]"),
        ('["127.0.0.1:5432:5432"]', '["127.0.0.1:5432:5432"]'),
    ],
)  # fmt: skip
def test_a_port_is_bound_to_the_machine_in_every_form(written: str, bound: str) -> None:
    text = f"  db:\n    image: postgres:17\n    ports: {written}\n"
    assert after(text, "CP10") == text.replace(written, bound)


def test_a_port_of_an_overlay_is_bound_where_it_is_written() -> None:
    base = "services:\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n"
    over = "services:\n  db:\n    ports:\n      - 5433:5432  # ours\n"
    listed = "compose: [compose.yml, compose.server.yml]\n"
    texts = {PATH: base, "compose.server.yml": over, "hitless.yaml": listed}
    made = {one.path: one.after for one in planned(texts, "CP10").files}
    assert made[PATH] == base.replace("'5432", "'127.0.0.1:5432")
    assert made["compose.server.yml"] == over.replace("5433", "127.0.0.1:5433")


def test_a_list_of_dependencies_becomes_conditions_for_those_that_can_tell() -> None:
    text = (
        "  api:\n    image: a:1\n    depends_on: [db, mail]  # both\n"
        '  db:\n    image: postgres:17\n    healthcheck: {test: ["CMD", "pg_isready"]}\n'
        "  mail:\n    image: m:1\n"
    )
    wanted = (
        "    depends_on:\n      db:\n        condition: service_healthy\n"
        "      mail:\n        condition: service_started  # both\n"
    )
    assert wanted in after(text, "CP03")


@pytest.mark.parametrize(
    ("image", "command", "changed"),
    [
        ("nats:2.10", "", "nats:2.10-alpine"),
        ("nats", "", "nats:alpine"),
        ("nats:latest", "", "nats:alpine"),
        ("nats:2.10-alpine", "    command: [-js]\n", "8222"),
        ("nats:2.10", '    command: "-js"\n', """command: "-js --http_port 8222\""""),
    ],
)
def test_a_broker_without_any_program_gets_an_image_that_has_one(
    image: str, command: str, changed: str
) -> None:
    text = f"  nats:\n    image: {image}\n{command}"
    made = after(text, "CP07")
    assert changed in made
    assert '"http://127.0.0.1:8222/healthz"' in made


@pytest.mark.parametrize(
    "text",
    [
        "  nats:\n    image: nats@sha256:00\n",
        "  cache:\n    image: memcached:1\n",
        "  db:\n    image: postgres:17\n    command: -c port=1 --port 5433\n",
        "  web:\n    image: nginx:1.27-alpine-slim\n",
        "  proxy:\n    image: traefik:3\n",
    ],
)
def test_no_healthcheck_is_made_up_where_nothing_could_run_it(text: str) -> None:
    found = planned({PATH: f"services:\n{text}"}, "CP07")
    assert found.files == ()
    assert len(reasons(found)) == 1


DOCKERFILE = 'FROM python:3.13-slim\nEXPOSE 8000\nUSER 1\nCMD ["python", "-m", "app"]\n'
CODE = '@app.get("/healthz")\ndef healthz(): ...\n'


def test_own_code_is_asked_by_its_interpreter_where_it_says_that_it_is_ready() -> None:
    made = after("  api:\n    build: .\n", "CP07", Dockerfile=DOCKERFILE, **{"app__main.py": CODE})
    assert "urlopen('http://127.0.0.1:8000/healthz', timeout=4)" in made


def test_a_path_that_is_only_guessed_may_answer_anything() -> None:
    code = {"app__main.py": CODE.replace("@app", "router = APIRouter()\n@router")}
    made = after("  api:\n    build: .\n", "CP07", Dockerfile=DOCKERFILE, **code)
    assert "c.request('GET', '/healthz'); c.getresponse()" in made
    node = DOCKERFILE.replace("python:3.13-slim", "node:22-slim")
    made = after("  web:\n    build: .\n", "CP07", Dockerfile=node)
    assert "fetch('http://127.0.0.1:8000/').then(() => process.exit(0)" in made


@pytest.mark.parametrize(
    ("base", "question", "words"),
    [
        ("golang:1-alpine", Question(80, "/ready", sure=True), ("CMD", "wget")),
        ("golang:1-alpine", Question(80, "/", sure=False), ()),
        ("scratch", Question(80, "/ready", sure=True), ()),
        ("gcr.io/distroless/static", Question(80, "/ready", sure=True), ()),
        ("debian:13-slim", Question(80, "/ready", sure=True), ()),
    ],
)
def test_a_question_needs_a_program_that_takes_the_answer(
    base: str, question: Question, words: tuple[str, ...]
) -> None:
    assert asking(question, base, set())[:2] == words
    curl = asking(question, base, {"curl"})
    assert curl[1] == "curl"
    assert ("-f" in curl) == question.sure


def test_a_worker_of_the_same_image_is_not_asked_at_the_port_of_the_api() -> None:
    text = "  worker:\n    build: .\n    command: celery -A app worker\n"
    assert after(text, "CP07", Dockerfile=DOCKERFILE, **{"app__main.py": CODE}) == text


def test_an_nginx_is_asked_where_its_configuration_listens() -> None:
    mount = "./web.conf:/etc/nginx/conf.d/default.conf:ro"
    text = f"  web:\n    image: nginx:1.27\n    volumes: [{mount}]\n"
    conf = "server { listen 443 ssl; listen 8088; }\n"
    assert "http://127.0.0.1:8088/" in after(text, "CP07", **{"web.conf": conf})


@pytest.mark.parametrize(
    ("env", "kept"),
    [
        ("env_file: .env", ""),
        ("env_file: [.env, own.env]", "    env_file: [own.env]\n"),
        ("env_file:\n      - path: ./.env\n        required: false", ""),
    ],
)
def test_a_database_gets_by_name_what_it_reads_of_the_common_file(env: str, kept: str) -> None:
    db = f"  db:\n    image: postgres:17\n    {env}\n    environment: [POSTGRES_DB=shop]\n"
    api = "  api:\n    build: .\n    env_file: [.env, ./.env]\n"
    example = "POSTGRES_PASSWORD=\nPOSTGRES_DB=other\nSTRIPE=\n"
    made = after(db + api, "CP28", **{".env.example": example})
    environment = '    environment: [POSTGRES_DB=shop, "POSTGRES_PASSWORD=${POSTGRES_PASSWORD?}"]\n'
    assert made == f"  db:\n    image: postgres:17\n{kept}{environment}{api}"


def test_data_moves_into_a_network_that_the_proxy_is_not_in() -> None:
    text = (
        "  web: {image: nginx:1, ports: ['80:80']}\n  api: {build: .}\n  db: {image: postgres:17}\n"
    )
    made = after(text, "CP20")
    assert "web: {image: nginx:1, ports: ['80:80']}\n" in made
    assert "api: {build: ., networks: [default, back]}\n" in made
    assert "db: {image: postgres:17, networks: [back]}\n" in made
    assert made.endswith("networks:\n  back:\n")


def test_a_service_that_no_proxy_names_stays_reachable() -> None:
    web = "  web:\n    image: nginx:1\n    ports: ['80:80']\n"
    api = "  api:\n    build: .\n    ports: ['1:1']\n"
    found = planned({PATH: f"services:\n{web}{api}"}, "CP12")
    assert found.files == ()
    assert "no proxy is known to lead to api" in reasons(found)[0]


def test_the_production_target_comes_with_all_that_it_changes() -> None:
    texts = {
        one.relative_to(LEGACY).as_posix(): one.read_text()
        for one in LEGACY.rglob("*")
        if one.is_file() and one.name != "expected.yaml"
    }
    check = '    healthcheck: {test: ["CMD", "node", "-e", "1"]}\n    ports:\n      - "3000:3000"\n'
    texts[PATH] = texts[PATH].replace('    ports:\n      - "3000:3000"\n', check)
    made = {one.path: one.after for one in planned(texts, "CP13").files}
    assert sorted(made) == [PATH, "frontend/Dockerfile", "nginx/nginx.conf"]
    assert "target: production" in made[PATH]
    assert '"3000:8080"' in made[PATH]
    assert '"curl", "-s", "-o", "/dev/null", "http://127.0.0.1:8080/"' in made[PATH]
    assert "environment:\n      VITE" not in made[PATH]
    assert "ARG VITE_API_URL\nARG VITE_WS_URL\nRUN npm run build" in made["frontend/Dockerfile"]
    assert "server dashboard:8080;" in made["nginx/nginx.conf"]


def test_a_production_target_that_would_not_answer_is_not_taken() -> None:
    text = "services:\n  web:\n    build: {context: ., target: dev}\n"
    file = 'FROM node:22 AS dev\nCMD ["npm", "run", "dev"]\n'
    https = "server { listen 80; add_header Content-Security-Policy upgrade-insecure-requests; }\n"
    nginx = "FROM nginx:1 AS prod\nCOPY site.conf /etc/nginx/conf.d/default.conf\n"
    cases = [
        ({"Dockerfile": file}, "no stage for production"),
        ({"Dockerfile": f"{file}FROM scratch AS prod\n"}, "nothing tells on which port"),
        ({"Dockerfile": file + nginx, "site.conf": https}, "makes browsers ask by HTTPS"),
    ]
    for files, why in cases:
        found = planned({PATH: text, **files}, "CP13")
        assert found.files == ()
        assert why in reasons(found)[0]


def test_only_the_word_that_makes_a_server_reload_is_taken_away() -> None:
    text = "  api:\n    image: a:1\n    command: uvicorn app:app --reload --port 80  # on 80\n"
    assert after(text, "CP13") == text.replace(" --reload", "")
    listed = '  api:\n    image: a:1\n    command: ["uvicorn", "--reload", "app:app"]\n'
    assert after(listed, "CP13") == listed.replace('"--reload", ', "")


def test_a_bind_of_settings_goes_and_a_folder_of_data_stays() -> None:
    text = (
        "  db:\n    image: postgres:17\n    volumes:\n"
        "      - ./data:/var/lib/postgresql/data\n      - ./init:/docker-entrypoint-initdb.d\n"
    )
    assert after(text, "CP23") == text.replace("      - ./init:/docker-entrypoint-initdb.d\n", "")


def test_limits_take_the_form_that_the_file_has() -> None:
    limits = "    deploy:\n      resources:\n        limits:\n          cpus: '1'\n"
    text = f"  a:\n    image: a:1\n{limits}"
    made = after(text, "CP05", "CP06")
    assert made.startswith(f"{text}          memory: 512m  # a guess")
    assert made.endswith("          pids: 512\n")
    assert "mem_limit" not in made


def test_an_image_is_named_after_the_project_and_keeps_the_name_it_has() -> None:
    assert "image: shop/api:${HITLESS_VERSION:-dev}" in after("  Api:\n    build: .\n", "CP17")
    named = "  api:\n    build: .\n    image: host:5000/org/api:latest  # ours\n"
    wanted = named.replace(":latest", ":${HITLESS_VERSION:-dev}")
    assert after(named, "CP17") == wanted


@pytest.mark.parametrize(
    ("test", "asked"),
    [
        ('["CMD-SHELL", "pg_isready -U a"]', '["CMD-SHELL", "pg_isready -h 127.0.0.1 -U a"]'),
        ('["CMD", "pg_isready", "-U", "a"]', '["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "a"]'),
        ("pg_isready -U $${PGUSER}", "pg_isready -h 127.0.0.1 -U $${PGUSER}"),
        ("pg_isready --host db", "pg_isready --host db"),
        ('["CMD", "psql", "-c", "SELECT 1"]', '["CMD", "psql", "-c", "SELECT 1"]'),
    ],
)
def test_what_migrates_waits_for_a_database_that_answers_by_tcp(test: str, asked: str) -> None:
    """While Postgres is set up for the first time, it answers on its socket and not to others."""
    text = (
        "  api:\n    image: shop/api:1\n    build: .\n    depends_on: [db]\n"
        f"  db:\n    image: postgres:17\n    healthcheck:\n      test: {test}\n"
    )
    made = after(text, "DB01", **MIGRATED)
    assert f"      test: {asked}\n" in made
    assert "depends_on:\n      db:\n        condition: service_started\n      migrate:\n" in made
    assert "    depends_on:\n      db:\n        condition: service_healthy\n" in made


@pytest.mark.parametrize(
    ("more", "services", "reason"),
    [
        ({"other__alembic.ini": ""}, "", "2 files are called alembic.ini"),
        ({"Dockerfile": "FROM python:3.13\nCOPY alembic.ini /etc/\n"}, "", "the folder that it"),
        ({}, "  migrate:\n    image: m:1\n", "a service called migrate"),
    ],
)
def test_a_chain_that_no_image_can_run_is_left_to_its_owner(
    more: dict[str, str], services: str, reason: str
) -> None:
    text = f"services:\n  api:\n    image: shop/api:1\n    build: .\n{services}"
    files = {**MIGRATED, **more}
    texts = {PATH: text, **{name.replace("__", "/"): one for name, one in files.items()}}
    found = planned(texts, "DB01")
    assert PATH not in {one.path for one in found.files}
    assert reason in " / ".join(reasons(found))


@pytest.mark.parametrize("runner", ["uv run", "poetry run"])
def test_what_starts_by_a_package_manager_migrates_by_it(runner: str) -> None:
    text = f"  api:\n    image: shop/api:1\n    build: .\n    command: {runner} serve\n"
    words = ", ".join(runner.split())
    assert f"    command: [{words}, alembic, upgrade, head]\n" in after(text, "DB01", **MIGRATED)
