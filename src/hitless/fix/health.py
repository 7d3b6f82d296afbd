"""Healthchecks that ask the service, with programs that its image really has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hitless.audit.application import code_of
from hitless.audit.images import short, tag
from hitless.audit.rules.orchestration.healthcheck_program_missing import what_is_inside
from hitless.fix.asking import Question, asking
from hitless.fix.commands import extended
from hitless.fix.edit import RefusedError
from hitless.fix.listening import USUAL, mounted_port
from hitless.fix.services import put
from hitless.fix.step import Refusal, together
from hitless.scaffold import http

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hitless.audit.repository import Repository
    from hitless.documents.service import Service
    from hitless.domain.finding import Place
    from hitless.fix.asking import Words
    from hitless.fix.step import Action, Step
    from hitless.fix.yaml_text import Value

# TCP and not the socket: while a new database is set up, the server answers on the socket only.
PG = (
    "CMD-SHELL",
    (
        'pg_isready -h 127.0.0.1 -U "$${POSTGRES_USER:-postgres}"'
        ' -d "$${POSTGRES_DB:-$${POSTGRES_USER:-postgres}}"'
    ),
)
# Without the password the server answers NOAUTH, which is an answer.
REDIS = "redis-cli ping | grep -qE 'PONG|NOAUTH'"
MYSQL: Words = ("CMD", "mysqladmin", "ping", "-h", "127.0.0.1")
KNOWN: dict[str, Words] = {
    "postgres": PG,
    "pgvector": PG,
    "postgis": PG,
    "timescaledb": PG,
    "mysql": MYSQL,
    "percona": MYSQL,
    "mariadb": ("CMD", "healthcheck.sh", "--connect", "--innodb_initialized"),
    "mongo": ("CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok || quit(1)"),
    "redis": ("CMD-SHELL", REDIS),
    "valkey": ("CMD-SHELL", REDIS.replace("redis-cli", "valkey-cli")),
    "rabbitmq": ("CMD", "rabbitmq-diagnostics", "-q", "check_port_connectivity"),
    "clickhouse-server": ("CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8123/ping"),
    "influxdb": ("CMD", "influx", "ping"),
    "caddy": ("CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2019/config/"),
}
OLD_MONGO = 5  # before it the shell had another name
NATS_MONITOR = 8222
NATS: Words = (
    "CMD", "wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{NATS_MONITOR}/healthz",
)  # fmt: skip
MOUNTED = (
    r"APIRouter|include_router|Blueprint|url_prefix|\binclude\(|\bRouter\(|"
    r"\.use\(\s*[\"'`]/|setGlobalPrefix|RequestMapping|\.mount\("
)
TIMES: dict[str, Value] = {"interval": "10s", "timeout": "5s", "retries": 5, "start_period": "30s"}


def checked(repository: Repository, service: Service, at: Place) -> Step:
    """A healthcheck that proves something; a refusal where nothing is known to."""
    try:
        return together(at, *_actions(repository, service))
    except RefusedError as error:
        return Refusal(at, str(error))


def _actions(repository: Repository, service: Service) -> Iterator[Action]:
    if service.is_unchecked:
        raise RefusedError(f"the healthcheck of {service} was switched off on purpose")
    if short(service.image) == "nats" and not service.is_built:
        yield from _of_nats(service)
        return
    yield _put(service, _of_image(repository, service))


def _put(service: Service, words: Words) -> Action:
    """The check, with its times unless the service has some already."""
    if service.node.get("healthcheck") is None:
        return put(service, ("healthcheck",), {"test": words, **TIMES})
    return put(service, ("healthcheck", "test"), words)


def _of_nats(service: Service) -> Iterator[Action]:
    """Only the image on Alpine has anything that could ask the server."""
    name, version = service.node.say("image"), tag(service.image)
    if "$" in name or "@" in name:
        raise RefusedError(f"{name} holds the server only, and -alpine cannot be put behind it")
    words = service.words("command")
    if words and not {"-m", "--http_port", "-c", "--config"} & set(words):
        yield from extended(service, "--http_port", str(NATS_MONITOR))
    if "alpine" not in version:
        plain = name.removesuffix(":latest").removesuffix("-scratch")
        yield put(service, ("image",), f"{plain}{'-' if ':' in plain else ':'}alpine")
    yield _put(service, NATS)


def _of_image(repository: Repository, service: Service) -> Words:
    if service.is_built:
        return _of_own(repository, service)
    name, version = short(service.image), tag(service.image)
    major = re.match(r"\d+", version)
    if name in USUAL:
        return of_nginx(mounted_port(repository, service, USUAL[name]), version)
    if name == "mongo" and major and int(major[0]) < OLD_MONGO:
        return tuple("mongo" if one == "mongosh" else one for one in KNOWN[name])
    if name == "traefik" and "--ping" in service.words("command"):
        return ("CMD", "traefik", "healthcheck", "--ping")
    if name == "traefik":
        raise RefusedError("traefik tells its health only with --ping in its command")
    if name not in KNOWN:
        raise RefusedError(f"what {service.image} can be asked, and by which program, is not known")
    if re.search(r"--port\b|\bport \d", " ".join(service.words("command"))):
        raise RefusedError(f"{service} listens on a port of its own choice")
    return KNOWN[name]


def of_nginx(port: int, version: str) -> Words:
    """A check of nginx, to which any answer will do: what it leads to may be down."""
    if "slim" in version:
        raise RefusedError("the slim image of nginx has no program that could ask it")
    return ("CMD", "curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}/")


def _of_own(repository: Repository, service: Service) -> Words:
    """Own code: by the interpreter that is there anyway, at the path that tells readiness."""
    port = _port(repository, service)
    if port is None:
        raise RefusedError(f"{service} listens on no port that is known and could be asked")
    asked = http.ready(repository, service, port)
    base, installed = what_is_inside(repository, service)
    if short(base) in USUAL:
        return of_nginx(port, tag(base))
    sure = asked.sure or (asked.path != "/" and not _mounts_routes(repository, service))
    words = asking(Question(port, asked.path, sure=sure), base, installed)
    if not words:
        raise RefusedError(f"{base or 'the image'} of {service} has no program that could ask it")
    return words


def _mounts_routes(repository: Repository, service: Service) -> bool:
    """Its routes may lie below paths that their own lines do not tell."""
    return any(re.search(MOUNTED, text) for text in code_of(repository, service).values())


def _port(repository: Repository, service: Service) -> int | None:
    """The port; that of the image only when the service runs what the image runs."""
    if not service.words("command") and not service.words("entrypoint"):
        return http.port(repository, service)
    named = [one.text.partition("/")[0] for one in service.node.nodes("expose")]
    command = " ".join(http.words(repository, service))
    told = [found for one in http.IN_COMMAND for found in re.findall(one, command)]
    numbers = [*(one.target for one in http.ports(service)), *named, *told]
    return next((int(one) for one in numbers if one.isdigit()), None)
