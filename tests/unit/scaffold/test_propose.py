"""What a repository says about itself becomes a hitless.yaml that can be read again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from hitless.adapters.memory.files import MemoryFiles
from hitless.app_audit import bare_tree
from hitless.audit.repository import Repository
from hitless.config.load import parse
from hitless.domain.errors import DocumentInvalid, NoComposeFile, NothingToRelease
from hitless.domain.settings import Handover
from hitless.scaffold.ask import questions
from hitless.scaffold.proposal import Migration, Way
from hitless.scaffold.propose import propose
from hitless.scaffold.write import hitless_yaml, overlay

if TYPE_CHECKING:
    from hitless.scaffold.proposal import Proposal

ROOT = Path(__file__).parents[3]
WEB = "services: {web: {build: ., ports: ['8000:8000']}}"
IMAGE = "FROM python:3.13-slim\nCOPY . /app\nCMD python app.py\n"
PASSES = "server { location / { proxy_pass http://web:8000; } %s }"


def proposal(compose: str, **files: str) -> Proposal:
    """Of a repository with these files; ``__`` in a name stands for a dot, ``_`` for a slash."""
    named = {name.replace("__", ".").replace("_", "/"): text for name, text in files.items()}
    return propose(Repository(MemoryFiles({"compose.yml": compose, **named})), "My Shop")


def test_a_service_that_publishes_a_port_is_behind_an_edge_on_that_port() -> None:
    found = proposal("services: {web: {build: ., ports: ['127.0.0.1:8088:8000']}}")
    assert (found.edge.service, found.edge.port, found.edge.address) == ("", 8088, "127.0.0.1")
    assert [(s.name, s.port) for s in found.sites] == [("web", 8000)]
    assert found.ways == (Way("/", "web"),)
    assert found.service == "my-shop"


def test_a_second_published_port_stays_one() -> None:
    found = proposal(
        "services: {admin: {build: a, ports: ['80:80']}, front: {build: b, ports: ['81:80']}}"
    )
    assert found.edge.port == 81
    assert found.ways == (Way("/", "front"), Way("/", "admin", port=80))
    assert parse(hitless_yaml(found)).proxy.routes[1].port == 80


def test_ports_of_debuggers_and_of_udp_are_none_of_users() -> None:
    ports = "['9229:9229', '53:53/udp', '3000:3000']"
    found = proposal(f"services: {{app: {{build: ., ports: {ports}}}}}")
    assert (found.edge.port, found.sites[0].port) == (3000, 3000)


def test_variables_in_ports_have_their_values_or_defaults() -> None:
    text = "services: {web: {build: ., ports: ['${PORT:-8001}:${INSIDE}']}}"
    found = proposal(text, __env="INSIDE=9000\n")
    assert (found.edge.port, found.sites[0].port) == (8001, 9000)


@pytest.mark.parametrize(
    ("image", "part"),
    [
        ("postgres:17", "accessories"),
        ("redislabs/redismod", "accessories"),
        ("docker.io/bitnami/rabbitmq:4", "accessories"),
        ("minio/minio", "accessories"),
        ("adminer", "ignored"),
        ("grafana/grafana", "ignored"),
        ("traefik:v3", "ignored"),
        ("example/unknown", "accessories"),
    ],
)
def test_what_others_made_is_known_by_its_image(image: str, part: str) -> None:
    services = f"web: {{build: ., ports: ['80:80']}}, it: {{image: '{image}'}}"
    assert getattr(proposal(f"services: {{{services}}}"), part) == ("it",)


@pytest.mark.parametrize(
    ("service", "handover"),
    [
        ("worker: {build: .}", Handover.OVERLAP),
        ("jobs: {build: ., command: celery -A app worker}", Handover.OVERLAP),
        ("beat: {build: ., command: celery -A app beat}", Handover.STOP_FIRST),
        ("silent: {build: ./silent}", Handover.OVERLAP),
    ],
)
def test_what_takes_jobs_is_a_worker(service: str, handover: Handover) -> None:
    found = proposal(f"services: {{web: {{build: ., ports: ['80:80']}}, {service}}}")
    assert [one.handover for one in found.jobs] == [handover]


def test_a_service_that_migrates_is_the_migration_and_one_with_a_profile_is_left_alone() -> None:
    more = "migrate: {build: ., command: alembic upgrade head}, seed: {build: ., profiles: [seed]}"
    found = proposal(f"services: {{web: {{build: ., ports: ['80:80']}}, {more}}}")
    assert found.migration == Migration("migrate")
    assert found.ignored == ("seed",)


def test_a_tool_that_migrates_is_proposed_and_asked_about() -> None:
    text = "services: {web: {build: ., ports: ['80:80']}, db: {image: 'postgres:17'}}"
    django = {"manage__py": "", "requirements__txt": "django==5\n"}
    found = proposal(text, Dockerfile=IMAGE, **django)
    assert found.migration is not None
    assert found.migration.command == ("python", "manage.py", "migrate", "--noinput")
    asked = [one for one in questions(found) if "schema" in one.text]
    assert asked[0].answered(found, "-").migration is None
    same = proposal(text, Dockerfile=f'{IMAGE}ENTRYPOINT ["python3"]', **django)
    assert same.migration is not None
    assert same.migration.command[0] == "manage.py"


def test_containers_that_migrate_when_they_start_are_told() -> None:
    text = "services: {web: {build: ., ports: ['80:80']}, db: {image: 'postgres:17'}}"
    image = f"{IMAGE}ENTRYPOINT ./start.sh\n"
    found = proposal(text, Dockerfile=image, start__sh="alembic upgrade head && exec serve")
    assert found.migration is None
    assert "web migrates when it starts" in "\n".join(found.notes)


@pytest.mark.parametrize(
    ("compose", "code", "path", "sure"),
    [
        ("healthcheck: {test: curl -f http://localhost:8000/up}", "", "/up", True),
        ("healthcheck: {test: [CMD, wget, '-q', 'localhost:8000/h']}", "", "/h", True),
        ("restart: always", "@app.get('/api/healthz')", "/api/healthz", False),
        ("restart: always", "get('/health'); get('/ready')", "/ready", False),
        ("restart: always", "", "/", False),
    ],
)
def test_the_healthcheck_tells_the_ready_path_else_the_code_does(
    compose: str,
    code: str,
    path: str,
    sure: bool,  # noqa: FBT001
) -> None:
    text = f"services: {{web: {{build: ., ports: ['80:8000'], {compose}}}}}"
    found = proposal(text, Dockerfile=IMAGE, app__py=code)
    assert (found.sites[0].ready.path, found.sites[0].ready.sure) == (path, sure)


def test_an_api_without_pages_is_probed_where_it_answers() -> None:
    code = "@app.get('/health')\n@app.get('/tasks')"
    settings = parse(hitless_yaml(proposal(WEB, Dockerfile=IMAGE, app__py=code)))
    assert (settings.proxy.confirm, settings.probe.pages) == ("/health", ("/health",))
    pages = proposal(WEB, Dockerfile=IMAGE, app__py=f"{code}\n@app.get('/')")
    assert parse(hitless_yaml(pages)).probe.pages == ("/",)


def test_websockets_of_the_code_become_routes() -> None:
    code = "const io = require('socket.io')(server)\n@app.websocket('/ws/{room}')"
    found = proposal(WEB, Dockerfile=IMAGE, app__py=code)
    assert [(w.path, w.websocket) for w in found.ways] == [
        ("/", False),
        ("/socket.io/", True),
        ("/ws/", True),
    ]


NGINX = "nginx: {image: 'nginx:1', ports: ['80:80'], volumes: ['./nginx:/etc/nginx/conf.d']}"


@pytest.mark.parametrize(
    ("location", "otherwise"),
    [
        ("", ""),
        ("location /api/ { proxy_pass http://web:8000/api/; }", ""),
        ("location /api/ { proxy_pass http://web:8000/; }", "changes the path"),
        ("set $there http://web:8000; location = /live { proxy_pass $there; }", ""),
        ("location ~ x { proxy_pass http://web:8000; }", "has a location"),
        ("location /static/ { alias /srv/; }", "uses alias"),
        ("location /a/ { proxy_cache c; proxy_pass http://web; }", "uses proxy_cache"),
        ("location /x/ { proxy_pass http://elsewhere; }", "does not lead to one service alone"),
    ],
)
def test_an_nginx_that_only_passes_on_becomes_the_edge(location: str, otherwise: str) -> None:
    files = {"nginx_site__conf": PASSES % location}
    found = proposal(f"services: {{web: {{build: .}}, {NGINX}}}", **files)
    assert found.edge.service == ("" if otherwise else "nginx")
    assert otherwise in "\n".join(found.notes)
    sites = [(s.name, s.port) for s in found.sites]
    assert sites == [("web", 8000), *([("nginx", 80)] if otherwise else [])]
    assert parse(hitless_yaml(found)).web["web"].port == 8000


def test_a_proxy_that_ends_tls_stays_in_front() -> None:
    files = {"nginx_site__conf": PASSES % "listen 443 ssl; ssl_certificate a;"}
    found = proposal(f"services: {{web: {{build: .}}, {NGINX}}}", **files)
    assert (found.ignored, found.edge.port) == (("nginx",), 8080)
    assert "nginx is yours to keep in front" in "\n".join(found.notes)


def test_the_edge_takes_the_place_of_a_traefik_and_the_routes_of_its_labels() -> None:
    label = "traefik.http.services.x.loadbalancer.server.port"
    rule = "traefik.http.routers.x.rule"
    services = [
        "proxy: {image: 'traefik:v3', ports: ['8000:80']}",
        f"front: {{build: a, labels: ['{label}=5173', '{rule}=Host(`localhost`)']}}",
        f"back: {{build: b, labels: {{{label}: 3000, {rule}: 'Host(`x`) && PathPrefix(`/api`)'}}}}",
        f"admin: {{image: phpmyadmin, labels: ['{label}=80']}}",
    ]
    found = proposal(f"services: {{{', '.join(services)}}}")
    assert found.ways == (Way("/", "front"), Way("/api", "back"))
    assert [(one.name, one.port) for one in found.sites] == [("front", 5173), ("back", 3000)]
    assert (found.edge.port, found.ignored) == (8000, ("proxy", "admin"))
    assert "start it no more" in "\n".join(found.notes)
    tls = f"services: {{{', '.join(services)}}}".replace("'8000:80'", "'80:80', '443:443'")
    assert (proposal(tls).edge.port, len(proposal(tls).notes)) == (8080, 1)


def test_a_file_for_production_that_says_all_stands_alone() -> None:
    whole = "services: {web: {image: 'shop:1', ports: ['80:80']}}"
    assert proposal(WEB, compose__prod__yml=whole).compose == ("compose.prod.yml",)
    part = "services: {web: {restart: always}}"
    found = proposal(WEB, compose__prod__yml=part)
    assert found.compose == ("compose.yml", "compose.prod.yml")


def test_code_mounted_over_the_images_own_is_left_out_in_a_file_of_its_own() -> None:
    volumes = "['.:/app', /app/node_modules, 'uploads:/uploads']"
    text = f"services: {{web: {{build: ., ports: ['80:80'], volumes: {volumes}}}}}"
    found = proposal(text, Dockerfile=IMAGE, app__py="")
    written = overlay(found)
    assert "without ., /app/node_modules" in written
    assert "!override" in written
    read = yaml.safe_load(written.replace("!override", ""))
    assert read["services"]["web"] == {"volumes": ["uploads:/uploads"]}
    assert parse(hitless_yaml(found)).compose == ("compose.yml", "compose.hitless.yml")
    assert overlay(proposal(WEB)) == ""


def test_an_image_without_code_is_built_from_the_stage_that_has_some() -> None:
    stages = "FROM python AS dev\nCOPY requirements.txt .\nFROM dev AS final\nCOPY . .\n"
    build = "build: {context: ., target: dev}, ports: ['80:80'], volumes: ['./app:/app']"
    files = {"app_main__py": "", "Dockerfile": stages}
    found = proposal(f"services: {{web: {{{build}}}}}", **files)
    assert found.changes[0].target == "final"
    assert "!reset []" in overlay(found)
    files["Dockerfile"] = stages.partition("FROM dev")[0]
    found = proposal(f"services: {{web: {{{build}}}}}", **files)
    assert found.changes == ()
    assert "copy it into the image" in "\n".join(found.notes)


def test_answers_replace_what_was_a_guess() -> None:
    found = proposal(WEB, Dockerfile=IMAGE)
    name, ready = questions(found)
    assert (name.default, ready.default) == ("my-shop", "/")
    answered = ready.answered(name.answered(found, "shop"), "up")
    settings = parse(hitless_yaml(answered))
    assert (settings.service, settings.web["web"].ready) == ("shop", "/up")
    assert [one.text for one in questions(answered)] == [name.text]


def test_words_that_yaml_would_take_for_something_else_are_quoted() -> None:
    found = proposal("services: {'on': {build: ., ports: ['80:80']}, '1': {image: redis}}")
    settings = parse(hitless_yaml(found))
    assert (list(settings.web), settings.accessories) == (["on"], ("1",))


@pytest.mark.parametrize(
    ("compose", "error", "told"),
    [
        ("services: {}", NothingToRelease, "has no services"),
        ("services: {db: {image: postgres}}", NothingToRelease, "no service of compose.yml"),
        ("services: {w: {build: ., healthcheck: {test: x}}}", NothingToRelease, "no service of"),
        ("services: [", DocumentInvalid, "compose.yml:2"),
    ],
)
def test_what_cannot_be_released_is_told(compose: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        proposal(compose)


def test_a_proxy_without_a_port_to_pass_to_is_told() -> None:
    files = {"api_Dockerfile": "FROM golang\n", "Dockerfile": IMAGE}
    text = "services: {api: {build: api, expose: ['${NOTHING}']}}"
    with pytest.raises(NothingToRelease, match="on which port service 'api' listens"):
        proposal(text, **files)


def test_the_folder_that_has_a_compose_file_is_named() -> None:
    files = MemoryFiles({"deploy/compose.yml": WEB})
    with pytest.raises(NoComposeFile) as caught:
        propose(Repository(files), "shop")
    assert "cd deploy" in caught.value.hint
    with pytest.raises(NoComposeFile, match="no Compose file"):
        propose(Repository(MemoryFiles({})), "shop")


FOLDERS = sorted(
    path.parent.relative_to(ROOT)
    for folder in ("fixtures", "stacks", "tests/e2e/projects")
    for path in (ROOT / folder).rglob("*compose.y*ml")
    if ".cache" not in path.parts
)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_every_project_of_this_repository_gets_a_file_that_can_be_read(folder: Path) -> None:
    found = propose(bare_tree(ROOT / folder), folder.name)
    settings = parse(hitless_yaml(found))
    assert set(settings.web)
    yaml.safe_load(overlay(found).replace("!reset", "").replace("!override", ""))


def test_the_reference_stack_is_understood() -> None:
    found = parse(hitless_yaml(propose(bare_tree(ROOT / "stacks/task-tracker"), "task-tracker")))
    own = parse((ROOT / "stacks/task-tracker/hitless.yaml").read_text())
    assert set(found.web) == set(own.web)
    assert set(found.workers) == set(own.workers)
    assert set(found.accessories) == set(own.accessories)
    assert found.migrations
    assert own.migrations
    assert found.migrations.service == own.migrations.service
    assert found.proxy.service == own.proxy.service
    routes = {(one.path, one.service, one.websocket) for one in found.proxy.routes}
    assert routes == {(r.path, r.service, r.websocket) for r in own.proxy.routes if not r.assets}
